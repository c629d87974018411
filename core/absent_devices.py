"""What programs ask about accelerators before they use none: ``torch.accelerator``, ``torch.backends.mps``, the default device."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from . import backends
from .dtypes import device as make_device

__all__ = ["accelerator", "set_default_device"]

accelerator = ModuleType("torch.accelerator", "There is none.")
"""``torch.accelerator``."""


def _no() -> bool:
    """No."""
    return False


def _none() -> None:
    """There is none."""


def _zero() -> int:
    """There are none."""
    return 0


vars(accelerator).update(is_available=_no, current_accelerator=_none, device_count=_zero, synchronize=_none)


class _Backend(ModuleType):
    """A library of kernels that is not there. What is set on it is remembered, and changes nothing."""

    enabled = False
    benchmark = False
    deterministic = False
    allow_tf32 = False

    def is_available(self) -> bool:
        """No."""
        return False

    is_built = is_available

    def version(self) -> None:
        """None has one."""


def set_default_device(device: Any) -> None:
    """The CPU is what it is anyway, and None means so. Raises ``RuntimeError`` for any other."""
    if device is not None:
        make_device(device)


def attach() -> None:
    """Put the back-ends that programs ask about on ``torch.backends``."""
    for name in ("mps", "cudnn", "cuda", "mkl", "mkldnn", "openmp"):
        made = _Backend(f"torch.backends.{name}")
        setattr(backends, name, made)
    backends.cuda.matmul = _Backend("torch.backends.cuda.matmul")  # type: ignore[attr-defined]
