"""What parameters are called: by their module, their model where there are several, variables, or their place in an optimizer."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from weakref import ref

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


class Generator(nn.Sequential):
    pass


def test_by_classes_where_neither_text_nor_variables_say_anything(names: Names) -> None:
    def program() -> None:
        for _ in range(2):
            x = torch.ones(3, 2)
            for one in networks:
                x = applied(one, x)
            x.sum().backward()

    networks = {Generator(*network()): 0, network(): 1, network(): 2}  # keys that have no text
    assert names(program) == of("Generator", "Sequential", "Sequential2")


def test_by_local_variables(names: Names) -> None:
    def program() -> None:
        first, others = network(), [network(), network()]
        for _ in range(2):
            applied(others[1], applied(others[0], applied(first, torch.ones(3, 2)))).sum().backward()

    assert names(program) == of("first", "others[0]", "others[1]")


def test_not_by_a_function_of_pytorch_that_calls_them(names: Names) -> None:
    def program() -> None:
        first, second = network(), network()
        x = torch.utils.checkpoint.checkpoint(first, torch.ones(3, 2), use_reentrant=False)
        torch.utils.checkpoint.checkpoint(second, x, use_reentrant=False).sum().backward()

    assert names(program) == of("first", "second")


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


def train_all_of(optimizers: list[Any]) -> None:
    """No variable has the parameters."""
    for _ in range(2):
        groups = (group for optimizer in optimizers for group in optimizer.param_groups)
        torch.stack([parameter.square().sum() for group in groups for parameter in group["params"]]).sum().backward()
        for optimizer in optimizers:
            optimizer.step()


def parameters(count: int) -> Any:
    return (nn.Parameter(torch.ones(2)) for _ in range(count))


def test_parameters_that_no_variable_has_are_called_by_their_place_in_the_optimizer(names: Names) -> None:
    assert names(lambda: train_all_of([torch.optim.SGD(parameters(3), lr=0.1)])) == ["params[0]", "params[1]", "params[2]"]


def test_a_loop_variable_names_none_of_the_leaves_it_made(names: Names) -> None:
    def program() -> None:
        layers = [torch.ones(2), torch.ones(3)]
        for layer in layers:
            layer.requires_grad_()
        train(layers, [torch.optim.SGD(layers, lr=0.1)])

    assert names(program) == ["layers[0]", "layers[1]"]


def test_groups_and_several_optimizers(names: Names) -> None:
    def program() -> None:
        grouped = torch.optim.SGD([{"params": parameters(2)}, {"params": parameters(1)}], lr=0.1)
        train_all_of([grouped, torch.optim.Adam(parameters(1)), torch.optim.Adam(parameters(1))])

    assert names(program) == [
        "param_groups[0][0]", "param_groups[0][1]", "param_groups[1][0]", "params[0]", "Adam.params[0]",
    ]  # fmt: skip


# -------------------------------------------------------------------------------------------------------- local variables
@dataclass
class Layer:
    weight: Any
    bias: Any


@dataclass(slots=True)
class Slotted:
    weight: Any


class Named(NamedTuple):
    weight: Any
    bias: Any


def leaf() -> Any:
    return torch.ones(2).requires_grad_()


def total(*leaves: Any) -> Any:
    return torch.stack([one.sum() for one in leaves]).sum()


def test_what_local_variables_have(names: Names) -> None:
    def program() -> None:
        first, second = leaf(), leaf()
        several = [leaf(), (leaf(), leaf())]
        table = {"a": leaf(), 3: {"deep": leaf()}}
        layer, slotted, named = Layer(leaf(), leaf()), Slotted(leaf()), Named(leaf(), leaf())
        loss = total(first, second, several[0], *several[1], table["a"], table[3]["deep"])
        (loss + total(layer.weight, layer.bias, slotted.weight, *named)).backward()

    assert names(program) == [
        "first", "second", "several[0]", "several[1][0]", "several[1][1]", "table['a']", "table[3]['deep']",
        "layer.weight", "layer.bias", "slotted.weight", "named.weight", "named.bias",
    ]  # fmt: skip


def test_what_a_function_has_kept(names: Names) -> None:
    def model() -> Callable[[], Any]:
        weights = [leaf(), leaf()]
        scale = leaf()
        return lambda: total(*weights, scale)

    def program() -> None:
        net = model()
        net().backward()

    assert names(program) == ["net.weights[0]", "net.weights[1]", "net.scale"]


def test_a_name_is_of_one_leaf_at_a_time(names: Names) -> None:
    def step(a: Any) -> None:
        total(a).backward()

    def program() -> None:
        for one in deque([leaf(), leaf()]):  # which nobody looks into
            step(one)

    first, second = names(program)
    assert first == "a"
    assert second != "a"


def test_a_new_leaf_in_each_round_is_called_the_same(names: Names) -> None:
    def program() -> None:
        for _ in range(3):
            inputs = [leaf()]
            total(*inputs).backward()

    assert names(program) == ["inputs[0]"] * 3


def test_looking_at_local_variables_keeps_nothing_alive(names: Names) -> None:
    gone: list[bool] = []

    def program() -> None:
        several, big = [leaf()], torch.ones(3)
        known = ref(big)
        total(*several).backward()
        del big
        gone.append(known() is None)

    assert names(program) == ["several[0]"]
    assert gone == [True]


def test_a_function_that_takes_its_own_variables_has_them_as_they_were(names: Names) -> None:
    kept: list[dict[str, Any]] = []

    def program() -> None:
        several = [leaf()]
        kept.append(locals())
        later = total(*several)
        later.backward()

    names(program)
    assert set(kept[0]) == {"several", "kept"}


def test_what_a_debugger_sees_of_a_function_stays(names: Names) -> None:
    def program() -> None:
        several = [leaf()]
        total(*several).backward()
        assert several

    try:
        sys.settrace(lambda *_: None)
        names(program)
    finally:
        sys.settrace(None)


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
