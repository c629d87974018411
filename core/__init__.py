"""A NumPy autograd with PyTorch's semantics, names, printed forms and messages: ``import gradtrace.core as torch``."""

# ruff: noqa: F401  (a namespace: everything here is for importing)
from __future__ import annotations

from builtins import bool as _bool
from math import e, inf, nan, pi
from typing import TYPE_CHECKING, Any

from . import (
    absent_devices,
    autograd,
    distributions,
    drawing,
    events,
    functional,
    further_methods,
    legacy,
    linalg,
    methods,
    namesakes,
    nn,
    optim,
    random,
    real_numbers,
    sampling,
    special,
    testing,
    unsupported,
    utils,
)
from .absent_devices import accelerator, set_default_device
from .anomaly import is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled
from .calling import as_function as _as_function
from .creation import as_tensor, from_numpy, tensor
from .drawing import multinomial
from .dtypes import (
    Size,
    bool,
    device,
    double,
    dtype,
    float,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    int,
    int8,
    int16,
    int32,
    int64,
    long,
    set_default_dtype,
    short,
    uint8,
)
from .factories import (
    empty,
    empty_like,
    empty_strided,
    eye,
    full,
    full_like,
    ones,
    ones_like,
    scalar_tensor,
    zeros,
    zeros_like,
)
from .grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .inplace import resize_as_
from .legacy import set_default_tensor_type, typename
from .memory_format import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    layout,
    memory_format,
    preserve_format,
    strided,
)
from .methods import METHODS as _METHODS
from .nn import uninitialized
from .nn.functional import (
    adaptive_avg_pool1d,
    alpha_dropout,
    avg_pool1d,
    bilinear,
    celu,
    celu_,
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    cosine_similarity,
    dropout,
    group_norm,
    hardshrink,
    layer_norm,
    max_pool1d,
    max_pool2d,
    pairwise_distance,
    prelu,
    relu_,
    rms_norm,
    rrelu,
    rrelu_,
    selu,
    selu_,
    threshold,
    threshold_,
)
from .ops.arithmetic import rsub
from .ops.combining import cartesian_prod, cdist, chain_matmul, combinations, cumulative_trapezoid, trapezoid, vander
from .ops.einsum import einsum
from .ops.factorizations import lu_unpack
from .ops.filling import fill, fill_, zero_
from .ops.joining import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    block_diag,
    broadcast_tensors,
    cat,
    column_stack,
    dstack,
    hstack,
    meshgrid,
    stack,
    vstack,
)
from .ops.masking import where
from .ops.matmul import tensordot
from .ops.multi import chunk, split, unbind
from .ops.norms import norm
from .ops.padding import constant_pad_nd
from .ops.renorming import gradient, unravel_index
from .ops.shape import numel
from .ops.sorting import bucketize, isin, searchsorted
from .ops.statistics import std_mean, var_mean
from .ops.weight_norms import norm_except_dim
from .ops.weight_norms import weight_norm as _weight_norm
from .printing import get_printoptions, printoptions, set_printoptions
from .random import Generator, default_generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state
from .ranges import arange, linspace, logspace, tril_indices, triu_indices
from .ranges import range_ as range
from .sampling import bernoulli, normal, rand, rand_like, randint, randint_like, randn, randn_like, randperm
from .settings import (
    are_deterministic_algorithms_enabled,
    get_default_device,
    get_float32_matmul_precision,
    get_num_interop_threads,
    get_num_threads,
    is_deterministic_algorithms_warn_only_enabled,
    set_float32_matmul_precision,
    set_num_interop_threads,
    set_num_threads,
    use_deterministic_algorithms,
)
from .signal_windows import bartlett_window, blackman_window, hamming_window, hann_window, kaiser_window
from .tensor import Tensor
from .type_info import broadcast_shapes, can_cast, finfo, iinfo, promote_types, result_type
from .typed_storage import TypedStorage, UntypedStorage

methods.attach()
further_methods.attach()
sampling.attach()
drawing.attach()
legacy.attach()
real_numbers.attach()
unsupported.attach()
absent_devices.attach()
uninitialized.attach()

concat = concatenate = cat
rsub = _as_function("rsub", rsub)
std_mean, var_mean = _as_function("std_mean", std_mean), _as_function("var_mean", var_mean)
row_stack = vstack
trapz = trapezoid
detach = Tensor.detach
newaxis = None

__version__ = "2.13.0+gradtrace"
"""The PyTorch that is followed: what programs compare with."""

globals().update(legacy.TENSOR_TYPES)
globals().update({name: _as_function(name, method) for name, method in _METHODS.items() if name not in globals()})
globals().update(further_methods.FUNCTIONS)
globals().update({name: getattr(namesakes, name) for name in namesakes.__all__})
globals().update(further_methods.in_place_functions())
globals().update({name: _as_function(name, function) for name, function in real_numbers.FUNCTIONS.items()})

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...  # the functions of methods.METHODS

else:
    __getattr__ = unsupported.missing


def is_tensor(obj: object) -> _bool:
    """Whether ``obj`` is a tensor."""
    return isinstance(obj, Tensor)


def is_inference(input: Tensor) -> _bool:
    """Whether ``input`` was made in ``inference_mode``."""
    return input.is_inference()


def is_floating_point(input: Tensor) -> _bool:
    """Whether the elements are floating-point numbers."""
    return input.is_floating_point()


def is_complex(input: Tensor) -> _bool:
    """Whether the elements are complex numbers: never."""
    return input.is_complex()


def is_nonzero(input: Tensor) -> _bool:
    """Whether the one element is not zero."""
    return real_numbers.is_nonzero(input)


def is_storage(obj: object) -> _bool:
    """Whether ``obj`` is what ``Tensor.storage()`` returns."""
    return isinstance(obj, UntypedStorage)


def is_same_size(input: Tensor, other: Tensor) -> _bool:
    """Whether the shapes are equal."""
    return real_numbers.is_same_size(input, other)
