"""Random numbers: PyTorch's CPU generator on NumPy, so that ``manual_seed`` gives the numbers it gives there.

The generator is MT19937. A float32 in [0, 1) takes one 32-bit word (24 bits of it), a float64 two (53 bits); normal numbers come
from Box-Muller, one pair at a time below 16 elements and in blocks of 16 from there on (see :mod:`.box_muller`). What is drawn here
are arrays; the tensors around them are made elsewhere.
"""

from __future__ import annotations

import contextlib
import math
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .box_muller import box_muller_float32, box_muller_float64, fused
from .dtypes import device as make_device
from .dtypes import from_numpy_dtype
from .random_state import Parts, packed, unpacked
from .tensor import Tensor, from_array

Array = NDArray[Any]
NumpyDtype = np.dtype[Any]
Shape = Sequence[int]

_FLOAT32 = np.dtype(np.float32)
_FLOAT64 = np.dtype(np.float64)
_INT64 = np.dtype(np.int64)
_BLOCK = 16  # normal numbers are made in blocks of this size
_WIDE_RANGE = 1 << 28  # randint takes 64 random bits per number from this range on
_C_TYPES = {
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short",
    "int32": "int",
    "int64": "int64_t",
    "bool": "bool",
}


class Generator:
    """PyTorch's CPU random number generator (``torch.Generator``). Starts from a fixed seed, as PyTorch's own instances do."""

    def __init__(self, device: Any = "cpu") -> None:
        self.device = make_device(device)  # raises for anything but the CPU
        self.manual_seed(67280421310721)

    # ---- seeding
    def manual_seed(self, seed: int) -> Generator:
        """Start over from ``seed`` (any 64-bit integer; a negative one counts from 2**64). Returns the generator."""
        seed = int(seed)
        if not -(2**63) <= seed < 2**64:
            raise ValueError("Overflow when unpacking long long")
        self._seed = seed % 2**64
        self._twister = np.random.RandomState(self._seed & 0xFFFFFFFF)
        self._untouched = True
        self._cached_normal: float | None = None
        return self

    def seed(self) -> int:
        """Start over from a seed that nobody can foresee, and return it."""
        seed = secrets.randbits(64)
        self.manual_seed(seed)
        return seed

    def initial_seed(self) -> int:
        """The seed the generator was last started from."""
        return self._seed

    def get_state(self) -> Tensor:
        """A copy of the present state, for :meth:`set_state`: 5056 bytes, as PyTorch's CPU generator writes them."""
        twister: Any = self._twister.get_state()
        _, words, position, *_ = twister
        return from_array(packed(Parts(self._seed, words, position, self._untouched, self._cached_normal)))

    def set_state(self, new_state: Tensor) -> Generator:
        """Continue from a state that :meth:`get_state` gave. Raises ``TypeError`` or ``RuntimeError`` for anything else."""
        if not isinstance(new_state, Tensor):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
        if new_state._array.dtype != np.uint8:
            raise TypeError("RNG state must be a torch.ByteTensor")
        if not new_state.is_contiguous():
            raise RuntimeError("RNG state must be contiguous")
        parts = unpacked(new_state._array)
        self._seed, self._untouched, self._cached_normal = parts.seed, parts.untouched, parts.cached_normal
        self._twister.set_state(("MT19937", parts.words, parts.position, 0, 0.0))
        return self

    def clone_state(self) -> Generator:
        """A generator that will draw the same numbers."""
        return Generator(self.device).set_state(self.get_state())

    # ---- raw words
    def _words(self, count: int) -> NDArray[np.uint32]:
        if not count:  # bytes(0) would use up a word
            return np.empty(0, np.uint32)
        self._untouched = False
        return np.frombuffer(self._twister.bytes(4 * count), dtype="<u4")

    def _double_words(self, count: int) -> NDArray[np.uint64]:
        words = self._words(2 * count).astype(np.uint64)
        return (words[0::2] << np.uint64(32)) | words[1::2]

    # ---- distributions, as flat arrays
    def uniform(self, count: int, dtype: NumpyDtype) -> Array:
        """``count`` numbers in [0, 1): 53 random bits for float64, 24 for the narrower types (made as float32)."""
        if dtype == _FLOAT64:
            return (self._double_words(count) & np.uint64((1 << 53) - 1)).astype(np.float64) * 2.0**-53
        return (self._words(count) & np.uint32((1 << 24) - 1)).astype(np.float32) * np.float32(2.0**-24)

    def normal(self, count: int, mean: float, std: float, dtype: NumpyDtype) -> Array:
        """``count`` normal numbers, as float64 for float64 and as float32 for all else."""
        if count >= _BLOCK:
            return self._normal_blocks(count, mean, std, dtype)
        numbers = [self._one_normal() * std + mean for _ in range(count)]
        return np.array(numbers, dtype=_FLOAT64 if dtype == _FLOAT64 else _FLOAT32)

    def _normal_blocks(self, count: int, mean: float, std: float, dtype: NumpyDtype) -> Array:
        transform: Any = box_muller_float64 if dtype == _FLOAT64 else box_muller_float32
        uniform = self.uniform(count, dtype)
        whole = count - count % _BLOCK
        result = np.empty_like(uniform)
        result[:whole] = transform(uniform[:whole].reshape(-1, _BLOCK), mean, std).reshape(-1)
        if whole < count:  # the last 16 are drawn anew, and so overlap the last whole block
            result[-_BLOCK:] = transform(self.uniform(_BLOCK, dtype).reshape(1, _BLOCK), mean, std).reshape(-1)
        return result

    def _one_normal(self) -> float:
        """One of a Box-Muller pair; the other is kept for the next call."""
        if self._cached_normal is not None:
            value, self._cached_normal = self._cached_normal, None
            return value
        first, second = self.uniform(2, _FLOAT64).tolist()
        radius = math.sqrt(-2.0 * math.log1p(-second))
        angle = 2.0 * math.pi * first
        self._cached_normal = radius * math.sin(angle)
        return radius * math.cos(angle)

    def integers(self, low: int, high: int, count: int, *, one_word: bool = False) -> NDArray[np.int64]:
        """``count`` integers in [low, high). ``one_word``: 32 random bits for each, also for a wide range."""
        span = high - low
        double = span >= _WIDE_RANGE and not one_word
        words = self._double_words(count) if double else self._words(count).astype(np.uint64)
        return (words % np.uint64(span)).astype(np.int64) + np.int64(low)

    def permutation(self, count: int) -> NDArray[np.int64]:
        """0 … count - 1 in random order (Fisher-Yates, from the front)."""
        order = list(range(count))
        words = self._words(max(count - 1, 0)).tolist()
        for position, word in enumerate(words):
            other = position + word % (count - position)
            order[position], order[other] = order[other], order[position]
        return np.array(order, dtype=np.int64)


Generator.__module__ = "torch._C"  # as programs print it: manual_seed() returns one

default_generator = Generator()
"""The generator used when none is given; started unpredictably, as PyTorch's."""
default_generator.seed()


# --------------------------------------------------------------------------------------------------------------- seeding
def manual_seed(seed: int) -> Generator:
    """Seed the default generator and return it."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Seed the default generator unpredictably and return the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The default generator's state, as bytes."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Put the default generator back to a state that :func:`get_rng_state` gave."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(*_devices: Any, **_options: Any) -> Iterator[None]:
    """A ``with`` block after which the default generator is as it was before it."""
    state = get_rng_state()
    try:
        yield
    finally:
        set_rng_state(state)


# ---------------------------------------------------------------------------------------------------------------- arrays
def _cpp_name(dtype: NumpyDtype) -> str:
    return from_numpy_dtype(dtype).cpp_name


def uniform(
    shape: Shape, low: float = 0.0, high: float = 1.0, dtype: NumpyDtype = _FLOAT32, generator: Generator | None = None
) -> Array:
    """Numbers in [low, high), as ``Tensor.uniform_`` draws them. Raises ``RuntimeError`` when ``low > high``."""
    if dtype.kind != "f":
        raise NotImplementedError(f"\"check_uniform_bounds\" not implemented for '{_cpp_name(dtype)}'")
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}")
    raw = (generator or default_generator).uniform(math.prod(shape), dtype)
    if raw.dtype == _FLOAT64:
        raw = (raw.astype(np.longdouble) * (high - low) + low).astype(_FLOAT64)  # nearly always as one fused step rounds
    elif (low, high) != (0, 1):
        raw = fused(raw, np.float32(high) - np.float32(low), np.float32(low))
    numbers = raw.astype(dtype, copy=False).reshape(tuple(shape))
    numbers[numbers == dtype.type(high)] = low  # rounding may have reached the bound that is not included
    return numbers


def normal(
    shape: Shape, mean: float = 0.0, std: float = 1.0, dtype: NumpyDtype = _FLOAT32, generator: Generator | None = None
) -> Array:
    """Normal numbers, as ``Tensor.normal_`` draws them. Raises ``RuntimeError`` for a negative ``std``."""
    if dtype.kind != "f":
        raise NotImplementedError(f"\"normal_kernel_cpu\" not implemented for '{_cpp_name(dtype)}'")
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    raw = (generator or default_generator).normal(math.prod(shape), mean, std, dtype)
    return raw.astype(dtype, copy=False).reshape(tuple(shape))


def rand(shape: Shape, dtype: NumpyDtype = _FLOAT32, generator: Generator | None = None) -> Array:
    """The data of ``torch.rand``: uniform in [0, 1)."""
    return uniform(shape, dtype=dtype, generator=generator)


def randn(shape: Shape, dtype: NumpyDtype = _FLOAT32, generator: Generator | None = None) -> Array:
    """The data of ``torch.randn``: mean 0, standard deviation 1."""
    return normal(shape, dtype=dtype, generator=generator)


def randint(low: int, high: int, shape: Shape, dtype: NumpyDtype = _INT64, generator: Generator | None = None) -> Array:
    """The data of ``torch.randint``: integers in [low, high). Raises ``RuntimeError`` for a range empty or outside ``dtype``."""
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    if dtype.kind != "f":
        least, most = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
        for text, bound in (("from", low), ("to - 1", high - 1)):
            if not least <= bound <= most:
                raise RuntimeError(f"{text} is out of bounds for {_C_TYPES[dtype.name]}")
    return (generator or default_generator).integers(low, high, math.prod(shape)).astype(dtype).reshape(tuple(shape))


def any_integers(shape: Shape, dtype: NumpyDtype, generator: Generator | None = None) -> Array:
    """The data of ``Tensor.random_()``: integers from 0 to the largest up to which ``dtype`` has them all."""
    span = _RANDOM_BELOW.get(dtype.name) or int(np.iinfo(dtype).max) + 1
    source = generator or default_generator
    return source.integers(0, span, math.prod(shape), one_word=dtype.itemsize <= 4).astype(dtype).reshape(tuple(shape))


_RANDOM_BELOW = {"float16": (1 << 11) + 1, "float32": (1 << 24) + 1, "float64": (1 << 53) + 1, "bool": 2}


def randperm(count: int, dtype: NumpyDtype = _INT64, generator: Generator | None = None) -> Array:
    """The data of ``torch.randperm``. Raises ``RuntimeError`` when ``count`` is negative."""
    if count < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {count}: [{count}]")
    return (generator or default_generator).permutation(count).astype(dtype)


def bernoulli(
    p: Array | float, shape: Shape | None = None, dtype: NumpyDtype = _FLOAT32, generator: Generator | None = None
) -> Array:
    """Ones with probability ``p``, else zeros, in ``dtype``: the data of ``torch.bernoulli(p)`` and ``Tensor.bernoulli_(p)``.

    With an array, each element has its own probability and the result has its shape; with a number, ``shape`` is needed. A float is
    compared with float64 numbers, an array with numbers of its own dtype, as in PyTorch (but for its Intel-only kernel).
    """
    source = generator or default_generator
    if isinstance(p, np.ndarray):
        if not bool(((p >= 0) & (p <= 1)).all()):
            raise RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
        return (source.uniform(p.size, p.dtype).reshape(p.shape) < p).astype(dtype)
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    size = tuple(shape or ())
    return (source.uniform(math.prod(size), _FLOAT64).reshape(size) < p).astype(dtype)
