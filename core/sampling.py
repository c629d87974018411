"""Tensors of random numbers, drawn from :mod:`.random` as PyTorch draws them."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import random
from .calling import invalid_combination
from .dtypes import from_numpy_dtype
from .inplace import check_and_write
from .making import delivered, dtype_of, shape_of
from .registry import op
from .tensor import Array, Tensor


def _drawn(name: str, draw: Callable[[tuple[int, ...], Any, Any], Any], summary: str) -> Callable[..., Tensor]:
    def make(
        *sizes: Any,
        size: Any = None,
        generator: Any = None,
        out: Tensor | None = None,
        dtype: Any = None,
        layout: Any = None,  # noqa: ARG001  (there is one layout and one kind of memory)
        device: Any = None,
        requires_grad: bool = False,
        pin_memory: bool = False,  # noqa: ARG001
    ) -> Tensor:
        shape = shape_of(sizes if size is None else (size,), name)
        wanted = dtype_of(name, dtype, None if out is None else out._array.dtype)
        if wanted.kind != "f":
            kernel = {"rand": "check_uniform_bounds", "randn": "normal_kernel_cpu"}[name]
            raise NotImplementedError(f"\"{kernel}\" not implemented for '{from_numpy_dtype(wanted).cpp_name}'")
        return delivered(name, draw(shape, wanted, generator), out, dtype, device, requires_grad)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = summary
    return make


rand = _drawn("rand", random.rand, "Uniform in [0, 1).")
randn = _drawn("randn", random.randn, "Normal with mean 0 and standard deviation 1.")


def randint(
    *bounds: Any,
    low: int = 0,
    high: int | None = None,
    size: Any = None,
    generator: Any = None,
    out: Tensor | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    layout: Any = None,  # noqa: ARG001
) -> Tensor:
    """``randint(high, size)`` or ``randint(low, high, size)``: integers in [low, high), int64 unless asked otherwise.

    Raises ``RuntimeError`` when there is no such integer.
    """
    given = list(bounds)
    if size is None and given and isinstance(given[-1], (tuple, list)):
        size = given.pop()
    if len(given) == 2:
        low, high = given
    elif len(given) == 1:
        low, high = (low, given[0]) if high is None else (given[0], high)
    if size is None or high is None or len(given) > 2:
        raise invalid_combination("randint", bounds, {})
    low, high = int(low), int(high)
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    wanted = dtype_of("randint", dtype, np.dtype(np.int64) if out is None else out._array.dtype)
    drawn = random.randint(low, high, shape_of((tuple(size),), "randint"), wanted, generator)
    return delivered("randint", drawn, out, dtype, device, requires_grad)


def randperm(
    n: int,
    *,
    generator: Any = None,
    out: Tensor | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    layout: Any = None,  # noqa: ARG001
    pin_memory: bool = False,  # noqa: ARG001
) -> Tensor:
    """The integers below ``n`` in random order."""
    wanted = dtype_of("randperm", dtype, np.dtype(np.int64) if out is None else out._array.dtype)
    return delivered("randperm", random.randperm(n, wanted, generator), out, dtype, device, requires_grad)


def rand_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """:func:`rand` in the shape and dtype of ``input``."""
    options.pop("memory_format", None)
    return rand(*input._array.shape, dtype=dtype or input.dtype, requires_grad=requires_grad, **options)


def randn_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """:func:`randn` in the shape and dtype of ``input``."""
    options.pop("memory_format", None)
    return randn(*input._array.shape, dtype=dtype or input.dtype, requires_grad=requires_grad, **options)


def randint_like(input: Tensor, *bounds: int, dtype: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """:func:`randint` in the shape and dtype of ``input``."""
    options.pop("memory_format", None)
    shape = input._array.shape
    return randint(*bounds, size=shape, dtype=dtype or input.dtype, requires_grad=requires_grad, **options)


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Any = None,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,  # noqa: ARG001
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,  # noqa: ARG001
) -> Tensor:
    """Normal numbers with a mean and a standard deviation (numbers or tensors). Raises ``RuntimeError`` for a negative ``std``."""
    lowest = float(np.min(std._array, initial=0.0)) if isinstance(std, Tensor) else std
    if lowest < 0:
        found = "" if isinstance(std, Tensor) else f", but found std {std:g}"
        expected = "all elements of std >= 0.0" if isinstance(std, Tensor) else "std >= 0.0"
        raise RuntimeError(f"normal expects {expected}{found}")
    if isinstance(mean, Tensor) or isinstance(std, Tensor):
        means, deviations = (value._array if isinstance(value, Tensor) else value for value in (mean, std))
        wanted = (mean if isinstance(mean, Tensor) else std)._array.dtype
        shape = np.broadcast_shapes(np.shape(means), np.shape(deviations))
        drawn = (random.randn(shape, wanted, generator) * deviations + means).astype(wanted)
        if out is None and isinstance(mean, Tensor) and isinstance(std, Tensor):
            return drawn_by_both(mean, std, drawn)
        if out is None:
            return drawn_by_mean(mean, drawn) if isinstance(mean, Tensor) else drawn_by_std(std, drawn)
    else:
        drawn = random.normal(shape_of((tuple(size),), "normal"), mean, std, dtype_of("normal", dtype), generator)
    return delivered("normal", drawn, out, dtype, device, requires_grad)


def _nothing(k: Any, g: Any) -> Any:
    """What is drawn does not change with the probabilities: zeros."""
    return k.zeros_like(g)


@op("BernoulliBackward0", self=_nothing)
def drawn_by_chance(self: Array, drawn: Array) -> Array:  # noqa: ARG001  (only for the graph)
    """The numbers drawn."""
    return drawn


def _refused(k: Any, g: Any) -> Any:  # noqa: ARG001  (as every derivative)
    raise RuntimeError("derivative for aten::bernoulli is not implemented")


@op("NotImplemented", display_name="torch::autograd::NotImplemented", self=_refused)
def drawn_by_one_chance(self: Array, drawn: Array) -> Array:  # noqa: ARG001
    """The numbers drawn."""
    return drawn


@op("NormalBackward1", mean=_nothing)
def drawn_by_mean(mean: Array, drawn: Array) -> Array:  # noqa: ARG001
    """The numbers drawn."""
    return drawn


@op("NormalBackward2", std=_nothing)
def drawn_by_std(std: Array, drawn: Array) -> Array:  # noqa: ARG001
    """The numbers drawn."""
    return drawn


@op(
    "NormalBackward3",
    mean=lambda k, g, mean_shape: k.sum_to(k.zeros_like(g), mean_shape),
    std=lambda k, g, std_shape: k.sum_to(k.zeros_like(g), std_shape),
)
def drawn_by_both(mean: Array, std: Array, drawn: Array) -> Array:  # noqa: ARG001
    """The numbers drawn."""
    return drawn


def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None, out: Tensor | None = None) -> Tensor:
    """Ones with the probabilities in ``input`` (or all with ``p``), else zeros."""
    if out is not None:
        drawn = bernoulli(input.detach(), p, generator=generator)._array
        return delivered("bernoulli", drawn, out, None, None, False)
    if p is not None:
        return drawn_by_one_chance(input, random.bernoulli(p, input._array.shape, input._array.dtype, generator))
    chances = input._array
    if chances.dtype.kind != "f":
        raise NotImplementedError(f"\"bernoulli_tensor_cpu_p_\" not implemented for '{from_numpy_dtype(chances.dtype).cpp_name}'")
    if not ((chances >= 0) & (chances <= 1)).all():
        raise RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    return drawn_by_chance(input, random.bernoulli(chances, dtype=chances.dtype, generator=generator))


def uniform_(self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Any = None, **names: float) -> Tensor:
    """Fill with uniform numbers."""
    low = names.get("from", from_)
    return check_and_write(self, lambda: random.uniform(self._array.shape, low, to, self._array.dtype, generator), "uniform_")


def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with normal numbers."""
    return check_and_write(self, lambda: random.normal(self._array.shape, mean, std, self._array.dtype, generator), "normal_")


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Fill with ones of probability ``p``, and zeros."""
    chance = p._array if isinstance(p, Tensor) else p
    draw = lambda: random.bernoulli(chance, self._array.shape, self._array.dtype, generator)  # noqa: E731
    return check_and_write(self, draw, "bernoulli_")


def random_(self: Tensor, from_: int | None = None, to: int | None = None, *, generator: Any = None) -> Tensor:
    """Fill with integers: of all that the dtype holds, below ``from_``, or in [from_, to)."""
    dtype = self._array.dtype
    if from_ is None:
        return check_and_write(self, lambda: random.any_integers(self._array.shape, dtype, generator), "random_")
    low, high = (0, from_) if to is None else (from_, to)
    return check_and_write(self, lambda: random.randint(low, high, self._array.shape, dtype, generator), "random_")


def _bernoulli(self: Tensor, p: float | None = None, *, generator: Any = None) -> Tensor:
    """Ones with the probabilities in ``self``, or all with ``p``, else zeros."""
    return bernoulli(self, p, generator=generator)


def attach() -> None:
    """Put the in-place fillers on Tensor."""
    for method in (uniform_, normal_, bernoulli_, random_):
        setattr(Tensor, method.__name__, method)
    Tensor.bernoulli = _bernoulli  # type: ignore[attr-defined]
