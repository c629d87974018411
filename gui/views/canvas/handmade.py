"""Graphs and moments of a replay written by hand, with no trace behind them: what tests and trials give the canvas."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .inputs import Bools, Bytes, Floats, Flow, Ints, Status

FIRST_ID = 101


@dataclass
class Arrays:
    """A graph as canvas and layout read it; node ids begin at :data:`FIRST_ID`, execution runs from the last node to the first."""

    node: Ints
    name: list[str]
    op: list[str]
    scope: list[str]
    variable_name: list[str]
    target: list[str]
    is_leaf: Bools
    is_root: Bools
    is_placeholder: Bools
    order: Ints
    src: Ints
    dst: Ints
    norm: Floats
    nonfinite: Bools


@dataclass
class State:
    """A moment of a replay."""

    status: Bytes
    edge_status: Bytes
    current: int = -1


@dataclass
class Program:
    """Writes down a computation, then gives its arrays: ``y = program.op("Mul", w, x, target="y")``. The last op is the root."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)

    def leaf(self, name: str) -> int:
        """A leaf; returns its index."""
        self.rows.append(("AccumulateGrad", "", name))
        return len(self.rows) - 1

    def op(self, op: str, *inputs: int, scope: str = "", target: str = "") -> int:
        """An operation on earlier ones; returns its index."""
        self.rows.append((f"{op}Backward0", scope, target))
        self.edges += [(len(self.rows) - 1, source) for source in inputs]
        return len(self.rows) - 1

    def arrays(self) -> Arrays:
        """The graph, with gradient norms that grow evenly on a logarithmic scale."""
        count = len(self.rows)
        names, scopes, variables = (list(column) for column in zip(*self.rows, strict=True)) if count else ([], [], [])
        edges = np.array(self.edges, np.int64).reshape(-1, 2)
        root = np.zeros(count, bool)
        root[-1:] = True
        return Arrays(
            node=np.arange(count) + FIRST_ID,
            name=names,
            op=[name.removesuffix("Backward0") for name in names],
            scope=scopes,
            variable_name=variables,
            target=variables,
            is_leaf=np.array([name == "AccumulateGrad" for name in names], bool),
            is_root=root,
            is_placeholder=np.zeros(count, bool),
            order=np.arange(count)[::-1].copy(),
            src=edges[:, 0],
            dst=edges[:, 1],
            norm=np.logspace(-3, 1, count) if count else np.zeros(0),
            nonfinite=np.zeros(count, bool),
        )


def replay(arrays: Arrays, done: int, *, failed: bool = False) -> State:
    """The state after ``done`` nodes in the order of execution, while the next one runs (or has ``failed``)."""
    status = np.zeros(len(arrays.node), np.uint8)
    sequence = np.argsort(arrays.order)
    status[sequence[:done]] = Status.DONE
    current = -1
    if done < len(status):
        current = int(sequence[done])
        status[current] = Status.FAILED if failed else Status.RUNNING
    edge_status = np.where(status[arrays.src] == Status.DONE, Flow.FLOWED, Flow.NOT_YET).astype(np.uint8)
    edge_status[(arrays.dst == current) & (edge_status == Flow.FLOWED)] = Flow.NOW
    return State(status, edge_status, current)


# -------------------------------------------------------------------------------------------------------------- two graphs
def product_of_sums() -> Arrays:
    """``a = w + x; b = w + 1; y = a * b``: the leaf ``w`` (id 101) is used twice."""
    program = Program()
    w, x = program.leaf("w"), program.leaf("x")
    a = program.op("Add", w, x, target="a")
    b = program.op("Add", w, target="b")
    program.op("Mul", a, b, target="y")
    return program.arrays()


W, X, A, B, Y = range(FIRST_ID, FIRST_ID + 5)


def layered(blocks: int = 12) -> Arrays:
    """A chain of modules, two levels of scopes."""
    program = Program()
    h = program.leaf("x")
    for block in range(blocks):
        scope = f"model/block{block}"
        weight = program.leaf(f"block{block}.weight")
        transposed = program.op("T", weight, scope=f"{scope}/linear")
        product = program.op("Mm", h, transposed, scope=f"{scope}/linear")
        h = program.op("Add", program.op("Relu", product, scope=scope), h, scope=scope)
    program.op("Mean", h, scope="loss", target="loss")
    return program.arrays()
