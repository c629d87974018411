"""What a recording says about the program around it: versions, host, functions, source files."""

from __future__ import annotations

import functools
import linecache
import os
import platform
import sys
import tokenize
from collections.abc import Callable, Sequence
from typing import Any

from .._version import __version__

__all__ = ["describe_function", "place_has_changed", "place_listeners", "process_place", "read_source", "versions"]

_LAUNCHERS = (
    ("RANK", "WORLD_SIZE"),  # torchrun, and all that speak PyTorch's env://
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),  # mpirun of Open MPI
    ("PMI_RANK", "PMI_SIZE"),  # mpirun of MPICH and Intel
    ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),  # srun
    ("LOCAL_RANK", "WORLD_SIZE"),  # programs that start their own further processes
)
"""What launchers put into the environment of each process: its rank, and how many processes there are."""

_BY_HAND = ("RANK", "LOCAL_RANK")
"""What is often set by hand, the number of processes being an argument of the program's."""

_MAX_FILE_BYTES = 1 << 20


def versions() -> dict[str, str]:
    """The versions of gradtrace, Python, and of NumPy and PyTorch when the program has loaded them."""
    found = {"gradtrace": __version__, "python": platform.python_version()}
    for name in ("numpy", "torch"):
        version = getattr(sys.modules.get(name), "__version__", None)
        if version is not None:
            found[name] = str(version)
    return found


def process_place() -> tuple[int, int]:
    """The rank of this process in a distributed run, and how many processes there are; ``(0, 1)`` for a program on its own.

    PyTorch knows best once the program has called ``init_process_group()``; before that, the launcher's variables say it. A process
    of ``torch.multiprocessing.spawn()``, or one started by hand, may know its number only: there are then 0 processes ("several").
    """
    distributed = sys.modules.get("torch.distributed")
    is_initialized = getattr(distributed, "is_initialized", None)  # missing where PyTorch was built without it
    if distributed is not None and is_initialized is not None and is_initialized():
        return int(distributed.get_rank()), int(distributed.get_world_size())
    for names in _LAUNCHERS:
        rank, size = (os.environ.get(name, "") for name in names)
        if rank.isdecimal() and size.isdecimal() and int(rank) < int(size):
            return int(rank), int(size)
    for name in _BY_HAND:
        rank = os.environ.get(name, "")
        if rank.isdecimal() and not os.environ.get("WORLD_SIZE"):
            return int(rank), 0
    spawned = _number_of_spawned_process()
    return (0, 1) if spawned is None else (spawned, 0)


place_listeners: list[Callable[[], None]] = []
"""To be called when the answer of :func:`process_place` may have become another."""


def place_has_changed() -> None:
    """The program has joined a group of processes, or left it."""
    for listener in list(place_listeners):
        listener()


def _number_of_spawned_process() -> int | None:
    """Which of the processes of ``torch.multiprocessing.spawn()`` this is, by what it was started with; None for any other."""
    module = sys.modules.get("multiprocessing.process")
    process = module.current_process() if module is not None else None
    target = getattr(process, "_target", None)
    arguments: Sequence[Any] = getattr(process, "_args", ())
    if getattr(target, "__module__", "") != "torch.multiprocessing.spawn" or len(arguments) < 2:
        return None
    return arguments[1] if isinstance(arguments[1], int) else None


def describe_function(function: Any) -> tuple[str, str]:
    """The qualified name of a callable and where it is defined (``"train.py:12"`` with the full path, or ``""``)."""
    while isinstance(function, functools.partial):
        function = function.func
    function = getattr(function, "__func__", function)  # a method's function
    name = getattr(function, "__qualname__", None)
    if name is None:
        name = type(function).__qualname__
        function = vars(type(function)).get("__call__", function)
    code = getattr(function, "__code__", None)
    if code is None:
        return str(name), ""
    file = code.co_filename
    return str(name), f"{file if file.startswith('<') else os.path.abspath(file)}:{code.co_firstlineno}"  # noqa: PTH100


def read_source(file: str, limit: int) -> str | None:
    """The text of a source file (or of a notebook cell), or None when it cannot be read or is larger than ``limit``."""
    if file in linecache.cache:
        text = "".join(linecache.getlines(file))
        return text if 0 < len(text) <= min(limit, _MAX_FILE_BYTES) else None
    try:
        if not os.path.isfile(file) or os.path.getsize(file) > min(limit, _MAX_FILE_BYTES):  # noqa: PTH113, PTH202
            return None
        with tokenize.open(file) as stream:
            return stream.read()
    except (OSError, SyntaxError, UnicodeError, ValueError):
        return None
