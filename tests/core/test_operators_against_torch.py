"""Each operator against PyTorch: value, grad_fn, edges, gradients and their gradients of one expression."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import gradtrace.core as ours
import numpy as np
import pytest
from gradtrace.core.registry import OPERATORS

torch = pytest.importorskip("torch")

_random = np.random.default_rng(0)
LEAVES = {
    "x": _random.uniform(0.1, 0.9, (3, 4)),
    "v": _random.uniform(0.1, 0.9, 4),
    "m": _random.uniform(0.1, 0.9, (4, 4)),
    "s": np.array(2.0),
    "b3": _random.uniform(0.1, 0.9, (2, 3, 4)),
    "b4": _random.uniform(0.1, 0.9, (2, 4, 3)),
}

FILES = sorted(Path(__file__).with_name("expressions").glob("*.txt"))
EXPRESSIONS = [
    line for file in FILES for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
]
"""One file of expressions for each family of operators."""


def run(module: Any, expression: str) -> dict[str, Any]:
    """Evaluate the expression with ``module`` as ``torch``, differentiate it twice, and return all that shall agree."""
    leaves = {name: module.tensor(value, dtype=module.float64, requires_grad=True) for name, value in LEAVES.items()}
    inputs = list(leaves.values())
    names = {**leaves, "torch": module, "F": module.nn.functional, "i": module.tensor([0, 2])}
    result = eval(expression, names)
    found: dict[str, Any] = {
        "grad_fn": type(result.grad_fn).__name__,
        "edges": [type(node).__name__ for node, _ in result.grad_fn.next_functions],
        "value": result.detach().numpy(),
    }
    weights = module.tensor(np.linspace(0.5, 1.5, result.numel()).reshape(tuple(result.shape))).to(result.dtype)
    first = module.autograd.grad(result, inputs, weights, allow_unused=True, retain_graph=True)
    found["first"] = [None if one is None else one.numpy(force=True).copy() for one in first]
    recorded = module.autograd.grad(result, inputs, weights, allow_unused=True, create_graph=True)
    squares = [(one * one).sum() for one in recorded if one is not None and one.requires_grad]
    found["second"] = [None] * len(inputs)
    if squares:
        second = module.autograd.grad(sum(squares[1:], squares[0]), inputs, allow_unused=True)
        found["second"] = [None if one is None else one.numpy(force=True) for one in second]
    return found


def assert_close(ours_: Any, theirs: Any, what: str) -> None:
    zero = np.zeros(())
    mine = zero if ours_ is None else ours_
    reference = zero if theirs is None else theirs
    np.testing.assert_allclose(mine, reference, 1e-6, 1e-9, err_msg=what)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_agrees_with_torch(expression: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = run(torch, expression)
        mine = run(ours, expression)
    assert mine["grad_fn"] == theirs["grad_fn"]
    assert mine["edges"] == theirs["edges"]
    assert mine["value"].dtype == theirs["value"].dtype
    assert mine["value"].shape == theirs["value"].shape
    assert_close(mine["value"], theirs["value"], "value")
    for order in ("first", "second"):
        for name, one, other in zip(LEAVES, mine[order], theirs[order], strict=True):
            assert_close(one, other, f"{order} derivative for {name}")


NOT_DIFFERENTIABLE = {
    "NotImplemented",
    "AsinhBackward1",
    "AcoshBackward1",
    "AtanhBackward1",
    "Unique2Backward0",
    "UniqueDimBackward0",
    "UniqueConsecutiveBackward0",
}
"""Nodes that only say that there is no derivative."""

TWICE_ONLY_HERE = {"CdistBackward0", "HardsigmoidBackward0", "PdistBackward0", "ScaledDotProductFlashAttentionForCpuBackward0"}
"""Operators that have no second derivative in PyTorch; compared through their modules or their samples."""

ONCE_ONLY = {
    "CtcLossBackward0",
    "EmbeddingBagBackward0",
    "GridSampler2DBackward0",
    "GridSampler3DBackward0",
    "WeightNormInterfaceBackward0",
    "MultiMarginLossBackward0",
    "MultilabelMarginLossBackward0",
    "SpecialZetaBackward2",
}
"""Operators without a second derivative, or with none for what they are called with; compared through their samples."""

ONLY_IN_DERIVATIVES = {"GerBackward0", "PadBackward0", "CropBackward0", "MaskedPlaceBackward0", "PadPackedSequenceBackward0"}
"""Operators that exist only for the derivatives of others."""


def graph_names(tensor: Any) -> set[str]:
    """The names of all nodes behind ``tensor``."""
    names: set[str] = set()
    stack = [tensor.grad_fn]
    seen = set()
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        names.add(type(node).__name__)
        stack.extend(next_node for next_node, _ in node.next_functions)
    return names


def test_every_operator_of_the_table_is_compared() -> None:
    reached: set[str] = set()
    for expression in EXPRESSIONS:
        leaves = {name: ours.tensor(value, dtype=ours.float64, requires_grad=True) for name, value in LEAVES.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = eval(expression, {**leaves, "torch": ours, "F": ours.nn.functional, "i": ours.tensor([0, 2])})
        reached |= graph_names(result)
    table = {row.node_name for row in OPERATORS.values() if not row.node_name.endswith("BackwardBackward0")}
    assert table - reached - ONLY_IN_DERIVATIVES - NOT_DIFFERENTIABLE - TWICE_ONLY_HERE - ONCE_ONLY == set()
