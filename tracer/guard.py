"""What keeps a failure of the recorder from the program that is recorded."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

__all__ = ["guarded"]


class _Recorder(Protocol):
    active: bool

    def failed(self, error: Exception) -> None: ...


_AnyRecorder = TypeVar("_AnyRecorder", bound=_Recorder)
_Parameters = ParamSpec("_Parameters")


def guarded(
    method: Callable[Concatenate[_AnyRecorder, _Parameters], None],
) -> Callable[Concatenate[_AnyRecorder, _Parameters], None]:
    """Do nothing once the recording is over, and end it when the method fails: the traced program must not notice."""

    @functools.wraps(method)
    def guard(self: _AnyRecorder, /, *args: _Parameters.args, **kwargs: _Parameters.kwargs) -> None:
        if not self.active:
            return
        try:
            method(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001  the guard: whatever it is, the traced program goes on
            self.failed(error)

    return guard
