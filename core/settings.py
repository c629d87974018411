"""Switches of PyTorch that programs set at their beginning. Those that could change nothing here are accepted and remembered."""

from __future__ import annotations

import os

from .dtypes import device


class _Settings:
    """What was set."""

    threads = os.cpu_count() or 1
    deterministic = False
    warn_only = False
    precision = "highest"


def get_num_threads() -> int:
    """What :func:`set_num_threads` was told, or the number of processors. NumPy's own threads are set by its BLAS."""
    return _Settings.threads


def set_num_threads(int: int) -> None:
    """Remember a number of threads; NumPy's BLAS has switches of its own. Raises ``RuntimeError`` unless positive."""
    if int <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    _Settings.threads = int


get_num_interop_threads = get_num_threads
set_num_interop_threads = set_num_threads


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Everything here is deterministic as it is."""
    _Settings.deterministic, _Settings.warn_only = bool(mode), warn_only


def are_deterministic_algorithms_enabled() -> bool:
    """What :func:`use_deterministic_algorithms` was told."""
    return _Settings.deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether it was told only to warn."""
    return _Settings.deterministic and _Settings.warn_only


def set_float32_matmul_precision(precision: str) -> None:
    """Products are computed in full precision here, whatever is asked for."""
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"Invalid Float32MatmulPrecision: {precision}")
    _Settings.precision = precision


def get_float32_matmul_precision() -> str:
    """What :func:`set_float32_matmul_precision` was told."""
    return _Settings.precision


def get_default_device() -> device:
    """The CPU."""
    return device("cpu")
