"""Comparing traces: what they have in common, and where they first part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gradtrace
import gradtrace.core as torch
import pytest
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.comparison import Fact, compare
from gradtrace.tracer.record import Level

NAMES = ["rank 0", "rank 1", "rank 2"]
Program = Callable[[int], None]


@pytest.fixture
def facts(tmp_path: Path) -> Callable[..., dict[str, Fact]]:
    """Record a program once for each rank, and compare."""

    def record_all(program: Program, ranks: int = 2, level: Level = "values") -> dict[str, Fact]:
        traces: list[Trace] = []
        for rank in range(ranks):
            path = tmp_path / f"{rank}.gtrace"
            try:
                with gradtrace.record(path, level=level):
                    program(rank)
            except ZeroDivisionError:
                pass
            traces.append(gradtrace.load(path))
        return {fact.about: fact for fact in compare(traces, NAMES[:ranks])}

    return record_all


def train(scale: float = 1.0, steps: int = 3) -> None:
    weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    bias = torch.nn.Parameter(torch.tensor([0.5]))
    optimizer = torch.optim.SGD([weight, bias], lr=0.1)
    for step in range(steps):
        optimizer.zero_grad()
        ((weight * (scale if step == 1 else 1.0)).sum() + bias).sum().backward()
        optimizer.step()


def test_traces_of_the_same_program_are_alike(facts: Callable[..., dict[str, Fact]]) -> None:
    found = facts(lambda _: train(), ranks=3)
    assert found == {
        "outcome": Fact("outcome", True, "each ran to its end"),
        "graphs": Fact("graphs", True, "the same nodes in the same order in all 3 passes"),
        "gradients": Fact("gradients", True, "in all 2 leaves at all 3 optimizer steps"),
    }


@pytest.mark.parametrize("level", ["values", "stats"])
def test_the_first_gradient_that_differs_is_named(facts: Callable[..., dict[str, Fact]], level: Level) -> None:
    fact = facts(lambda rank: train(scale=1.0 if rank < 2 else 3.0), ranks=3, level=level)["gradients"]
    assert not fact.alike
    assert fact.trace == 2
    assert fact.text == (
        "at optimizer step #2 in 1 of 2 leaves, the first is weight: (2,), norm 1.414 in rank 0, (2,), norm 4.243 in rank 2"
    )


def test_gradients_without_numbers_are_not_called_the_same(facts: Callable[..., dict[str, Fact]]) -> None:
    fact = facts(lambda _: train(), level="structure")["gradients"]
    assert "cannot be compared" in fact.text


def test_none_is_not_zero(facts: Callable[..., dict[str, Fact]]) -> None:
    def program(rank: int) -> None:
        weight = torch.tensor(2.0, requires_grad=True)
        other = torch.tensor(1.0, requires_grad=True)
        (weight * 2.0 + other * 0.0 if rank else weight * 2.0).backward()

    fact = facts(program)["gradients"]
    assert fact.text.endswith("the first is other: None in rank 0, 0.0 in rank 1")


def test_where_graphs_part_is_named(facts: Callable[..., dict[str, Fact]]) -> None:
    def program(rank: int) -> None:
        x = torch.tensor(2.0, requires_grad=True)
        y = x.exp() if rank == 0 else x.sin()
        (y * 2.0).backward()

    fact = facts(program)["graphs"]
    assert fact.text == "backward #1: after 1 node alike rank 0 runs ExpBackward0, rank 1 SinBackward0"
    assert (fact.alike, fact.trace) == (False, 1)


def test_a_rank_that_ends_early_is_told(facts: Callable[..., dict[str, Fact]]) -> None:
    def program(rank: int) -> None:
        train(steps=2)
        if rank == 1:
            raise ZeroDivisionError
        train(steps=1)

    found = facts(program)
    assert found["outcome"] == Fact("outcome", False, "rank 0 ran to its end, rank 1 ended with an exception", 1)
    assert found["graphs"].text == "rank 0 has 3 passes, rank 1 has 2 passes"
    assert found["gradients"].alike


def test_the_one_that_failed_is_told_even_if_it_comes_first(facts: Callable[..., dict[str, Fact]]) -> None:
    def program(rank: int) -> None:
        if rank == 0:
            raise ZeroDivisionError

    assert facts(program)["outcome"] == Fact("outcome", False, "rank 0 ended with an exception, rank 1 ran to its end", 0)


def test_the_first_nan_is_found(facts: Callable[..., dict[str, Fact]]) -> None:
    def program(rank: int) -> None:
        for step in range(3):
            x = torch.tensor([0.0 if step >= (1 if rank else 2) else 1.0], requires_grad=True)
            x.sqrt().sum().backward()

    fact = facts(program)["NaN or Inf"]
    assert fact.text == "first in rank 1, in backward #2"
    assert (fact.alike, fact.trace) == (False, 1)
    assert fact.event > 0


def test_traces_without_anything_can_be_compared(facts: Callable[..., dict[str, Fact]]) -> None:
    found = facts(lambda _: None)
    assert all(fact.alike for fact in found.values())
    assert found["gradients"].text == "none to compare"
