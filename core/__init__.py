"""A NumPy autograd with PyTorch's semantics, names, printed forms and messages: ``import gradtrace.core as torch``."""

from __future__ import annotations

from builtins import bool as _bool

from . import autograd, events, linalg, methods, nn, optim, random, sampling
from . import dtypes as _dtypes
from .creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    ones,
    ones_like,
    scalar_tensor,
    tensor,
    zeros,
    zeros_like,
)
from .dtypes import Size, can_cast, device, dtype, get_default_dtype, set_default_dtype
from .grad_mode import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from .methods import METHODS as _METHODS
from .ops.arithmetic import rsub, where
from .ops.multi import chunk, split, unbind
from .ops.reduction import norm, var_mean
from .ops.shape import broadcast_tensors, cat, meshgrid, numel, stack
from .printing import get_printoptions, printoptions, set_printoptions
from .random import Generator, default_generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state
from .sampling import bernoulli, normal, rand, rand_like, randint, randn, randn_like, randperm
from .tensor import Tensor

methods.attach()
sampling.attach()

concat = concatenate = cat

# The functions that are methods too, then the dtypes (whose names hide Python's own and, for Tensor's converters, the methods').
globals().update({name: function for name, function in _METHODS.items() if name not in globals()})
for _name in "float16 half float32 float float64 double uint8 int8 int16 short int32 int int64 long bool".split():
    globals()[_name] = getattr(_dtypes, _name)


def is_tensor(obj: object) -> _bool:
    """Whether ``obj`` is a tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> _bool:
    """Whether the elements are floating-point numbers."""
    return input.is_floating_point()
