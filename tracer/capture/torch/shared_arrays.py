"""Writes into the memory of tensors through arrays that ``numpy()`` has given out: no version counter moves, no function is called.

What can be seen is that the numbers have changed, though nobody has told of a write. So the memory of such an array is summed up
when it is given out, when a call takes a tensor with that memory, before a backward, and when the array goes. A program that
calls ``numpy()`` nowhere pays nothing; how much is watched is bounded.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Iterable
from functools import partial
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np

from ....core.events import NONE
from .loaded import torch
from .probing import array_of

if TYPE_CHECKING:
    from .session import Place, Session

__all__ = ["SharedArrays"]

_MOST_BYTES = 16 << 20
_MOST_ARRAYS = 64


class _Shared:
    """An array, the tensor that it is a view of, and the sum of what is in it; None when a write is known to have changed that."""

    __slots__ = ("address", "array", "checksum", "nbytes", "place", "storage", "tensor", "version")

    def __init__(self, tensor: Any, array: Any, storage: int, place: Place | None) -> None:
        self.tensor = ref(tensor)
        self.nbytes: int = array.nbytes
        self.address: int = tensor.data_ptr()
        self.storage = storage
        self.place = place
        self.version: int = tensor._version
        self.checksum: int | None = _checksum(array)
        self.array: Any = None


class SharedArrays:
    """The memory that the program has got, or has made tensors of, while this session listened."""

    _is_finalizing = staticmethod(sys.is_finalizing)  # arrays may go when the names of this module have gone already

    def __init__(self, session: Session) -> None:
        self._session = session
        self._of: dict[int, list[_Shared]] = session.shared
        self._bytes = 0

    def given(self, array: Any, place: Place | None) -> None:
        """The program gets ``array``."""
        tensor = getattr(array, "base", None)
        if type(array) is not np.ndarray or not isinstance(tensor, torch.Tensor) or not array.size or not array.flags.writeable:
            return
        storage = NONE if tensor.is_inference() else self._session.identities.storage(tensor)
        if storage == NONE or array.nbytes > _MOST_BYTES:
            return
        self._look(storage)
        shared = _Shared(tensor, array, storage, place)
        shared.array = ref(array, partial(self._gone, shared))
        self._of.setdefault(storage, []).append(shared)
        self._bytes += shared.nbytes
        self._forget_oldest()

    def look_at(self, tensors: Iterable[Any]) -> None:
        """A call has taken these tensors."""
        for tensor in tensors:
            storage = self._session.identities.storage(tensor)
            if storage in self._of:
                self._look(storage)

    def look(self) -> None:
        """A backward is about to begin."""
        for storage in list(self._of):
            self._look(storage)

    def about_to_be_written(self, tensors: Iterable[Any]) -> None:
        """A call may change these in a way that is no concern of the program's."""
        self.look_at(tensors)
        for tensor in tensors:
            self.written(self._session.identities.storage(tensor))

    def written(self, storage: int) -> None:
        """Somebody has told of a write."""
        for shared in self._of.get(storage, ()):
            shared.checksum = None

    def forget(self) -> None:
        """Let go of everything."""
        self._of.clear()
        self._bytes = 0

    def _gone(self, shared: _Shared, reference: Any) -> None:  # noqa: ARG002  what Python calls with
        """The array goes; the tensor that it was a view of is still there."""
        if self._is_finalizing() or shared not in self._of.get(shared.storage, ()):
            return
        session = self._session
        try:
            if session.listening:
                with torch._C.DisableTorchFunction():
                    self._look(shared.storage)
            self._remove(shared)
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            session.fail(error)

    def _look(self, storage: int) -> None:
        """Tell when the numbers in one of the arrays with this memory have changed, and nobody has told of a write."""
        changed: _Shared | None = None
        for shared in self._of.get(storage, ()):
            tensor = shared.tensor()
            if tensor is None or tensor.data_ptr() != shared.address:
                shared.checksum = None
                continue
            before, version = shared.checksum, shared.version
            shared.checksum, shared.version = _checksum(array_of(tensor.detach())), tensor._version
            if before not in (None, shared.checksum) and version == shared.version:
                changed = shared
        tensor = None if changed is None else changed.tensor()
        if changed is not None and tensor is not None:
            self._session.sink.data_written(
                self._session.identities.tensor(tensor), storage, _words(changed.place, sys._getframe(0))
            )

    def _forget_oldest(self) -> None:
        everything = [shared for several in list(self._of.values()) for shared in list(several)]  # threads may go on
        while len(everything) > 1 and (self._bytes > _MOST_BYTES or len(everything) > _MOST_ARRAYS):
            self._remove(everything.pop(0))

    def _remove(self, shared: _Shared) -> None:
        several = self._of.get(shared.storage, [])
        if shared in several:
            several.remove(shared)
            self._bytes -= shared.nbytes
        if not several:
            self._of.pop(shared.storage, None)


def _checksum(array: Any) -> int:
    return zlib.crc32(np.ascontiguousarray(array).data.cast("B"))


def _words(given: Place | None, frame: FrameType | None) -> str:
    """What has written: ``"the array of numpy() (train.py:12)"``; without the line where that is the one being run."""
    while frame is not None and given is not None and frame.f_code is not given[0]:
        frame = frame.f_back
    if given is None or (frame is not None and frame.f_lineno == _line(*given)):
        return "an array of numpy()"
    return f"the array of numpy() ({os.path.basename(given[0].co_filename)}:{_line(*given)})"  # noqa: PTH119


def _line(code: CodeType, offset: int) -> int:
    return next((line for start, stop, line in code.co_lines() if start <= offset < stop and line), code.co_firstlineno)
