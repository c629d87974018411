"""A sample of the operators in PyTorch's own database does the same recorded as alone: values, gradients of gradients, errors."""

from __future__ import annotations

import importlib.util
import random
import sys
import types
import unittest
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parent))
from interference import facts, outcome, recorded  # noqa: E402

sys.path.pop(0)

EVERY = 24
ALWAYS = {"sparse.mm", "nn.functional.embedding_bag", "linalg.svd", "igamma", "unbind", "nn.functional.batch_norm", "index_put"}
RANDOM = {"empty", "empty_like", "new_empty", "empty_strided", "empty_permuted", "new_empty_strided"}
IN_PLACE = {"cauchy", "exponential", "geometric", "log_normal", "normal", "uniform"}


def operators() -> list[Any]:
    """The rows of the database that are tried."""
    if "expecttest" not in sys.modules and importlib.util.find_spec("expecttest") is None:  # only to derive test cases from
        stand_in: Any = types.ModuleType("expecttest")
        stand_in.TestCase = unittest.TestCase
        sys.modules["expecttest"] = stand_in
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # slow, and it is not there without the stand-in
        from torch.testing._internal.common_methods_invocations import op_db  # noqa: PLC0415
    chosen = [*op_db[::EVERY], *(one for one in op_db if one.name in ALWAYS)]
    return [one for one in chosen if one.name not in RANDOM | IN_PLACE]


def samples(operator: Any) -> list[tuple[Any, Any]]:
    """A sample each for real and complex numbers, and inputs that are refused."""
    random.seed(0)
    np.random.seed(0)  # the global generators are what the database draws from
    torch.manual_seed(0)
    found = []
    for dtype in (torch.float32, torch.complex64):
        if dtype in operator.dtypes:
            made = iter(operator.sample_inputs("cpu", dtype, requires_grad=operator.supports_autograd))
            found += [(operator, one) for one in [next(made, None)] if one is not None]
    wrong = iter(operator.error_inputs("cpu")) if operator.error_inputs_func else iter(())
    return found + [(operator, one.sample_input) for one in [next(wrong, None)] if one is not None]


def tensors_in(thing: Any) -> list[Any]:
    if isinstance(thing, (list, tuple)):
        return [one for part in thing for one in tensors_in(part)]
    return [thing] if isinstance(thing, torch.Tensor) else []


def leave_traces(operator: Any, sample: Any) -> list[Any]:
    """Forward, gradients, gradients of gradients, and ``.grad`` after two passes."""
    notes: list[Any] = []
    leaves = [one for one in tensors_in([sample.input, list(sample.args), list(sample.kwargs.values())]) if one.requires_grad]
    torch.manual_seed(0)

    def forward() -> list[Any]:
        made = operator(sample.input, *sample.args, **sample.kwargs)
        notes.append(facts(made))
        return [one for one in tensors_in(made) if one.requires_grad]

    def gradients() -> Any:
        roots = forward()
        if not roots or not leaves:
            return None
        ones = [torch.ones_like(root) for root in roots]
        first = torch.autograd.grad(roots, leaves, ones, create_graph=True, allow_unused=True)
        notes.append(facts(first))
        again = [one for one in first if one is not None and one.requires_grad]
        return torch.autograd.grad(again, leaves, [one.detach() for one in again], allow_unused=True) if again else None

    def passes() -> Any:
        roots = forward()
        ones = [torch.ones_like(root) for root in roots]
        torch.autograd.backward(roots, ones, retain_graph=True)
        torch.autograd.backward(roots, ones)
        return [one.grad for one in leaves]

    def in_place() -> Any:
        written = operator.inplace_variant(sample.input.clone(), *sample.args, **sample.kwargs)
        return torch.autograd.grad(written.sum().abs(), leaves, allow_unused=True) if written.requires_grad else written

    notes += [outcome(gradients), outcome(passes)]
    for leaf in leaves:
        leaf.grad = None
    if operator.inplace_variant is not None and isinstance(sample.input, torch.Tensor):
        notes.append(outcome(in_place))
    return notes


@pytest.mark.filterwarnings("ignore")
def test_operators_do_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as other_thread:  # the database inspects the stack, which is short there
        cases = [case for operator in operators() for case in other_thread.submit(samples, operator).result()]
    assert len(cases) > 50
    alone = [leave_traces(*case) for case in cases]
    for level in ("structure", "values"):
        seen, said, failure = recorded(lambda: [leave_traces(*case) for case in cases], tmp_path, level=level)
        assert (said, failure) == ("", ""), level
        different = [index for index, (ours, theirs) in enumerate(zip(seen, alone, strict=True)) if ours != theirs]
        different = [index for index in different if leave_traces(*cases[index]) == alone[index]]  # else it is random alone
        assert [cases[index][0].formatted_name for index in different] == [], level
