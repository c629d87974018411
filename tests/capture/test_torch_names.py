"""What parameters are called: by their module, their model where there are several, variables, or their place in an optimizer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradtrace
import pytest

torch = pytest.importorskip("torch")
nn = torch.nn

Names = Callable[[Callable[[], Any]], list[str]]


@pytest.fixture
def names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Names:
    """The names of the leaves of a program, when it is recorded."""

    def record(program: Callable[[], Any]) -> list[str]:
        with gradtrace.record(tmp_path / "run.gtrace", level="structure"):
            program()
        assert capsys.readouterr().err == ""
        return [leaf.name for leaf in gradtrace.load(tmp_path / "run.gtrace").leaves.values()]

    return record


def network() -> Any:
    return nn.Sequential(nn.Linear(2, 2, bias=False), nn.ReLU(), nn.Linear(2, 2, bias=False))


def applied(net: Any, x: Any) -> Any:
    return net(x)


def play(first: Callable[[Any], Any], second: Callable[[Any], Any], steps: int = 2) -> None:
    for _ in range(steps):
        second(first(torch.ones(3, 2))).sum().backward()


def of(*labels: str) -> list[str]:
    return [f"{label}.{index}.weight" for label in labels for index in (0, 2)]


class Players:
    def __init__(self) -> None:
        self.generator, self.discriminator = network(), network()

    def play(self) -> None:
        for _ in range(2):
            self.discriminator(self.generator(torch.ones(3, 2))).sum().backward()


class Autoencoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = network(), network()

    def forward(self, x: Any) -> Any:
        return self.decoder(self.encoder(x))


# --------------------------------------------------------------------------------------------------------- several models
def test_by_attributes(names: Names) -> None:
    assert names(lambda: Players().play()) == of("generator", "discriminator")


def test_by_classes_where_the_text_says_nothing(names: Names) -> None:
    class Generator(nn.Sequential):
        pass

    def program() -> None:
        first, second, third = Generator(*network()), network(), network()
        for _ in range(2):
            applied(third, applied(second, applied(first, torch.ones(3, 2)))).sum().backward()

    assert names(program) == of("Generator", "Sequential", "Sequential2")


def test_not_by_a_function_of_pytorch_that_calls_them(names: Names) -> None:
    def program() -> None:
        first, second = network(), network()
        x = torch.utils.checkpoint.checkpoint(first, torch.ones(3, 2), use_reentrant=False)
        torch.utils.checkpoint.checkpoint(second, x, use_reentrant=False).sum().backward()

    assert names(program) == of("Sequential", "Sequential2")


def test_by_global_variables_and_what_is_in_them(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    here = globals()
    monkeypatch.setitem(here, "actor", network())
    monkeypatch.setitem(here, "critics", {"old": network()})

    def program() -> None:
        applied(here["critics"]["old"], applied(here["actor"], torch.ones(3, 2))).sum().backward()

    assert names(program) == of("actor", "critics['old']")


def test_parts_keep_the_names_that_the_whole_gave_them(names: Names) -> None:
    def program() -> None:
        model = Autoencoder()
        model(torch.ones(3, 2)).sum().backward()
        play(model.encoder, model.decoder)

    assert names(program) == of("encoder", "decoder")


def test_the_whole_names_parts_that_were_called_before_it(names: Names) -> None:
    def program() -> None:
        model = Autoencoder()
        play(model.encoder, model.decoder)
        model(torch.ones(3, 2)).sum().backward()

    assert names(program) == of("encoder", "decoder")


# ----------------------------------------------------------------------------------------------------------- other leaves
def train(parameters: list[Any], optimizers: list[Any]) -> None:
    for _ in range(2):
        torch.stack([parameter.square().sum() for parameter in parameters]).sum().backward()
        for optimizer in optimizers:
            optimizer.step()


def test_variables_name_leaves_as_before(names: Names) -> None:
    def program() -> None:
        w = torch.ones(2, requires_grad=True)
        b = torch.zeros(2).requires_grad_()
        train([w, b], [torch.optim.SGD([w, b], lr=0.1)])

    assert names(program) == ["w", "b"]


def test_parameters_in_a_list_are_called_by_their_place_in_the_optimizer(names: Names) -> None:
    def program() -> None:
        layers = [torch.ones(2, requires_grad=True) for _ in range(2)] + [nn.Parameter(torch.ones(3))]
        train(layers, [torch.optim.SGD(layers, lr=0.1)])

    assert names(program) == ["params[0]", "params[1]", "params[2]"]


def test_a_loop_variable_names_none_of_the_leaves_it_made(names: Names) -> None:
    def program() -> None:
        layers = [torch.ones(2), torch.ones(3)]
        for layer in layers:
            layer.requires_grad_()
        train(layers, [torch.optim.SGD(layers, lr=0.1)])

    assert names(program) == ["params[0]", "params[1]"]


def test_groups_and_several_optimizers(names: Names) -> None:
    def program() -> None:
        first, second, third = ([nn.Parameter(torch.ones(2)) for _ in range(2)] for _ in range(3))
        grouped = torch.optim.SGD([{"params": first}, {"params": second[:1]}], lr=0.1)
        train(
            [*first, second[0], *third],
            [grouped, torch.optim.Adam(third[:1], lr=0.1), torch.optim.Adam(third[1:], lr=0.1)],
        )

    assert names(program) == [
        "param_groups[0][0]", "param_groups[0][1]", "param_groups[1][0]", "params[0]", "Adam.params[0]",
    ]  # fmt: skip


class Plain:
    """No module: a class that keeps its parameters itself."""

    def __init__(self) -> None:
        self.weights = [torch.ones(2, requires_grad=True) for _ in range(2)]
        self.table = {"bias": nn.Parameter(torch.ones(2))}

    def leaves(self) -> list[Any]:
        return [*self.weights, *self.table.values()]


def test_parameters_without_an_optimizer_are_looked_for_in_global_variables(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "plain", Plain())
    monkeypatch.setitem(globals(), "scale", nn.Parameter(torch.ones(2)))
    assert names(lambda: train([*globals()["plain"].leaves(), globals()["scale"]], [])) == [
        "plain.weights[0]", "plain.weights[1]", "plain.table['bias']", "scale",
    ]  # fmt: skip


def test_looking_for_names_runs_nothing_of_the_programs(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    class Touchy(dict):  # type: ignore[type-arg]
        def __getattribute__(self, name: str) -> Any:
            raise AssertionError(f"was asked for {name}")

        __iter__ = __len__ = __hash__ = __eq__ = __bool__ = items = None  # type: ignore[assignment]

    class Lazy:
        @property
        def __class__(self) -> Any:
            raise AssertionError("was asked for its class")

        @__class__.setter
        def __class__(self, value: Any) -> None: ...

    monkeypatch.setitem(globals(), "touchy", Touchy(w=nn.Parameter(torch.ones(2))))
    monkeypatch.setitem(globals(), "lazy", Lazy())
    assert names(lambda: train([dict.get(globals()["touchy"], "w")], [])) == ["touchy['w']"]


def test_a_program_that_makes_nameless_leaves_all_the_time(names: Names) -> None:
    def program() -> None:
        for _ in range(100):
            train([torch.ones(1).requires_grad_()], [])

    assert len(names(program)) == 100
