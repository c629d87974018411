"""Writes into the memory of tensors by others than PyTorch: no version counter moves, no function is called.

That goes through arrays that ``numpy()`` has given out, through DLPack, through a storage, or through the array or buffer that a
tensor was made from. What can be seen is that the numbers have changed, though nobody has told of a write. So such memory is
summed up when it is given out, when a call takes a tensor with it, before a backward, and when the array goes. A program that
does none of this pays nothing; how much is watched is bounded.
"""

from __future__ import annotations

import ctypes
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
from .probing import array_of, has

if TYPE_CHECKING:
    from .session import Place, Session

__all__ = ["SharedArrays"]

_MOST_BYTES = 16 << 20
_MOST_FOREIGN = 1 << 20  # of what a tensor was made from: often a batch of data, a new one in every step
_MOST_ARRAYS = 64

_PLAIN = (torch.Tensor, torch.nn.Parameter)
_WeakStorage = torch.multiprocessing.reductions.StorageWeakRef
_can_be_read = has("torch.UntypedStorage._new_with_weak_ptr")


class _Shared:
    """Memory that others may write to, and the sum of what is in it; None when a write is known to have changed that.

    It is what an array that ``numpy()`` gave is a view of: the memory of a tensor, which the array keeps alive.
    """

    def __init__(self, tensor: Any, number: int, storage: int, nbytes: int, way: str, place: Place | None) -> None:
        self.tensor = ref(tensor)
        self.number = number
        self.storage = storage
        self.nbytes = nbytes
        self.way = way
        self.place = place
        self.address: int = tensor.data_ptr()
        self.array: Any = None
        self.version: int | None = tensor._version
        self.checksum = self.summed()

    def moved_on(self) -> bool:
        """Whether the version counter has moved since it was asked last."""
        tensor, before = self.tensor(), self.version
        if tensor is not None:
            self.version = tensor._version
        return before != self.version

    def is_gone(self) -> bool:
        """Whether nobody can read it any more."""
        return self.tensor() is None

    def summed(self) -> int | None:
        """The sum of what is there now; None when the memory is gone or another."""
        tensor = self.tensor()
        if tensor is None or tensor.data_ptr() != self.address:
            return None
        return zlib.crc32(np.ascontiguousarray(array_of(tensor.detach())).data.cast("B"))


class _SharedStorage(_Shared):
    """All the memory of a storage, which may outlive the tensor that it was asked for by."""

    def __init__(self, tensor: Any, number: int, storage: int, nbytes: int, way: str, place: Place | None) -> None:
        self._weak = _WeakStorage(tensor.untyped_storage())
        super().__init__(tensor, number, storage, nbytes, way, place)

    def is_gone(self) -> bool:
        return bool(self._weak.expired())

    def summed(self) -> int | None:
        storage = torch.UntypedStorage._new_with_weak_ptr(self._weak.cdata)
        if storage is None or storage.nbytes() != self.nbytes:
            return None
        # read where it lies: an array of it would keep the program from resizing the storage
        return zlib.crc32((ctypes.c_char * self.nbytes).from_address(storage.data_ptr()))


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
        shared = self._watch(_Shared, tensor, array.nbytes, "the array of numpy()", place)
        if shared is not None:
            shared.array = ref(array, partial(self._gone, shared))

    def handed_out(self, tensor: Any, way: str, place: Place | None) -> None:
        """The program gets the memory of ``tensor``, by what findings are to call ``way``."""
        self._watch_storage(tensor, _MOST_BYTES, way, place)

    def made_from(self, tensor: Any, way: str, place: Place | None) -> None:
        """``tensor`` has memory that belongs to somebody else."""
        self._watch_storage(tensor, _MOST_FOREIGN, way, place)

    def _watch_storage(self, tensor: Any, most: int, way: str, place: Place | None) -> None:
        if _can_be_read and type(tensor) in _PLAIN and tensor.is_cpu and tensor.layout is torch.strided:
            nbytes = tensor.untyped_storage().nbytes()
            if nbytes <= most:
                self._watch(_SharedStorage, tensor, nbytes, way, place)

    def _watch(self, kind: type[_Shared], tensor: Any, nbytes: int, way: str, place: Place | None) -> _Shared | None:
        identities = self._session.identities
        storage = NONE if tensor.is_inference() else identities.storage(tensor)
        if storage == NONE or not 0 < nbytes <= _MOST_BYTES:
            return None
        self._look(storage)
        if kind is _SharedStorage and any(one.way == way for one in self._of.get(storage, ())):
            return None
        shared = kind(tensor, identities.tensor(tensor), storage, nbytes, way, place)
        self._of.setdefault(storage, []).append(shared)
        self._bytes += nbytes
        self._forget_oldest()
        return shared

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
            before, moved_on = shared.checksum, shared.moved_on()
            shared.checksum = shared.summed()
            if changed is None and shared.checksum not in (before, None) and before is not None and not moved_on:
                changed = shared
        if changed is not None:
            self._session.sink.data_written(changed.number, storage, _words(changed, sys._getframe(0)))

    def _forget_oldest(self) -> None:
        if self._bytes > _MOST_BYTES or len(self._of) > _MOST_ARRAYS:
            for shared in [one for several in list(self._of.values()) for one in list(several) if one.is_gone()]:
                self._remove(shared)
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


def _words(shared: _Shared, frame: FrameType | None) -> str:
    """What has written: ``"the array of numpy() (train.py:12)"``; without the line where that is the one being run."""
    given = shared.place
    while frame is not None and given is not None and frame.f_code is not given[0]:
        frame = frame.f_back
    if given is None or (frame is not None and frame.f_lineno == _line(*given)):
        return shared.way.replace("the array of numpy()", "an array of numpy()")
    return f"{shared.way} ({os.path.basename(given[0].co_filename)}:{_line(*given)})"  # noqa: PTH119


def _line(code: CodeType, offset: int) -> int:
    return next((line for start, stop, line in code.co_lines() if start <= offset < stop and line), code.co_firstlineno)
