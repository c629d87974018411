"""Calls that let others have the memory of a tensor, or make a tensor of others' memory: it is watched from then on."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from .loaded import torch
from .session import Session, place_here, without_torch_function

if TYPE_CHECKING:
    from .calls import Calls

__all__ = ["MEMORY_GIVEN", "MEMORY_TAKEN", "Memory", "watched_maker"]

MEMORY_GIVEN = {"__dlpack__": "what DLPack gave", "untyped_storage": "the storage", "storage": "the storage"}
"""What hands out a tensor's memory, and how a trace calls whoever writes there."""

MEMORY_TAKEN = {
    "as_tensor": "the array behind it",
    "asarray": "the array behind it",
    "from_numpy": "the array behind it",
    "frombuffer": "the buffer behind it",
    "from_dlpack": "what it was made from by DLPack",
}
"""What makes a tensor of somebody else's memory, and how a trace calls whoever writes there."""

_TORCH_FOLDER = os.path.join(str(Path(torch.__file__).parent), "")  # noqa: PTH118  a prefix needs its final separator
_OWN_FOLDER = os.path.join(str(Path(__file__).parent), "")  # noqa: PTH118
_ON_THE_WAY = tuple(os.path.join(_TORCH_FOLDER, *parts) for parts in (("overrides.py",), ("utils", "dlpack.py")))  # noqa: PTH118


class Memory:
    """``call`` is how an ordinary call is looked at."""

    def __init__(self, session: Session, call: Callable[..., Any]) -> None:
        self._session = session
        self._call = call

    def given(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``untyped_storage()`` and its like: the program can write past PyTorch."""
        result = function(*args, **kwargs)
        session = self._session
        try:
            if not _called_by_torch(function):
                with without_torch_function():
                    session.shared_arrays.handed_out(args[0], MEMORY_GIVEN[function.__name__], place_here())
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            session.fail(error)
        return result

    def taken(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``as_tensor()`` and its like: the result may have the memory of an array."""
        result = self._call(function, args, kwargs)
        self.made(function, args[0] if args else None, result)
        return result

    def made(self, function: Any, source: Any, result: Any) -> None:
        """A call has made a tensor of what may be the memory of ``source``."""
        session = self._session
        try:
            if isinstance(source, (torch.Tensor, list, tuple, float, int)) or _called_by_torch(function):
                return
            with without_torch_function():
                if type(source) is not np.ndarray or source.ctypes.data == result.data_ptr():  # else it is a copy
                    session.shared_arrays.made_from(result, MEMORY_TAKEN[function.__name__], place_here())
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)


def watched_maker(original: Callable[..., Any], session: Session, calls: Calls) -> Callable[..., Any]:
    """A stand-in for a function that makes tensors of others' memory, and of which function modes do not hear."""
    memory = Memory(session, original)

    @functools.wraps(original)
    def from_memory(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if calls.wanted():
            memory.made(original, args[0] if args else None, result)
        return result

    return from_memory


def _called_by_torch(function: Any) -> bool:
    """Whether PyTorch makes the call for a purpose of its own: to save, copy or load a tensor."""
    code = getattr(function, "__code__", None)
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if frame.f_code is not code and not file.startswith((_OWN_FOLDER, *_ON_THE_WAY)):
            return file.startswith(_TORCH_FOLDER)
        frame = frame.f_back
    return False
