"""What PyTorch has and core has not: each name a program may reach for says so, and what to do instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from .tensor import Tensor

_NUMPY_ONLY = "gradtrace.core computes on the CPU with NumPy"

FUNCTIONS = {
    "save": "save arrays with numpy.savez(path, **{name: value.detach().numpy() for name, value in module.state_dict().items()})",
    "load": "load arrays with numpy.load(path) and make tensors of them with torch.from_numpy",
    "compile": "there is nothing to compile: call the function as it is",
    "vmap": "write the batch dimension out, or loop and torch.stack the results",
    "cond": "use Python's if: graphs are built as the program runs",
    "sparse_coo_tensor": "use a dense tensor",
    "sparse_csr_tensor": "use a dense tensor",
    "quantize_per_tensor": "use a floating-point tensor",
    "complex": "keep the real and the imaginary part in two tensors",
    "polar": "keep the real and the imaginary part in two tensors",
    "view_as_complex": "keep the real and the imaginary part in two tensors",
    "view_as_real": "keep the real and the imaginary part in two tensors",
    "autocast": "convert tensors with .half() or .double() where you want another precision",
}
"""Functions that raise when called, with the advice."""

NAMESPACES = {
    "distributed": "run one process",
    "multiprocessing": "use Python's own multiprocessing with NumPy arrays",
    "jit": "call the function as it is",
    "fx": "look at the graph through grad_fn and next_functions, or record a trace with gradtrace.record",
    "func": "use torch.autograd.grad and torch.autograd.functional",
    "sparse": "use dense tensors",
    "fft": "compute transforms with numpy.fft on tensor.detach().numpy(); they are not differentiable then",
    "onnx": "there is no export of models",
    "export": "there is no export of models",
    "hub": "there are no pretrained models",
    "amp": "convert tensors with .half() or .double() where you want another precision",
    "mps": _NUMPY_ONLY,
    "xpu": _NUMPY_ONLY,
    "profiler": "record a trace with gradtrace.record, or use cProfile",
}
"""Modules whose every name raises."""

DTYPES = {
    "complex64": "keep the real and the imaginary part in two tensors",
    "complex128": "keep the real and the imaginary part in two tensors",
    "cfloat": "keep the real and the imaginary part in two tensors",
    "cdouble": "keep the real and the imaginary part in two tensors",
    "chalf": "keep the real and the imaginary part in two tensors",
    "bfloat16": "use torch.float16 or torch.float32",
    "uint16": "use torch.int32",
    "uint32": "use torch.int64",
    "uint64": "use torch.int64",
    "quint8": "use a floating-point dtype",
    "qint8": "use a floating-point dtype",
    "sparse_coo": "use dense tensors",
}
"""Values that raise when looked up."""

TENSOR_METHODS = {
    "cuda": f"{_NUMPY_ONLY}; leave the call out",
    "xpu": f"{_NUMPY_ONLY}; leave the call out",
    "to_sparse": "use the dense tensor",
    "to_sparse_csr": "use the dense tensor",
    "share_memory_": "threads share tensors as they are; between processes share the NumPy array",
    "pin_memory": f"{_NUMPY_ONLY}; leave the call out",
    "bfloat16": "use .half() or .float()",
    "cfloat": "keep the real and the imaginary part in two tensors",
    "cdouble": "keep the real and the imaginary part in two tensors",
}

TENSOR_FLAGS = ("is_cuda", "is_sparse", "is_quantized", "is_meta", "is_mps", "is_xpu", "is_mkldnn", "is_nested")
"""Properties that are False for every tensor."""


class UnsupportedError(NotImplementedError, AttributeError):
    """A name of PyTorch that core does not have. An ``AttributeError`` too, so that ``hasattr`` answers False."""


def _message(name: str, advice: str) -> str:
    return f"{name} is not part of gradtrace.core: {advice}"


def _refusal(name: str, advice: str) -> Callable[..., NoReturn]:
    def function(*args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(_message(name, advice))

    function.__name__ = function.__qualname__ = name.rpartition(".")[2]
    function.__doc__ = f"Not there: {advice}."
    return function


class _Missing:
    """A module that core does not have."""

    def __init__(self, name: str, advice: str) -> None:
        self._name = name
        self._advice = advice

    def __getattr__(self, name: str) -> NoReturn:
        raise UnsupportedError(_message(f"torch.{self._name}.{name}", self._advice))

    def __repr__(self) -> str:
        return f"<torch.{self._name}, which is not part of gradtrace.core>"


class _NoDevices(_Missing):
    """``torch.cuda``: programs ask it whether it is there, and take no for an answer."""

    def is_available(self) -> bool:
        """Always False."""
        return False

    def is_initialized(self) -> bool:
        """Always False."""
        return False

    def device_count(self) -> int:
        """Always 0."""
        return 0

    def manual_seed(self, seed: int) -> None:
        """Nothing to seed."""

    manual_seed_all = manual_seed

    def empty_cache(self) -> None:
        """Nothing to empty."""


def missing(name: str) -> Any:
    """What ``torch.<name>`` is when core has no such thing: for ``__getattr__`` of the package. Raises ``AttributeError``."""
    if name == "cuda":
        return _NoDevices("cuda", _NUMPY_ONLY)
    if name in FUNCTIONS:
        return _refusal(f"torch.{name}", FUNCTIONS[name])
    if name in NAMESPACES:
        return _Missing(name, NAMESPACES[name])
    if name in DTYPES:
        raise UnsupportedError(_message(f"torch.{name}", DTYPES[name]))
    raise AttributeError(f"module 'gradtrace.core' has no attribute {name!r}")


def attach() -> None:
    """Give Tensor the methods and flags that say no."""
    for name, advice in TENSOR_METHODS.items():
        if not hasattr(Tensor, name):
            setattr(Tensor, name, _refusal(f"Tensor.{name}", advice))
    for name in TENSOR_FLAGS:
        if not hasattr(Tensor, name):
            setattr(Tensor, name, property(_always_false))


def _always_false(tensor: Tensor) -> bool:  # noqa: ARG001
    """False for every tensor."""
    return False
