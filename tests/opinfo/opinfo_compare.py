"""Run one operator of PyTorch's database on both libraries and say where they differ.

:func:`check` returns a :class:`Report`: for each aspect of :data:`ASPECTS` the differences found, as text
that names the sample.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import gradtrace.core as core
import numpy as np
import opinfo_database as database
import torch
from opinfo_database import Operator, Unsupported

ASPECTS = {
    "missing": "the function is not there",
    "values": "values, shapes and kinds of the results of float64 inputs",
    "dtype": "results and their dtypes for float32, int64 and bool inputs, and dtypes for float64",
    "grad_fn": "requires_grad and the name of grad_fn",
    "layout": "strides, and whether the result is a view",
    "grads": "first derivatives",
    "gradgrads": "first derivatives with create_graph=True, and theirs",
    "errors": "type and first line of the exception for wrong inputs",
    "method": "the method of Tensor: results and grad_fn",
    "inplace": "the in-place form: results, grad_fn, version and first derivatives",
    "aliases": "other names of the same function",
}
"""What is compared, in the order of the work to do."""

TOLERANCES = {"float64": (1e-7, 1e-9), "float32": (2e-5, 2e-6), "float16": (2e-3, 2e-3)}
"""Relative, and absolute for numbers around 1."""

UNIQUE_UP_TO_SIGN = {"linalg.svd", "linalg.eigh"}
"""Their vectors are compared after the database's functions have made them unique; of the results themselves only the shapes."""

Tensors = list[Any]


@dataclass
class Limits:
    """How many samples to look at."""

    float64: int = 60
    other_dtypes: int = 8
    errors: int = 60
    inplace: int = 20


@dataclass
class Report:
    """What was found: differences and number of comparisons by aspect."""

    label: str
    tier: int
    differences: dict[str, list[str]] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)
    skipped: int = 0

    def add(self, aspect: str, difference: str | None) -> None:
        """Count a comparison, and keep the difference if there is one."""
        self.compared[aspect] = self.compared.get(aspect, 0) + 1
        if difference is not None:
            self.differences.setdefault(aspect, []).append(difference)


# ---------------------------------------------------------------------------------------------------------- one run
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


# --------------------------------------------------------------------------------------------------------- differences
def value_difference(expected: Any, got: Any, where: str = "result") -> str | None:
    """How the results differ in kind, shape or value; None if they do not. Dtypes are another matter."""
    if isinstance(expected, torch.Tensor):
        return tensor_difference(expected, got, where)
    if isinstance(expected, (list, tuple)):
        kind = list if isinstance(expected, list) else tuple
        if not isinstance(got, kind) or len(got) != len(expected):
            return f"{where}: {_kind(got)} instead of {_kind(expected)}"
        for name in getattr(type(expected), "__match_args__", ()):
            if not hasattr(got, name):
                return f"{where}: has no field {name!r}"
        parts = (value_difference(one, other, f"{where}[{n}]") for n, (one, other) in enumerate(zip(expected, got, strict=True)))
        return next((part for part in parts if part), None)
    if type(expected) is not type(got) or expected != got:
        return f"{where}: {got!r} instead of {expected!r}"
    return None


def tensor_difference(expected: Any, got: Any, where: str) -> str | None:
    """How two tensors differ in shape or value, or None."""
    if expected is None or got is None:
        return None if expected is got else f"{where}: {_kind(got)} instead of {_kind(expected)}"
    if not isinstance(got, core.Tensor):
        return f"{where}: {_kind(got)} instead of a tensor"
    want, have = _array(expected), _array(got)
    if want.shape != have.shape:
        return f"{where}: shape {list(have.shape)} instead of {list(want.shape)}"
    relative, absolute = TOLERANCES.get(str(have.dtype), (0.0, 0.0))
    if want.dtype.kind == "f":
        finite = np.abs(want[np.isfinite(want)])
        absolute *= max(1.0, float(finite.max())) if finite.size else 1.0
    with np.errstate(all="ignore"):
        same = np.isclose(have, want, rtol=relative, atol=absolute, equal_nan=True)
    if same.all():
        return None
    index = tuple(int(i) for i in np.argwhere(~same)[0]) if want.ndim else ()
    at = f" at {list(index)} (of {same.size}, {int((~same).sum())} differ)" if want.ndim else ""
    return f"{where}: {have[index]!s} instead of {want[index]!s}{at}"


def _array(tensor: Any) -> Any:
    """The elements as an array; torch has lazy zeros, which it gives out only when forced to."""
    return tensor.numpy(force=True) if isinstance(tensor, torch.Tensor) else tensor.detach().numpy()


def result_difference(operator: Operator, expected: Run, got: Run) -> str | None:
    """How the results of an operator differ in kind, shape or value, or None."""
    if operator.name not in UNIQUE_UP_TO_SIGN:
        return value_difference(expected.result, got.result)
    want, have = ([list(tensor.shape) for tensor in tensors_of(run.result, run.library)] for run in (expected, got))
    return value_difference(want, have, "shapes") or value_difference(expected.part, got.part)


def dtype_difference(expected: Run, got: Run) -> str | None:
    """How the dtypes of the results differ, or None."""
    want = [str(tensor.dtype) for tensor in tensors_of(expected.result, torch)]
    have = [str(tensor.dtype) for tensor in tensors_of(got.result, core)]
    return None if want == have else f"{', '.join(have)} instead of {', '.join(want)}"


def grad_fn_difference(expected: Run, got: Run) -> str | None:
    """How requires_grad or the names of the grad_fns differ, or None."""
    want, have = _histories(expected), _histories(got)
    return None if want == have else f"{', '.join(have)} instead of {', '.join(want)}"


def _histories(run: Run) -> list[str]:
    names = []
    for tensor in tensors_of(run.result, run.library):
        name = "leaf" if tensor.grad_fn is None else type(tensor.grad_fn).__name__
        names.append(name if tensor.requires_grad else "no gradient")
    return names


def layout_difference(expected: Run, got: Run) -> str | None:
    """How the layouts in memory differ, or None."""
    want, have = _layouts(expected), _layouts(got)
    return None if want == have else f"{', '.join(have)} instead of {', '.join(want)}"


def _layouts(run: Run) -> list[str]:
    """In words; the strides of dimensions without extent say nothing."""
    layouts = []
    for tensor in tensors_of(run.result, run.library):
        strides = [stride if size > 1 else 0 for size, stride in zip(tensor.shape, tensor.stride(), strict=True)]
        strides = strides if tensor.numel() else []
        layouts.append(f"{'a view of' if tensor._is_view() else 'new'} {list(tensor.shape)} with strides {strides}")
    return layouts


def gradient_difference(expected: Tensors, got: Tensors, what: str) -> str | None:
    """How lists of gradients differ in value, shape or dtype, or None."""
    for number, (want, have) in enumerate(zip(expected, got, strict=True)):
        difference = tensor_difference(want, have, f"{what} {number}")
        if difference is None and want is not None and str(want.dtype) != str(have.dtype):
            difference = f"{what} {number}: {have.dtype} instead of {want.dtype}"
        if difference is not None:
            return difference
    return None


def _kind(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__} of {len(value)}"
    return "a tensor" if isinstance(value, (torch.Tensor, core.Tensor)) else repr(value)


# -------------------------------------------------------------------------------------------------------------- checks
def check(operator: Operator, limits: Limits | None = None) -> Report:
    """Compare an operator on both libraries in every aspect."""
    limits = limits or Limits()
    report = Report(operator.label, operator.tier)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _check_aliases(operator, report)
        function = database.counterpart(operator.info.op, operator.name)
        if function is None:
            report.add("missing", f"there is no torch.{operator.name}")
            return report
        report.add("missing", None)
        _check_samples(operator, function, report, limits)
        _check_other_dtypes(operator, function, report, limits)
        _check_errors(operator, function, report, limits)
        _check_method(operator, function, report, limits)
        _check_in_place(operator, report, limits)
    return report


def _both(
    report: Report, aspect: str, theirs: Any, ours: Any, sample: Any, dtype: str = "", **options: Any
) -> tuple[Run, Run] | None:
    """Run both; None if there is nothing to compare, because torch refuses, or because ours raised, which is a difference."""
    try:
        expected = run(torch, theirs, sample, **options)
    except Unsupported:
        report.skipped += 1
        return None
    except Raised:
        return None
    postprocess = options.pop("postprocess", None)
    if database.is_written_for_tests(postprocess):
        postprocess = database.on_core(postprocess)
    try:
        return expected, run(core, ours, sample, postprocess=postprocess, **options)
    except Unsupported:
        report.skipped += 1
    except Raised as error:
        report.add(aspect, f"{describe(sample)}{dtype}: raises {error}")
    return None


def _check_samples(operator: Operator, function: Any, report: Report, limits: Limits) -> None:
    """Values, dtypes, grad_fns and derivatives of float64 samples."""
    for sample in database.samples(operator, "float64", limits.float64):
        where = describe(sample)
        both = _both(report, "values", operator.info.op, function, sample, postprocess=sample.output_process_fn_grad)
        if both is None:
            continue
        expected, got = both
        values = result_difference(operator, expected, got)
        report.add("values", values and f"{where}: {values}")
        if values is not None:
            continue
        aspects = {"dtype": dtype_difference, "grad_fn": grad_fn_difference, "layout": layout_difference}
        for aspect, compare in aspects.items():
            difference = compare(expected, got)
            report.add(aspect, difference and f"{where}: {difference}")
        if operator.info.supports_autograd and expected.outputs:
            _compare_derivatives(report, "grads", where, lambda run: (gradients(run)[0], []), *both)
            if operator.info.supports_gradgrad:
                _compare_derivatives(report, "gradgrads", where, second_gradients, *both)


def _compare_derivatives(
    report: Report, aspect: str, where: str, derive: Callable[[Run], tuple[Tensors, Tensors]], expected: Run, got: Run
) -> None:
    """First and second gradients of both sides."""
    try:
        want_first, want_second = derive(expected)
    except Raised:
        return
    try:
        have_first, have_second = derive(got)
    except Raised as error:
        report.add(aspect, f"{where}: raises {error}")
        return
    difference = gradient_difference(want_first, have_first, "gradient of leaf")
    if difference is None:
        difference = gradient_difference(want_second, have_second, "second gradient")
    report.add(aspect, difference and f"{where}: {difference}")


def _check_other_dtypes(operator: Operator, function: Any, report: Report, limits: Limits) -> None:
    """Values and dtypes for inputs that are not float64; dtypes of gradients."""
    for dtype in ("float32", "int64", "bool"):
        for sample in database.samples(operator, dtype, limits.other_dtypes):
            both = _both(
                report, "dtype", operator.info.op, function, sample, f" of {dtype}", postprocess=sample.output_process_fn_grad
            )
            if both is None:
                continue
            expected, got = both
            difference = result_difference(operator, expected, got) or dtype_difference(*both)
            if difference is None and expected.outputs:
                difference = _gradient_dtype_difference(expected, got)
            report.add("dtype", difference and f"{describe(sample)}: {difference}")


def _gradient_dtype_difference(expected: Run, got: Run) -> str | None:
    try:
        want = [None if tensor is None else str(tensor.dtype) for tensor in gradients(expected)[0]]
    except Raised:
        return None
    try:
        have = [None if tensor is None else str(tensor.dtype) for tensor in gradients(got)[0]]
    except Raised as error:
        return f"its gradient raises {error}"
    return None if want == have else f"gradients are {have} instead of {want}"


def _check_errors(operator: Operator, function: Any, report: Report, limits: Limits) -> None:
    """Exceptions for inputs which are wrong."""
    for sample in database.wrong_inputs(operator, limits.errors):
        try:
            run(torch, operator.info.op, sample)
        except Unsupported:
            report.skipped += 1
        except Raised as expected:
            report.add("errors", _error_difference(str(expected), function, sample))


def _error_difference(expected: str, function: Any, sample: Any) -> str | None:
    try:
        run(core, function, sample)
    except Unsupported:
        return None
    except Raised as got:
        return None if str(got) == expected else f"{describe(sample)}: raises\n    {got}\n    instead of\n    {expected}"
    return f"{describe(sample)}: raises nothing instead of\n    {expected}"


def _check_method(operator: Operator, function: Any, report: Report, limits: Limits) -> None:
    """The method, unless it is the same function anyway."""
    theirs = operator.info.method_variant
    if theirs is None or database.is_written_for_tests(theirs):
        return
    name = theirs.__name__
    ours = getattr(core.Tensor, name, None)
    if ours is None:
        report.add("method", f"there is no Tensor.{name}")
    elif ours is function:
        report.add("method", None)
    else:
        for sample in database.samples(operator, "float64", limits.inplace):
            both = _both(report, "method", theirs, ours, sample)
            if both is not None:
                difference = value_difference(both[0].result, both[1].result) or grad_fn_difference(*both)
                report.add("method", difference and f"{describe(sample)}: {difference}")


def _check_in_place(operator: Operator, report: Report, limits: Limits) -> None:
    """The in-place form, on a copy of the first argument."""
    theirs = operator.info.inplace_variant
    if theirs is None or operator.info.name.startswith("__"):
        return
    if isinstance(theirs, partial) or database.is_written_for_tests(theirs):  # as in relu(x, inplace=True)
        ours = database.counterpart(theirs, operator.name)
    else:
        ours = getattr(core.Tensor, theirs.__name__, None)
    if ours is None:
        report.add("inplace", f"there is no Tensor.{theirs.__name__}")
        return
    for sample in database.samples(operator, "float64", limits.inplace):
        if sample.broadcasts_input or not isinstance(sample.input, torch.Tensor):
            continue
        both = _both(report, "inplace", theirs, ours, sample, inplace=True)
        if both is None:
            continue
        expected, got = both
        where = describe(sample)
        difference = value_difference(expected.result, got.result) or grad_fn_difference(*both) or dtype_difference(*both)
        version, wanted = got.arguments[0]._version, expected.arguments[0]._version
        if difference is None and version != wanted:
            difference = f"_version {version} instead of {wanted}"
        if difference is None and expected.result is expected.arguments[0] and got.result is not got.arguments[0]:
            difference = "the result is not the tensor itself"
        report.add("inplace", difference and f"{where}: {difference}")
        if difference is None and expected.outputs:
            _compare_derivatives(report, "inplace", where, lambda run: (gradients(run)[0], []), expected, got)


def _check_aliases(operator: Operator, report: Report) -> None:
    """Other names of the function, those in torch.special apart."""
    for alias in operator.info.aliases:
        if not alias.name.startswith("special."):
            report.add("aliases", None if database.find(alias.name) else f"there is no torch.{alias.name}")


# -------------------------------------------------------------------------------------------------------- descriptions
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


def first(differences: Sequence[str]) -> str:
    """The first difference, and how many more there are."""
    return differences[0] + (f"\n    (and {len(differences) - 1} more)" if len(differences) > 1 else "")
