"""The fast paths of layers, softmax, normalisation and losses give what the plain formulas give, wherever they are taken."""

from __future__ import annotations

from typing import Any

import gradtrace.core as torch
import numpy as np
import pytest
from gradtrace.core.ops import row_kernels

functional = torch.nn.functional

SHAPES = [(2, 3), (40, 7), (64, 32), (3, 20, 64), (4, 2000), (1, 600), (600, 1)]


def numbers(shape: tuple[int, ...], dtype: Any) -> Any:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(dtype)


def layouts(array: Any) -> list[Any]:
    """The same numbers in several memory orders."""
    return [array, np.asfortranarray(array), np.repeat(array, 2, axis=-1)[..., ::2]]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_reductions_are_those_of_numpy(shape: tuple[int, ...], dtype: Any) -> None:
    exact = numbers(shape, dtype).astype(np.float64)
    tolerance = {np.float16: 0.5, np.float32: 2e-4, np.float64: 1e-11}[dtype]
    for array in layouts(numbers(shape, dtype)):
        for ours, expected in (
            (row_kernels.row_sums(array), exact.sum(-1, keepdims=True)),
            (row_kernels.row_products(array, array), (exact * exact).sum(-1, keepdims=True)),
            (row_kernels.row_maxima(array), exact.max(-1, keepdims=True)),
            (row_kernels.column_sums(array, 1), exact.sum(tuple(range(len(shape) - 1)))),
            (row_kernels.positive_part(array), np.maximum(exact, 0)),
        ):
            assert ours.dtype == dtype
            assert ours.shape == expected.shape
            np.testing.assert_allclose(ours, expected, atol=tolerance, rtol=tolerance)


def test_column_sums_over_two_kept_dimensions() -> None:
    array = numbers((30, 4, 8), np.float32)
    np.testing.assert_allclose(row_kernels.column_sums(array, 2), array.sum(0), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("count", [6, 5000, 100_000])
def test_positive_part_keeps_nan_and_infinity(count: int) -> None:
    array = numbers((count,), np.float32)
    array[:5] = [np.nan, -np.nan, np.inf, -np.inf, -0.0]
    array[-1] = np.nan
    np.testing.assert_array_equal(row_kernels.positive_part(array), np.maximum(array, 0))


def test_maxima_of_rows_with_nan() -> None:
    array = numbers((100, 10), np.float32)
    array[3, 4] = np.nan
    array[5] = -np.inf
    np.testing.assert_array_equal(row_kernels.row_maxima(array), array.max(-1, keepdims=True))


@pytest.mark.parametrize("scale", [1.0, 5.0, 40.0, 1e4])
@pytest.mark.parametrize("dim", [0, 1])
def test_softmax_of_moderate_and_of_large_numbers(scale: float, dim: int) -> None:
    array = numbers((50, 40), np.float32) * np.float32(scale)
    exact = np.exp(array.astype(np.float64) - array.max(dim, keepdims=True))
    exact /= exact.sum(dim, keepdims=True)
    np.testing.assert_allclose(torch.tensor(array).softmax(dim).numpy(), exact, rtol=2e-5, atol=1e-30)
    with np.errstate(divide="ignore"):
        logarithms = np.log(exact)
    finite = np.isfinite(logarithms)
    np.testing.assert_allclose(torch.tensor(array).log_softmax(dim).numpy()[finite], logarithms[finite], rtol=1e-4, atol=1e-5)


def test_softmax_with_masked_rows() -> None:
    array = numbers((50, 40), np.float32)
    array[:, 20:] = -np.inf
    array[7] = -np.inf
    array[8, 3] = np.nan
    result = torch.tensor(array).softmax(1).numpy()
    assert np.isnan(result[[7, 8]]).all()
    rest = np.delete(result, [7, 8], 0)
    np.testing.assert_array_equal(rest[:, 20:], 0)
    np.testing.assert_allclose(rest.sum(1), 1, rtol=1e-6)


def test_relu_lets_nothing_through_where_it_is_not_positive() -> None:
    array = numbers((60, 60), np.float32)
    array[0, :3] = [np.nan, 0.0, -0.0]
    x = torch.tensor(array, requires_grad=True)
    gradient = np.full((60, 60), np.nan, np.float32)
    gradient[array > 0] = 3.0
    functional.relu(x).backward(torch.tensor(gradient))
    np.testing.assert_array_equal(x.grad.numpy(), np.where(array > 0, 3.0, 0.0))


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("shape", [(3, 4), (200, 10)], ids=str)
def test_plain_cross_entropy_is_the_weighted_one_with_weights_of_one(shape: tuple[int, int], reduction: str) -> None:
    classes = torch.tensor(np.arange(shape[0]) % shape[1])
    losses, gradients = [], []
    for weight in (None, torch.ones(shape[1])):
        x = torch.tensor(numbers(shape, np.float32), requires_grad=True)
        loss = functional.cross_entropy(x, classes, weight, reduction=reduction)
        (loss * 2).sum().backward()
        losses.append(loss.detach().numpy())
        gradients.append(x.grad.numpy())
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-6)
    np.testing.assert_allclose(gradients[0], gradients[1], rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("wrong", [-1, 10, -(2**63)])
def test_classes_out_of_range_are_refused(wrong: int) -> None:
    classes = torch.tensor(np.array([0, wrong, 3]))
    with pytest.raises(IndexError, match=f"Target {wrong} is out of bounds."):
        functional.nll_loss(torch.zeros(3, 10), classes)


def test_ignored_classes_do_not_count() -> None:
    x = torch.tensor(numbers((4, 5), np.float32), requires_grad=True)
    functional.cross_entropy(x, torch.tensor([0, -100, 2, -100])).backward()
    np.testing.assert_array_equal(x.grad.numpy()[[1, 3]], 0)
    assert functional.cross_entropy(x, torch.tensor([1, 1, 2, 1]), ignore_index=1).item() == pytest.approx(
        functional.cross_entropy(x[2:3], torch.tensor([2])).item()
    )


@pytest.mark.parametrize(
    ("shape", "normalized"), [((2, 3), (3,)), ((30, 5, 8), (8,)), ((30, 5, 8), (5, 8)), ((0, 4), (4,))], ids=str
)
@pytest.mark.parametrize("affine", [False, True])
def test_layer_norm_and_its_gradients(shape: tuple[int, ...], normalized: tuple[int, ...], affine: bool) -> None:
    """First derivatives have an implementation of their own; recorded passes go by the formula."""
    cotangent = torch.tensor(numbers(shape, np.float64))
    found = []
    for create_graph in (False, True):
        x = torch.tensor(numbers(shape, np.float64), requires_grad=True)
        parameters = [torch.tensor(numbers(normalized, np.float64), requires_grad=True) for _ in range(2)] if affine else []
        result = functional.layer_norm(x, normalized, *parameters)
        found.append([result, *torch.autograd.grad(result, [x, *parameters], cotangent, create_graph=create_graph)])
    for plain, recorded in zip(*found, strict=True):
        np.testing.assert_allclose(plain.detach().numpy(), recorded.detach().numpy(), rtol=1e-9, atol=1e-9)
