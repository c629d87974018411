"""Silence for NumPy's floating-point warnings in core, and only there: dividing by zero gives inf without a word, as in PyTorch.

NumPy's own switch (``np.seterr``) is for everything that runs in a thread, the user's code included, and switching it around each
operation would cost a tenth of a small operation. So the thread's mode becomes ``"log"``, with a log that looks who is asking: it
swallows what core's kernels cause, and does for the user's code what the mode before would have done. It costs nothing as long as
no floating-point error occurs.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

from .numpy_calls import in_progress

_CORE = __name__.rpartition(".")[0]
_PHRASES = {"divide by zero": "divide", "overflow": "over", "underflow": "under", "invalid value": "invalid"}


class _Log:
    """What NumPy writes its floating-point errors to. ``modes`` are those of ``np.geterr()`` before."""

    def __init__(self, modes: Any, handler: Any) -> None:
        self.modes = modes
        self.handler = handler

    def write(self, line: str) -> None:
        """``line`` is ``"Warning: divide by zero encountered in divide\\n"``."""
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("numpy."):
            frame = frame.f_back
        if frame.f_globals.get("__name__", "").startswith(_CORE) or in_progress():
            return
        message = line.removeprefix("Warning: ").rstrip("\n")
        phrase = message.partition(" encountered")[0]
        mode = self.modes[_PHRASES[phrase]]
        if mode == "warn":
            warnings.warn(message, RuntimeWarning, stacklevel=2)
        elif mode == "raise":
            raise FloatingPointError(message)
        elif mode == "print":
            sys.stderr.write(line)
        elif mode == "log":
            self.handler.write(line)
        elif mode == "call":
            self.handler(phrase, 0)


def quiet_core_in_this_thread() -> None:
    """Install the log in the calling thread; its other NumPy code notices nothing (but ``np.geterr()`` says ``"log"``)."""
    before, handler = np.geterr(), np.geterrcall()
    if isinstance(handler, _Log):
        return
    np.seterrcall(_Log(before, handler))
    np.seterr(**{kind: "ignore" if mode == "ignore" and kind == "under" else "log" for kind, mode in before.items()})
