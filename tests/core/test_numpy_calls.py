"""Floating-point errors: core's own are silent, as in PyTorch, while the program's are told, compiled or not."""

from __future__ import annotations

import gradtrace.core as torch
import numpy as np
import pytest
from gradtrace.core.numpy_calls import from_core, in_progress


def of_numpy() -> None:
    with pytest.warns(RuntimeWarning, match="invalid value encountered in sqrt"):
        np.sqrt(np.full(3, -1.0))


def test_operators_that_are_a_function_of_numpy_are_silent() -> None:
    x = torch.tensor([-1.0, 0.0], requires_grad=True)
    assert str(torch.sqrt(x).tolist()) == "[nan, 0.0]"
    assert (x / 0.0).tolist()[0] == float("-inf")
    assert (torch.tensor([3e38]) * torch.tensor([10.0])).item() == float("inf")
    of_numpy()


def test_operands_that_are_converted_are_silent() -> None:
    assert (torch.tensor([1]) * torch.tensor(1e300)).dtype is torch.float32
    assert (torch.tensor([2.0], dtype=torch.float16) * 1e9).item() == float("inf")
    of_numpy()


def test_gradients_that_are_added_up_are_silent() -> None:
    x = torch.tensor([1.0], requires_grad=True)
    (x * 3e38 + x * 3e38).sum().backward()
    assert x.grad.item() == float("inf")
    of_numpy()


def test_what_is_the_programs_is_told_after_an_operator_failed() -> None:
    with pytest.raises(RuntimeError, match="must match the size"):
        torch.ones(2) + torch.ones(3)
    assert not in_progress()
    of_numpy()


def test_functions_are_called_as_they_are() -> None:
    assert from_core(np.add)(1, 2) == 3
    assert from_core(np.negative)(1) == -1
    assert from_core(len) is len
