"""Gradient statistics: right for every dtype, size and layout."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from gradtrace.core.events import Array, GradientStatistics
from gradtrace.tracer.statistics import gradient_statistics, same_memory


def statistics(values: Any, dtype: str = "float32") -> GradientStatistics:
    return GradientStatistics(*gradient_statistics(np.array(values, dtype)))


def test_plain_numbers() -> None:
    assert statistics([3.0, 0.0, -4.0]) == GradientStatistics(3, 0, 0, 0, 1, -4.0, 3.0, -1 / 3, 5.0)


def test_nonfinite_elements_are_counted_and_left_out() -> None:
    found = statistics([np.nan, 3.0, np.inf, -np.inf, np.inf, -4.0, 0.0, np.nan])
    assert found == GradientStatistics(8, 2, 2, 1, 1, -4.0, 3.0, -1 / 3, 5.0)
    assert not found.finite


def test_nothing_finite() -> None:
    found = statistics([np.nan, np.inf])
    assert (found.count, found.nan, found.pos_inf, found.neg_inf, found.zeros, found.norm) == (2, 1, 1, 0, 0, 0.0)
    assert all(math.isnan(value) for value in (found.min, found.max, found.mean))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64", "uint8", "bool", "complex64"])
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (4,), (2, 3)])
def test_every_dtype_and_shape(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.ones(shape, dtype)
    found = GradientStatistics(*gradient_statistics(array))
    assert found.count == array.size
    assert found.finite
    assert found.zeros == 0
    assert found.norm == pytest.approx(math.sqrt(array.size))
    assert math.isnan(found.mean) if array.size == 0 else found.mean == 1.0


@pytest.mark.parametrize(("values", "dtype", "norm", "mean"), [
    ([3e200, 4e200], "float64", 5e200, 3.5e200),
    ([3e-200, 4e-200], "float64", 5e-200, 3.5e-200),
    ([1.2e308, 1.2e308], "float64", 1.2e308 * math.sqrt(2), 1.2e308),
    ([3e38, 3e38], "float32", 3e38 * math.sqrt(2), 3e38),
    ([60000.0] * 100, "float16", 600_000.0, 60_000.0),
    ([5e-324], "float64", 5e-324, 5e-324),
])  # fmt: skip
def test_no_overflow_and_no_underflow(values: list[float], dtype: str, norm: float, mean: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = statistics(values, dtype)
    assert found.norm == pytest.approx(norm, rel=1e-3)
    assert found.mean == pytest.approx(mean, rel=1e-3)


def test_large_arrays_are_taken_in_blocks() -> None:
    values = np.random.default_rng(1).normal(size=200_003)
    values[123_456] = np.nan
    values[5] = 0.0
    finite = values[np.isfinite(values)]
    found = statistics(values, "float64")
    assert (found.count, found.nan, found.zeros) == (200_003, 1, 1)
    assert (found.min, found.max) == (finite.min(), finite.max())
    assert found.mean == pytest.approx(finite.mean(), abs=1e-12)
    assert found.norm == pytest.approx(np.linalg.norm(finite), rel=1e-12)


def test_blocks_of_very_different_size() -> None:
    values = np.concatenate([np.full(1 << 16, 1e-160), np.full(1 << 16, 1e160), np.full(1 << 16, 1.0)])
    assert statistics(values, "float64").norm == pytest.approx(1e160 * 256, rel=1e-12)


@pytest.mark.parametrize(
    "view",
    [
        lambda base: base[::2, ::-1],
        lambda base: base.T,
        lambda base: np.broadcast_to(base[0], (5, 4)),
        lambda base: base.astype(">f8"),
        lambda base: np.asfortranarray(base),
    ],
)
def test_any_memory_layout(view: Any) -> None:
    array: Array = view(np.arange(12.0).reshape(3, 4))
    found = GradientStatistics(*gradient_statistics(array))
    assert found.count == array.size
    assert found.max == array.max()
    assert found.mean == pytest.approx(array.mean())
    assert found.norm == pytest.approx(float(np.linalg.norm(array)))


def test_the_users_error_state_is_respected_and_left_alone() -> None:
    with np.errstate(all="raise"):
        gradient_statistics(np.array([np.inf, 1e-310, 3e300]))
        with pytest.raises(FloatingPointError):
            np.array([1.0]) / np.array([0.0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 2, 7, 8, 9, 15, 16, 17, 23, 31, 33, 64, 67, 2047, 2048, 2049, 4100])
def test_every_element_counts_whatever_the_size(dtype: str, size: int) -> None:
    plain = np.linspace(-1.0, 2.0, size).astype(dtype)
    plain[size // 2] = 0.0
    for place in {0, size // 3, size - 1}:
        for value, counted in ((7.0, (0, 0, 0)), (-7.0, (0, 0, 0)), (np.nan, (1, 0, 0)), (np.inf, (0, 1, 0)), (-np.inf, (0, 0, 1))):
            array = plain.copy()
            array[place] = value
            finite = array[np.isfinite(array)].astype("float64")
            found = GradientStatistics(*gradient_statistics(array))
            assert (found.count, found.nan, found.pos_inf, found.neg_inf) == (size, *counted)
            assert found.zeros == np.count_nonzero(finite == 0)
            assert found.norm == pytest.approx(math.sqrt(float(finite @ finite)))
            if finite.size:
                assert (found.min, found.max) == (finite.min(), finite.max())
                assert found.mean == pytest.approx(finite.mean(), abs=1e-12)


def test_nothing_that_is_no_array_of_numbers_is_counted() -> None:
    for array in (np.array([object()]), np.array(["text"])):
        with pytest.raises((TypeError, ValueError)):
            gradient_statistics(array)


def test_the_same_memory() -> None:
    array = np.arange(6.0).reshape(2, 3)
    assert same_memory(array, array)
    assert same_memory(array, array[:])
    assert not same_memory(array, array.copy())
    assert not same_memory(array, array[:1])
    assert not same_memory(array, array.reshape(3, 2))
    assert not same_memory(array[:, 0], array[0, :2])
    assert not same_memory(array, array.view(np.int64))
