"""Run one operator of PyTorch's database on both libraries and say where they differ.

:func:`check` returns a :class:`Report`: for each aspect of :data:`ASPECTS` the differences found, as text
that names the sample.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import opinfo_database as database
import torch
from opinfo_database import Operator, Unsupported
from opinfo_differences import (
    dtype_difference,
    grad_fn_difference,
    gradient_difference,
    histories,
    layout_difference,
    result_difference,
    value_difference,
)
from opinfo_runs import Raised, Run, Tensors, describe, gradients, run, second_gradients

ASPECTS = {
    "missing": "the function is not there",
    "values": "values, shapes and kinds of the results of float64 inputs",
    "dtype": "results and their dtypes for float32, int64 and bool inputs, and dtypes for float64",
    "grad_fn": "requires_grad, the name of grad_fn and those of the nodes behind it",
    "layout": "strides, and whether the result is a view",
    "grads": "first derivatives",
    "gradgrads": "first derivatives with create_graph=True, and theirs",
    "errors": "type and first line of the exception for wrong inputs",
    "method": "the method of Tensor: results and grad_fn",
    "inplace": "the in-place form: results, grad_fn, version and first derivatives",
    "aliases": "other names of the same function",
}
"""What is compared, in the order of the work to do."""


@dataclass
class Limits:
    """How many samples to look at."""

    float64: int = 60
    other_dtypes: int = 8
    errors: int = 60
    inplace: int = 20


@dataclass
class Report:
    """What was found: differences and number of comparisons by aspect, and the names of ``grad_fn`` that occurred."""

    label: str
    tier: int
    differences: dict[str, list[str]] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)
    skipped: int = 0
    grad_fns: list[str] = field(default_factory=list)

    def add(self, aspect: str, difference: str | None) -> None:
        """Count a comparison, and keep the difference if there is one."""
        self.compared[aspect] = self.compared.get(aspect, 0) + 1
        if difference is not None:
            self.differences.setdefault(aspect, []).append(difference)


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
        return expected, run(database.ours, ours, sample, postprocess=postprocess, **options)
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
        report.grad_fns += [name for name in histories(got) if "Backward" in name and name not in report.grad_fns]
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
        run(database.ours, function, sample)
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
    ours = getattr(database.ours.Tensor, name, None)
    if ours is None:
        report.add("method", f"there is no Tensor.{name}")
    elif ours is function:
        report.add("method", None)
    else:
        for sample in database.samples(operator, "float64", limits.inplace):
            both = _both(report, "method", theirs, ours, sample, postprocess=sample.output_process_fn_grad)
            if both is not None:
                difference = result_difference(operator, *both) or grad_fn_difference(*both)
                report.add("method", difference and f"{describe(sample)}: {difference}")


def _check_in_place(operator: Operator, report: Report, limits: Limits) -> None:
    """The in-place form, on a copy of the first argument."""
    theirs = operator.info.inplace_variant
    if theirs is None or operator.info.name.startswith("__"):
        return
    if isinstance(theirs, partial) or database.is_written_for_tests(theirs):  # as in relu(x, inplace=True)
        ours = database.counterpart(theirs, operator.name)
    else:
        ours = getattr(database.ours.Tensor, theirs.__name__, None)
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
    """Other names of the function."""
    for alias in operator.info.aliases:
        name = alias.name.removeprefix("torch.")
        report.add("aliases", None if database.find(name) else f"there is no torch.{name}")


def first(differences: Sequence[str]) -> str:
    """The first difference, and how many more there are."""
    return differences[0] + (f"\n    (and {len(differences) - 1} more)" if len(differences) > 1 else "")
