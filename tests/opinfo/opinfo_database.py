"""PyTorch's own operator tests: which operators, which samples, and what to call on either library.

The torch wheel carries a database of operators (``OpInfo``) with sample inputs and wrong inputs, from which PyTorch's tests are
generated. Here it is cut down to the operators listed in ``names.txt``.

The samples hold torch tensors. :func:`on_library` rebuilds any sample for either library from copies of the same memory, with the
same strides and sharing, so that both start from the same bits.
"""

from __future__ import annotations

import importlib.util
import random
import sys
import types
import unittest
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradtrace.core
import numpy as np
import torch
from gradtrace.core.unsupported import FUNCTIONS, TENSOR_METHODS

ours: Any = gradtrace.core
"""The library that is compared with torch. (A test puts torch in its place.)"""

NAMES_FILE = Path(__file__).with_name("names.txt")
OTHERS = 4
"""The tier of what is not listed."""

NOT_COMPARABLE = {"empty", "empty_like", "new_empty", "empty_strided", "empty_permuted", "new_empty_strided"}
"""Uninitialised memory."""

DTYPES = {"float64": torch.float64, "float32": torch.float32, "int64": torch.int64, "bool": torch.bool}


class Unsupported(Exception):  # noqa: N818  (nothing went wrong)
    """A sample needs what is out of scope: complex or sparse tensors, other devices, quantized types."""


@dataclass(frozen=True)
class Operator:
    """One row of the database.

    ``label`` is the torch name, followed by ``:variant`` if there are several rows of that name. ``tier`` is that of ``names.txt``,
    or :data:`OTHERS` for a function that gradtrace.core has without being listed there.
    """

    label: str
    name: str
    tier: int
    info: Any


def read_names() -> dict[str, int]:
    """Tier of each torch name in ``names.txt``."""
    lines = [line.split() for line in NAMES_FILE.read_text(encoding="utf-8").splitlines() if line[:1].isdigit()]
    return {name: int(tier) for tier, name, *_ in lines}


def load_operators() -> list[Operator]:
    """The listed operators in the order of ``names.txt``, then others that gradtrace.core has; takes about three seconds."""
    if "expecttest" not in sys.modules and importlib.util.find_spec("expecttest") is None:  # only to derive test cases from
        stand_in: Any = types.ModuleType("expecttest")
        stand_in.TestCase = unittest.TestCase
        sys.modules["expecttest"] = stand_in
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # slow, and it is not there without the stand-in
        from torch.testing._internal.common_methods_invocations import op_db  # noqa: PLC0415
    rows: dict[str, list[Any]] = {}
    for info in op_db:
        if DTYPES.keys() & {str(dtype).removeprefix("torch.") for dtype in info.dtypes}:
            rows.setdefault(info.name, []).append(info)
    tiers = read_names()
    refused = NOT_COMPARABLE | FUNCTIONS.keys() | TENSOR_METHODS.keys()
    others = {name: OTHERS for name in sorted(rows.keys() - tiers.keys() - refused) if find(name) is not None}
    found = []
    for name, tier in (tiers | others).items():
        for info in rows.get(name, ()):
            label = f"{name}:{info.variant_test_name}" if info.variant_test_name else name
            found.append(Operator(label, name, tier, info))
    return found


# ------------------------------------------------------------------------------------------------------------- samples
def seed(library: Any) -> None:
    """Bring the library's generator into a known state."""
    library.default_generator.manual_seed(0)


def samples(operator: Operator, dtype: str, limit: int) -> list[Any]:
    """At most ``limit`` samples, evenly spread over all there are; differentiable inputs require gradients."""
    info = operator.info
    if DTYPES[dtype] not in info.dtypes:
        return []
    differentiable = dtype.startswith("float") and info.supports_autograd
    return _spread(_deterministic(lambda: info.sample_inputs("cpu", DTYPES[dtype], requires_grad=differentiable)), limit)


def wrong_inputs(operator: Operator, limit: int) -> list[Any]:
    """Samples that the operator must refuse."""
    if operator.info.error_inputs_func is None:
        return []
    return _spread([one.sample_input for one in _deterministic(lambda: operator.info.error_inputs("cpu"))], limit)


def _deterministic(generate: Callable[[], Iterator[Any]]) -> list[Any]:
    """All that is generated from a known state.

    It happens in another thread because that has a short stack, which the database inspects for every sample.
    """

    def collect() -> list[Any]:
        torch.manual_seed(0)
        np.random.seed(0)  # the global generators are what the database draws from
        random.seed(0)
        return list(generate())

    return _other_thread.submit(collect).result()


_other_thread = ThreadPoolExecutor(1)


def _spread(found: list[Any], limit: int) -> list[Any]:
    if len(found) <= limit:
        return found
    return [found[position * len(found) // limit] for position in range(limit)]


# ---------------------------------------------------------------------------------------------------------- conversion
class Conversion:
    """Rebuilds values for ``library``; ``leaves`` collects the new tensors that require gradients, in order."""

    def __init__(self, library: Any) -> None:
        self.framework = library
        self.leaves: list[Any] = []
        self._memory: dict[tuple[int, torch.dtype], Any] = {}

    def __call__(self, value: Any) -> Any:
        """A copy of ``value`` for the library. Raises :class:`Unsupported`."""
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if isinstance(value, torch.Size):
            return self.framework.Size(value)
        if isinstance(value, (list, tuple)):
            return type(value)(map(self, value))
        if isinstance(value, dict):
            return {key: self(item) for key, item in value.items()}
        if isinstance(value, torch.dtype):
            return getattr(self.framework, _dtype_name(value))
        if isinstance(value, torch.device):
            if value.type != "cpu":
                raise Unsupported(f"device {value}")
            return self.framework.device("cpu")
        if isinstance(value, (torch.memory_format, torch.layout, torch.Generator, complex)):
            if value in (torch.contiguous_format, torch.preserve_format, torch.strided):
                return getattr(self.framework, str(value).removeprefix("torch."))
            raise Unsupported(type(value).__name__)
        if isinstance(value, torch.nn.Module):
            raise Unsupported("a module of torch.nn")
        return value

    def _tensor(self, value: torch.Tensor) -> Any:
        if value.layout is not torch.strided or value.device.type != "cpu" or type(value) is not torch.Tensor:
            raise Unsupported(f"{type(value).__name__} {value.layout} on {value.device}")
        if value.dim() > 64:
            raise Unsupported("NumPy has 64 dimensions at most")
        _dtype_name(value.dtype)
        value = value.detach().resolve_neg().requires_grad_(value.requires_grad)
        result = self._copy(value)
        if value.requires_grad:
            result.requires_grad_()
            self.leaves.append(result)
        return result

    def _copy(self, value: torch.Tensor) -> Any:
        """The same elements, with the same strides and offset, in a copy of the same memory."""
        key = value.untyped_storage().data_ptr(), value.dtype
        if key not in self._memory or not key[0]:
            whole = torch.empty(0, dtype=value.dtype).set_(value.untyped_storage()).clone()
            self._memory[key] = whole if self.framework is torch else self.framework.from_numpy(whole.numpy())
        memory = self._memory[key]
        if value.storage_offset():
            return memory.as_strided(value.shape, value.stride(), value.storage_offset())
        if self.framework is torch:  # no view
            return torch.empty(0, dtype=value.dtype).set_(memory.untyped_storage(), 0, value.shape, value.stride())
        strides = [stride * value.element_size() for stride in value.stride()]
        return self.framework.from_numpy(np.lib.stride_tricks.as_strided(memory.numpy(), tuple(value.shape), strides))


def _dtype_name(dtype: torch.dtype) -> str:
    name = str(dtype).removeprefix("torch.")
    if not hasattr(ours, name):
        raise Unsupported(name)
    return name


def on_library(library: Any, sample: Any) -> tuple[list[Any], dict[str, Any], list[Any]]:
    """Arguments, keyword arguments and leaves of a sample, made anew for ``library``."""
    conversion = Conversion(library)
    arguments = [conversion(sample.input), *(conversion(value) for value in sample.args)]
    return arguments, conversion(sample.kwargs), conversion.leaves


# ------------------------------------------------------------------------------------------------------- what to call
def find(path: str) -> Any:
    """gradtrace.core's function of a torch name, or its method of Tensor if torch has no such function; None if missing."""
    if _look_up(torch, path) is None:
        return getattr(ours.Tensor, path, None)
    return _look_up(ours, path)


def _look_up(library: Any, path: str) -> Any:
    found = library
    for part in path.split("."):
        found = getattr(found, part, None)
    return found


def on_core(function: Any) -> Any:
    """A function of the database that is written in Python, with ``torch`` in it standing for gradtrace.core."""
    replaced = {torch: ours, torch.nn.functional: ours.nn.functional}
    names = {
        name: replaced.get(value, value) if isinstance(value, types.ModuleType) else value
        for name, value in function.__globals__.items()
    }
    names["wrapper_set_seed"] = _with_seed
    return types.FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)


def _with_seed(function: Any, *arguments: Any, **options: Any) -> Any:
    ours.manual_seed(42)
    return function(*arguments, **options)


def is_written_for_tests(function: Any) -> bool:
    """Whether ``function`` is a lambda or helper of the database and no function of torch."""
    return isinstance(function, types.FunctionType) and (function.__module__ or "").startswith("torch.testing._internal")


def counterpart(function: Any, name: str) -> Any:
    """What gradtrace.core has in place of torch's ``function``, which is known as ``name``; None if it has nothing."""
    if isinstance(function, partial):
        inner = counterpart(function.func, name)
        return inner and partial(inner, *function.args, **function.keywords)
    return on_core(function) if is_written_for_tests(function) else find(name)
