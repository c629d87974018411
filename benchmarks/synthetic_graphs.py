"""Graphs shaped like those of real models, made without running any: for the layout's benchmark and its tests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass
class SyntheticGraph:
    """The arrays that a layout reads: nodes in the order of creation, edges as gradients flow."""

    name: list[str]
    op: list[str]
    scope: list[str]
    target: list[str]
    variable_name: list[str]
    is_leaf: NDArray[np.bool_]
    is_root: NDArray[np.bool_]
    is_placeholder: NDArray[np.bool_]
    src: NDArray[np.int64]
    dst: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.name)


class Builder:
    """Writes down a computation: ``h = b.op("Mul", x, w)``."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.scopes: list[str] = []
        self.variables: list[str] = []
        self.targets: list[str] = []
        self.edges: list[tuple[int, int]] = []
        self.path: list[str] = []
        self.leaves: dict[str, int] = {}

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        self.path.append(name)
        yield
        self.path.pop()

    def leaf(self, name: str) -> int:
        if name not in self.leaves:
            self.leaves[name] = self._add("AccumulateGrad", variable=name)
        return self.leaves[name]

    def op(self, name: str, *inputs: int, target: str = "") -> int:
        node = self._add(f"{name}Backward0", target=target)
        self.edges += [(node, other) for other in inputs]
        return node

    def _add(self, name: str, variable: str = "", target: str = "") -> int:
        self.names.append(name)
        self.scopes.append("/".join(self.path))
        self.variables.append(variable)
        self.targets.append(target)
        return len(self.names) - 1

    def graph(self, *roots: int) -> SyntheticGraph:
        count = len(self.names)
        is_root = np.zeros(count, bool)
        is_root[list(roots)] = True
        edges = np.array(self.edges, np.int64).reshape(-1, 2)
        is_leaf = np.array([name == "AccumulateGrad" for name in self.names], bool)
        ops = [name.removesuffix("Backward0") for name in self.names]
        return SyntheticGraph(
            name=self.names,
            op=ops,
            scope=self.scopes,
            target=self.targets,
            variable_name=self.variables,
            is_leaf=is_leaf,
            is_root=is_root,
            is_placeholder=np.zeros(count, bool),
            src=edges[:, 0],
            dst=edges[:, 1],
        )


def linear(b: Builder, x: int, name: str) -> int:
    with b.scope(name):
        path = ".".join(part for part in b.path if not part.startswith("step"))
        return b.op("Addmm", b.leaf(f"{path}.bias"), x, b.op("T", b.leaf(f"{path}.weight")))


def layer_norm(b: Builder, x: int, name: str) -> int:
    with b.scope(name):
        path = ".".join(part for part in b.path if not part.startswith("step"))
        centred = b.op("Sub", x, b.op("Mean", x))
        variance = b.op("Mean", b.op("Mul", centred, centred))
        normed = b.op("Mul", centred, b.op("Rsqrt", b.op("Add", variance)))
        return b.op("Add", b.op("Mul", normed, b.leaf(f"{path}.g")), b.leaf(f"{path}.b"))


def mlp(layers: int = 5) -> SyntheticGraph:
    """A perceptron with residual connections and a weight penalty in the loss."""
    b = Builder()
    h = b.op("Mul", b.leaf("x"), b.leaf("scale"))
    with b.scope("Net"):
        for layer in range(layers):
            before = h
            h = linear(b, h, f"fc{layer}")
            if layer < layers - 1:
                h = b.op("Relu", h)
            if layer:
                h = b.op("Add", h, before)
    with b.scope("loss"):
        data = b.op("Mean", b.op("Neg", b.op("Gather", b.op("LogSoftmax", h))))
        penalty = b.op("Sum", b.op("Pow", b.leaf("Net.fc0.weight")))
        for layer in range(1, layers):
            penalty = b.op("Add", penalty, b.op("Sum", b.op("Pow", b.leaf(f"Net.fc{layer}.weight"))))
        loss = b.op("Add", data, b.op("Mul", penalty), target="loss")
    return b.graph(loss)


def transformer(blocks: int = 7, heads: int = 4, steps: int = 1) -> SyntheticGraph:
    """A decoder of ``blocks`` blocks, run ``steps`` times with shared parameters (gradient accumulation)."""
    b = Builder()
    total = -1
    for step in range(steps):
        with b.scope(f"step{step}") if steps > 1 else b.scope("GPT"):
            loss = _transformer_step(b, blocks, heads)
            total = loss if total < 0 else b.op("Add", total, loss)
    return b.graph(total)


def _transformer_step(b: Builder, blocks: int, heads: int) -> int:
    with b.scope("embed"):
        x = b.op("Add", b.op("Embedding", b.leaf("wte")), b.op("Embedding", b.leaf("wpe")))
    for block in range(blocks):
        with b.scope(f"h{block}"):
            with b.scope("attn"):
                split = b.op("Split", linear(b, layer_norm(b, x, "ln1"), "qkv"))
                outs = [_attention_head(b, split, head) for head in range(heads)]
                x = b.op("Add", x, b.op("Dropout", linear(b, b.op("Cat", *outs), "proj")))
            with b.scope("mlp"):
                u = linear(b, layer_norm(b, x, "ln2"), "fc")
                inner = b.op("Add", u, b.op("Mul", b.op("Pow", u)))
                gelu = b.op("Mul", b.op("Mul", u), b.op("Add", b.op("Tanh", b.op("Mul", inner))))
                x = b.op("Add", x, b.op("Dropout", linear(b, gelu, "out")))
    with b.scope("head"):
        logits = b.op("Mm", layer_norm(b, x, "lnf"), b.op("T", b.leaf("wte")))
    with b.scope("loss"):
        return b.op("NllLoss", b.op("LogSoftmax", b.op("View", logits)), target="loss")


def _attention_head(b: Builder, split: int, head: int) -> int:
    with b.scope(f"head{head}"):
        query, key, value = (b.op("Slice", split) for _ in range(3))
        scores = b.op("Mul", b.op("Bmm", b.op("Expand", query), b.op("Expand", b.op("Transpose", key))))
        weights = b.op("Mul", b.op("Softmax", b.op("MaskedFill", scores)))
        return b.op("UnsafeView", b.op("Bmm", b.op("Expand", weights), b.op("ReshapeAlias", b.op("Expand", value))))


def lstm(steps: int = 476, scopes: bool = True) -> SyntheticGraph:
    """An unrolled LSTM with a loss at every step; without ``scopes`` one long ribbon."""
    b = Builder()
    h, c = b.leaf("h0"), b.leaf("c0")
    total = b.op("Zeros", b.leaf("start"))
    for step in range(steps):
        with b.scope(f"t{step}"):
            with b.scope("gates"):
                z = b.op("Add", b.op("Add", b.op("Mm", b.leaf("w_ih")), b.op("Mm", h, b.leaf("w_hh"))), b.leaf("b"))
                i, f, g, o = (b.op("Slice", z) for _ in range(4))
            with b.scope("cell"):
                kept = b.op("Mul", b.op("Sigmoid", f), c)
                c = b.op("Add", kept, b.op("Mul", b.op("Sigmoid", i), b.op("Tanh", g)))
                h = b.op("Mul", b.op("Sigmoid", o), b.op("Tanh", c))
            with b.scope("out"):
                logits = b.op("Add", b.op("Mm", h, b.leaf("w_o")), b.leaf("b_o"))
                total = b.op("Add", total, b.op("Neg", b.op("Select", b.op("LogSoftmax", logits))))
    graph = b.graph(total)
    if not scopes:
        graph.scope = [""] * len(graph)
    return graph


def chain(length: int) -> SyntheticGraph:
    """One operation after another."""
    b = Builder()
    x = b.leaf("x")
    for _ in range(length):
        x = b.op("Sin", x)
    return b.graph(x)


def random_graph(count: int, seed: int, groups: int = 4, leaves: int = 4) -> SyntheticGraph:
    """Any graph at all: inputs at random, scopes that come and go, parallel edges, several roots."""
    rng = random.Random(seed)
    b = Builder()
    names = [b.leaf(f"leaf{number}") for number in range(max(1, leaves))]
    made = list(names)
    for _ in range(count):
        b.path = [f"g{rng.randrange(groups)}" for _ in range(rng.randrange(4))] if groups and rng.random() < 0.3 else b.path
        recent = made[-12:] if rng.random() < 0.8 else made
        inputs = [rng.choice(recent) for _ in range(rng.choice((1, 1, 2, 2, 3)))]
        if rng.random() < 0.2:
            inputs.append(inputs[0])
        if rng.random() < 0.3:
            inputs.append(rng.choice(names))
        made.append(b.op(rng.choice(("Mul", "Add", "Sum", "ReshapeAlias", "T", "Relu", "LogSoftmax")), *inputs))
    b.path = []
    used = {other for _, other in b.edges}
    return b.graph(*[node for node in made if node not in used and node not in names])
