"""One call of an operator on one of the two libraries, and the derivatives of its result."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import opinfo_database as database
import torch
from opinfo_database import Unsupported

Tensors = list[Any]


class Raised(Exception):  # noqa: N818  (an event to compare, not an error of ours)
    """The operator raised: carries type and first line of the text."""

    def __init__(self, error: Exception) -> None:
        text = str(error).replace("gradtrace.core", "torch").replace("gradtrace", "torch")
        super().__init__(f"{type(error).__name__}: {text.strip().splitlines()[0] if text.strip() else ''}")


@dataclass
class Run:
    """One call on one library: the result, the differentiable part of it, and the leaves it came from."""

    library: Any
    result: Any
    part: Any
    leaves: Tensors
    arguments: list[Any]

    @property
    def outputs(self) -> Tensors:
        """The tensors of the result that require gradients."""
        return [tensor for tensor in tensors_of(self.part, self.library) if tensor.requires_grad]


def run(library: Any, function: Any, sample: Any, *, postprocess: Any = None, inplace: bool = False) -> Run:
    """Call ``function`` on a fresh copy of the sample. Raises :class:`Raised` or :class:`Unsupported`."""
    with raised():
        arguments, options, leaves = database.on_library(library, sample)
        database.seed(library)
        if inplace:
            arguments[0] = arguments[0].clone()
        result = function(*arguments, **options)
        part = result if postprocess is None else postprocess(result)
    return Run(library, result, part, leaves, arguments)


@contextlib.contextmanager
def raised() -> Iterator[None]:
    """Turn whatever an operator raises into :class:`Raised`."""
    try:
        yield
    except (Unsupported, Raised):
        raise
    except Exception as error:  # whatever it is, it is what is compared
        raise Raised(error) from error


def tensors_of(value: Any, library: Any) -> Tensors:
    """All tensors in nested sequences."""
    if isinstance(value, library.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in tensors_of(item, library)]
    return []


def gradients(run: Run, create_graph: bool = False) -> tuple[Tensors, Tensors]:
    """Gradients at the leaves of the outputs times random cotangents; and these cotangents."""
    cotangents = [random_like(run.library, tensor, number) for number, tensor in enumerate(run.outputs)]
    if create_graph:
        for cotangent in cotangents:
            cotangent.requires_grad_()
    if not cotangents:
        return [None for _ in run.leaves], []
    with raised():
        found = run.library.autograd.grad(
            run.outputs, run.leaves, cotangents, retain_graph=True, create_graph=create_graph, allow_unused=True
        )
    return list(found), cotangents


def second_gradients(run: Run) -> tuple[Tensors, Tensors]:
    """First gradients with a graph; and gradients of these times random cotangents, zeros where there are none."""
    first, cotangents = gradients(run, create_graph=True)
    differentiable = [(number, tensor) for number, tensor in enumerate(first) if tensor is not None and tensor.requires_grad]
    inputs = [*run.leaves, *cotangents]
    found = [None] * len(inputs)
    if differentiable:
        weights = [random_like(run.library, tensor, 100 + number) for number, tensor in differentiable]
        with raised():
            found = run.library.autograd.grad([tensor for _, tensor in differentiable], inputs, weights, allow_unused=True)
    return first, [run.library.zeros_like(at) if tensor is None else tensor for at, tensor in zip(inputs, found, strict=True)]


def random_like(library: Any, tensor: Any, number: int) -> Any:
    """Numbers that depend on the shape and on ``number`` only."""
    values = np.random.default_rng(number).uniform(0.5, 1.5, tuple(tensor.shape))
    return library.from_numpy(values.astype(tensor.detach().numpy().dtype))


def describe(sample: Any) -> str:
    """The arguments of a sample in one line: ``(f64[3, 2] grad, 2, dim=0)``."""
    parts = [_short(value) for value in (sample.input, *sample.args)]
    parts += [f"{name}={_short(value)}" for name, value in sample.kwargs.items()]
    text = ", ".join(parts)
    return f"({text if len(text) < 220 else text[:217] + '...'})"


def _short(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        kind = str(value.dtype).removeprefix("torch.").replace("float", "f").replace("int", "i")
        notes = "" if value.is_contiguous() else f" strides {list(value.stride())}"
        return f"{kind}{list(value.shape)}{notes}{' grad' if value.requires_grad else ''}"
    if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
        brackets = "[]" if isinstance(value, list) else "()"
        return f"{brackets[0]}{', '.join(map(_short, value))}{brackets[1]}"
    return repr(list(value)) if isinstance(value, torch.Size) else repr(value)
