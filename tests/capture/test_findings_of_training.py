"""Training loops with the mistakes that people make, each found by its rule alone; and sound ones, where nothing is found.

Each program takes the model it trains and an optimizer; what differs is the line that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace.tracer.model import Finding

torch = pytest.importorskip("torch")
nn = torch.nn
F = nn.functional

pytestmark = pytest.mark.filterwarnings("ignore")


def _findings(path: Path, program: Callable[[], Any]) -> list[Finding]:
    torch.manual_seed(0)
    with gradtrace.record(path):
        program()
    return gradtrace.load(path).findings()


def _mlp(width: int = 6, out: int = 1) -> Any:
    return nn.Sequential(nn.Linear(3, width), nn.ReLU(), nn.Linear(width, out))


def _train(model: Any, loss_of: Callable[[Any], Any], steps: int = 4) -> None:
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    for _ in range(steps):
        loss = loss_of(torch.randn(8, 3))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


# ------------------------------------------------------------------------------------------------------------------ mistakes
def cleared_before_step() -> None:
    model = _mlp()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for _ in range(3):
        model(torch.randn(8, 3)).square().mean().backward()
        optimizer.zero_grad()
        optimizer.step()


def cleared_to_zero_before_step() -> None:
    model = _mlp()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for _ in range(3):
        model(torch.randn(8, 3)).square().mean().backward()
        optimizer.zero_grad(set_to_none=False)
        optimizer.step()


def clipped_after_step() -> None:
    model = _mlp()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for _ in range(3):
        optimizer.zero_grad()
        model(torch.randn(8, 3)).square().mean().backward()
        optimizer.step()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)


def never_stepped() -> None:
    model = _mlp()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for _ in range(5):
        optimizer.zero_grad()
        model(torch.randn(8, 3)).square().mean().backward()


class _Masked(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, 3))

    def forward(self, x: Any) -> Any:
        self.weight = nn.Parameter(self.weight.detach() * 0.5)
        return x @ self.weight.t()


def made_anew() -> None:
    model = nn.Sequential(nn.Linear(3, 3), _Masked())
    _train(model, lambda x: model(x).square().mean(), 5)


def dead_relu() -> None:
    model = _mlp()
    nn.init.constant_(model[0].bias, -100.0)
    _train(model, lambda x: model(x).square().mean())


def rounded() -> None:
    model = _mlp()
    head = nn.Linear(1, 1)
    optimizer = torch.optim.SGD([*model.parameters(), *head.parameters()], 0.01)
    for _ in range(4):
        optimizer.zero_grad()
        (head(torch.round(model(torch.randn(8, 3)) * 4)) - 1).square().mean().backward()
        optimizer.step()


def emptied_by_a_hook() -> None:
    model = _mlp()

    def loss_of(x: Any) -> Any:
        hidden = model[0](x)
        hidden.register_hook(lambda gradient: gradient * 0)
        return model[2](model[1](hidden)).square().mean()

    _train(model, loss_of)


def exploding() -> None:
    cell = nn.Linear(16, 16, bias=False)
    nn.init.normal_(cell.weight, std=2.0)

    def loss_of(x: Any) -> Any:
        hidden = x.repeat(1, 6)[:, :16]
        for _ in range(20):
            hidden = cell(hidden)
        return (hidden * 1e-20).square().mean()

    _train(cell, loss_of, 1)


def vanishing() -> None:
    layers = [part for _ in range(12) for part in (nn.Linear(8, 8), nn.Sigmoid())]
    model = nn.Sequential(nn.Linear(3, 8), *layers, nn.Linear(8, 1))
    _train(model, lambda x: model(x).square().mean())


def softmax_twice() -> None:
    model = _mlp(out=4)
    _train(model, lambda x: F.cross_entropy(model(x).softmax(1), torch.arange(8) % 4))


def sigmoid_twice() -> None:
    model = _mlp()
    _train(model, lambda x: F.binary_cross_entropy_with_logits(torch.sigmoid(model(x)).squeeze(1), torch.ones(8)))


def no_logarithm() -> None:
    model = _mlp(out=4)
    _train(model, lambda x: F.nll_loss(model(x).softmax(1), torch.arange(8) % 4))


def column_against_row() -> None:
    model = _mlp()
    _train(model, lambda x: (model(x) - x.sum(1)).pow(2).mean())


def column_against_row_in_mse() -> None:
    model = _mlp()
    _train(model, lambda x: F.mse_loss(model(x), x.sum(1)))


def row_against_column() -> None:
    model = _mlp()
    _train(model, lambda x: (model(x).squeeze() - x.sum(1, keepdim=True)).abs().mean())


def losses_added_up() -> None:
    model = _mlp()
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    total = 0
    for _ in range(4):
        loss = model(torch.randn(8, 3)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss


def validated_with_graphs() -> None:
    model = _mlp()
    for _ in range(2):
        _train(model, lambda x: model(x).square().mean(), 2)
        total = 0.0
        for _ in range(4):
            total = total + model(torch.randn(8, 3)).square().mean()


def hidden_state_kept() -> None:
    cell, state = nn.Linear(3, 3), torch.zeros(1, 3)
    for _ in range(5):
        state = torch.tanh(cell(state) + torch.randn(1, 3))
        state.square().mean().backward(retain_graph=True)
        cell.zero_grad()


class _Listed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = [nn.Linear(3, 3), nn.Linear(3, 3)]
        self.head = nn.Linear(3, 1)

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.head(x)


def layers_in_a_list() -> None:
    model = _Listed()
    _train(model, lambda x: model(x).square().mean())


MISTAKES = {
    layers_in_a_list: ("never-updated", "They are used inside _Listed and are not among its parameters()"),
    cleared_before_step: ("cleared-before-step", "before SGD.step at test_findings_of_training.py"),
    cleared_to_zero_before_step: ("cleared-before-step", "3 times"),
    clipped_after_step: ("clipped-after-step", "clip_grad_norm_() at test_findings_of_training.py"),
    never_stepped: ("never-stepped", "computed and cleared 4 times"),
    made_anew: ("made-anew", "1.weight is another parameter in each of"),
    dead_relu: ("always-zero", "0.weight, 0.bias were 0 in every element, in all 4 passes. The zeros begin at ReluBackward0"),
    rounded: ("always-zero", "The zeros begin at RoundBackward0"),
    emptied_by_a_hook: (
        "always-zero",
        "The zeros begin with the hook emptied_by_a_hook.<locals>.loss_of",
    ),
    exploding: ("exploding", "19 layers further back"),
    vanishing: ("vanishing", "gradient of 0.weight"),
    softmax_twice: ("loss-of-probabilities", "takes logits and applies softmax itself; here it got the result of SoftmaxBackward0"),
    sigmoid_twice: ("loss-of-probabilities", "applies sigmoid itself; here it got the result of SigmoidBackward0"),
    no_logarithm: ("loss-of-probabilities", "takes log-probabilities; here it got the result of SoftmaxBackward0"),
    column_against_row: ("every-pair", "compares (8, 1) with something of shape (8,), which makes (8, 8)"),
    column_against_row_in_mse: ("every-pair", "compares (8, 1) with something of shape (8,), which makes (8, 8)"),
    row_against_column: ("every-pair", "compares (8,) with something of shape (8, 1), which makes (8, 8)"),
    losses_added_up: ("graphs-kept", "total at test_findings_of_training.py"),
    validated_with_graphs: ("graphs-kept", "added up 4 losses"),
    hidden_state_kept: ("reaching-back", "backward #5"),
}
"""For each program the rule that finds its mistake, and a part of what it says."""


@pytest.mark.parametrize("program", MISTAKES, ids=lambda program: program.__name__)
def test_a_mistake_is_found_and_nothing_else(program: Callable[[], None], tmp_path: Path) -> None:
    if program is column_against_row_in_mse and not hasattr(torch.ones(1, requires_grad=True).exp().grad_fn, "_input_metadata"):
        pytest.skip("until PyTorch 2.4 shapes of intermediate results inside a call are not known")
    rule, words = MISTAKES[program]
    found = [finding for finding in _findings(tmp_path / "run.gtrace", program) if finding.severity != "info"]
    found = [finding for finding in found if finding.rule != "no-gradient"]  # the parameter that was replaced has none
    assert [finding.rule for finding in found] == [rule]
    assert words in found[0].detail
    assert found[0].source is not None
    assert found[0].event >= 0


# --------------------------------------------------------------------------------------------------------------------- sound
def _lora() -> None:
    """A matrix that starts at zero: the other one of the product gets zeros in the first step."""
    down, up = nn.Parameter(torch.randn(2, 3)), nn.Parameter(torch.zeros(4, 2))
    optimizer = torch.optim.SGD([down, up], 0.1)
    for _ in range(4):
        optimizer.zero_grad()
        (torch.randn(8, 3) @ down.t() @ up.t() - 1).square().mean().backward()
        optimizer.step()


def _layer_scale() -> None:
    """Every block but the outermost gets a millionth of the gradient, on purpose."""
    blocks = nn.ModuleList(nn.Sequential(nn.Linear(6, 6), nn.GELU(), nn.Linear(6, 6)) for _ in range(6))
    model = nn.ModuleList([nn.Linear(3, 6), blocks, nn.Linear(6, 1)])

    def loss_of(x: Any) -> Any:
        hidden = model[0](x)
        for block in blocks:
            hidden = hidden + 1e-6 * block(hidden)
        return model[2](hidden).square().mean()

    _train(model, loss_of)


def _gan() -> None:
    generator, critic = _mlp(), nn.Sequential(nn.Linear(1, 4), nn.LeakyReLU(), nn.Linear(4, 1))
    optimizers = [torch.optim.SGD(model.parameters(), 0.01) for model in (generator, critic)]
    for _ in range(3):
        fake = generator(torch.randn(8, 3))
        optimizers[1].zero_grad()
        F.binary_cross_entropy_with_logits(critic(fake.detach()), torch.zeros(8, 1)).backward()
        optimizers[1].step()
        optimizers[0].zero_grad()
        F.binary_cross_entropy_with_logits(critic(fake), torch.ones(8, 1)).backward()
        optimizers[0].step()


def _adversarial() -> None:
    """The gradients of the first backward are thrown away on purpose, and a leaf is made in every step."""
    model = _mlp()
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    for _ in range(4):
        x = torch.randn(8, 3)
        delta = torch.zeros_like(x, requires_grad=True)
        model(x + delta).square().mean().backward()
        optimizer.zero_grad()
        model(x + delta.grad.sign()).square().mean().backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()


def _pairs() -> None:
    """Pairs are meant: both sides of the difference are predictions, or the shape was made for it."""
    model = _mlp()

    def loss_of(x: Any) -> Any:
        score = model(x).squeeze(1)
        between = (score[:, None] - score[None]).pow(2).mean()
        return between + (score[:, None] - x.sum(1)).pow(2).mean() + (model(x) - torch.linspace(0, 1, 5)).pow(2).mean()

    _train(model, loss_of)


def _recurrent() -> None:
    cell, head, state = nn.GRUCell(3, 6), nn.Linear(6, 1), torch.zeros(8, 6)
    optimizer = torch.optim.SGD([*cell.parameters(), *head.parameters()], 0.01)
    total = None
    for _ in range(3):
        state, loss = state.detach(), 0
        for _ in range(6):
            state = cell(torch.randn(8, 3), state)
            loss = loss + head(state).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total = loss.detach() if total is None else 0.9 * total + 0.1 * loss.detach()


def _parts_are_logged() -> None:
    """Losses of one forward are added up once more, to be printed."""
    model = _mlp()

    def loss_of(x: Any) -> Any:
        y = model(x)
        parts = [y.square().mean(), y.abs().mean(), y.exp().mean(), y.sin().mean()]
        assert float(parts[0] + parts[1] + parts[2] + parts[3])
        return parts[0]

    _train(model, loss_of)


def _gradients_are_the_result() -> None:
    model = _mlp()
    for _ in range(4):
        model.zero_grad()
        model(torch.randn(8, 3)).square().mean().backward()


@pytest.mark.parametrize(
    "program",
    [_lora, _layer_scale, _gan, _adversarial, _pairs, _recurrent, _parts_are_logged, _gradients_are_the_result],
    ids=lambda one: one.__name__,
)
def test_sound_training_has_no_findings(program: Callable[[], None], tmp_path: Path) -> None:
    assert _findings(tmp_path / "run.gtrace", program) == []


# ----------------------------------------------------------------------------------------------------------- where NaN is from
def test_what_may_have_made_a_broken_number_of_the_forward_is_named(tmp_path: Path) -> None:
    def program() -> None:
        model = _mlp(out=4)
        scores = model(torch.randn(8, 3)).masked_fill(torch.arange(8)[:, None] == 2, float("-inf"))
        (scores.softmax(1) * model(torch.randn(8, 3)) / 2.0).sum().backward()

    (finding,) = _findings(tmp_path / "run.gtrace", program)
    assert "Before it these can make such numbers of finite ones: SoftmaxBackward0" in finding.detail
    assert "where a whole row is masked with -inf." in finding.detail
    assert "DivBackward0" not in finding.detail  # by a number of the program's


def test_broken_data_is_suspected_where_nothing_else_can_be(tmp_path: Path) -> None:
    def program() -> None:
        x = torch.randn(8, 3)
        x[2, 1] = float("nan")
        (_mlp()(x) - 1).pow(2).mean().backward()

    (finding,) = _findings(tmp_path / "run.gtrace", program)
    assert finding.detail.endswith("Nothing before it makes such numbers of moderate ones: look for them in the data, too.")


def test_half_precision_is_named_where_it_overflows(tmp_path: Path) -> None:
    def program() -> None:
        weight = torch.full((3,), 300.0, dtype=torch.float16, requires_grad=True)
        (weight * 300 * 300).sum().backward()

    (finding,) = _findings(tmp_path / "run.gtrace", program)
    assert "float16 ends at 65504" in finding.detail
