"""``torch.compile`` while recording: what is compiled either runs as it does alone, unseen, or runs uncompiled and is seen.

Whatever PyTorch compiles or runs compiled goes through ``set_eval_frame``, called with a compiler before and with None behind it,
directly or by ``_maybe_set_eval_frame``. ``opaque``: in between, everything of the capture is taken out of PyTorch, for compiled
code is made for the modes and hooks it finds, and guarded by them. ``eager``: the compiler does not get there.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..importing import after_import
from ..options import Compile
from .loaded import torch
from .patches import Patches, enter_mode, remove_mode
from .probing import has, skip_code
from .session import Session

if TYPE_CHECKING:
    from .calls import CallMode, Calls

__all__ = ["Compiling"]

_MODULE = "torch._dynamo.eval_frame"  # comes with the first use of torch.compile, or of an optimizer
_NAMES = ("set_eval_frame", "_maybe_set_eval_frame")
_CONTEXT = -1  # no frame: a context manager has switched it on, and its __exit__() switches it off
_OURS = ("_global_forward_pre_hooks", "_global_forward_hooks", "_global_forward_hooks_always_called")  # one of ours in each


class _Here(threading.local):
    """Whether this thread is in compiled code: since when, as the ``id`` of the frame that has switched the compiler on.

    Inside, the compiler goes off and on many times; the way out is when the same frame switches it off.
    """

    def __init__(self) -> None:
        self.inside = 0
        self.mode_was_on = False

    def begins_with(self, frame: FrameType) -> None:
        """``frame`` calls the function that switches, or one that does."""
        switching = _switching(frame)
        self.inside = _CONTEXT if switching.f_code.co_name == "__enter__" else id(switching)

    def is_inside(self, frame: FrameType | None) -> bool:
        """Whether the frame that has switched the compiler on is still running."""
        while self.inside and frame is not None:
            if id(frame) == self.inside or self.inside == _CONTEXT:
                return True
            frame = frame.f_back
        return False

    def ends_with(self, frame: FrameType) -> bool:
        """Whether it is ``frame`` that has switched it on."""
        return self.inside == (_CONTEXT if frame.f_code.co_name == "__exit__" else id(_switching(frame)))


def _switching(frame: FrameType) -> FrameType:
    while frame.f_code.co_name in _NAMES and frame.f_back is not None:
        frame = frame.f_back
    return frame


class Compiling:
    """Stands between the program and the compiler; ``how`` is ``"opaque"`` or ``"eager"``."""

    def __init__(self, session: Session, patches: Sequence[Patches], mode: CallMode, calls: Calls, how: Compile) -> None:
        self._session = session
        self._patches = patches
        self._taken_out: list[Patches] = []
        self._mode = mode
        self._calls = calls
        self._eager = how == "eager"
        self._regions = 0
        self._lock = threading.Lock()
        self._here = _Here()
        self._on_compiler = Patches()  # these stay when the others are taken out
        self._on_warning = Patches()
        self._stance: Any = None
        self._call_off: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Wait for the compiler to be loaded."""
        modules = sys.modules["torch.nn.modules.module"]
        if has("torch.nn.modules.module._has_any_global_hook"):  # compiled modules warn of hooks: of the program's only
            self._on_warning.replace(modules, "_has_any_global_hook", self._without_ours(modules._has_any_global_hook, modules))
            self._on_warning.make()
        self._call_off = after_import(_MODULE, self._loaded)

    def stop(self) -> None:
        """Put everything back."""
        self._call_off()
        self._on_compiler.take_back()
        self._on_warning.take_back()
        stance, self._stance = self._stance, None
        if stance is not None and sys.modules[_MODULE]._stance is stance.stance:  # the program has not set another
            stance.__exit__(None, None, None)

    def _without_ours(self, original: Callable[[], Any], modules: Any) -> Callable[[], Any]:
        def has_any_global_hook() -> Any:
            if not any(patches.made for patches in self._patches):
                return original()
            hooks = {name: value for name, value in vars(modules).items() if name.startswith("_global_")}
            return any(len(value) > (name in _OURS) for name, value in hooks.items() if isinstance(value, dict))

        return has_any_global_hook

    def _loaded(self) -> None:
        try:
            if self._session.active:
                module = sys.modules[_MODULE]
                for name in _NAMES:
                    if name in vars(module):
                        self._on_compiler.replace(module, name, self._stand_in(vars(module)[name]))
                self._on_compiler.make()
                if not any(name in vars(module) for name in _NAMES):
                    self._session.coverage.met("compiled_seen")
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            self._session.fail(error)

    def _stand_in(self, original: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def set_eval_frame(callback: Any) -> Any:
            if callback is None:
                previous = original(None)
                frame = sys._getframe(1)
                if previous is not None and self._here.inside and self._here.ends_with(frame):
                    self._leave(frame)
                return previous
            if self._eager:
                self._switch_off()
                return original(None)  # which may be the other of the two
            self._enter(sys._getframe(1))
            return original(callback)

        # called with the compiler still on, which then would have a look at it
        skip_code(set_eval_frame.__code__)
        return set_eval_frame

    # -------------------------------------------------------------------------------------------------------------- eager
    def _switch_off(self) -> None:
        session = self._session
        if not session.listening:
            return
        session.coverage.met("uncompiled")
        if self._stance is None and has("torch.compiler.set_stance"):  # PyTorch then does not wonder that nothing was compiled
            self._stance = torch.compiler.set_stance("force_eager")

    # ------------------------------------------------------------------------------------------------------------- opaque
    def _enter(self, frame: FrameType) -> None:
        """Compiled code is about to run in this thread, or to be made."""
        here, session = self._here, self._session
        if not session.active or here.is_inside(frame):
            return
        here.begins_with(frame)
        try:
            if session.listening:
                session.compiled = True
                session.coverage.met("compiled")
            here.mode_was_on = self._take_out()
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)

    def _leave(self, frame: FrameType) -> None:
        """This thread is back from there; ``frame`` is the compiler's, with the result when all went well."""
        here, session = self._here, self._session
        here.inside = 0
        try:
            self._put_back(here.mode_was_on)
            if session.listening and frame.f_code.co_name == "compile_wrapper" and "result" in frame.f_locals:
                self._calls.tell_results("compiled", frame.f_locals["result"])
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)

    # ---------------------------------------------------------------------------------------------------------- both kinds
    def unseen(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A stand-in for a function that runs the program's code to learn what it does: it runs without the capture."""

        @functools.wraps(original)
        def make(*args: Any, **kwargs: Any) -> Any:
            session = self._session
            if not session.active:
                return original(*args, **kwargs)
            if session.listening:
                session.coverage.met("traced")
            mode_was_on = self._take_out()
            try:
                return original(*args, **kwargs)
            finally:
                self._put_back(mode_was_on)

        return make

    def _take_out(self) -> bool:
        """Take everything of the capture out of PyTorch; returns whether calls in this thread were looked at."""
        mode_was_on = remove_mode(self._mode)
        with self._lock:
            self._regions += 1
            if self._regions == 1:
                self._taken_out = [patches for patches in self._patches if patches.made]
                for patches in self._taken_out:
                    patches.take_back()
        return mode_was_on

    def _put_back(self, mode_was_on: bool) -> None:
        with self._lock:
            self._regions -= 1
            if not self._regions and self._session.active:
                for patches in self._taken_out:
                    patches.make()
        if mode_was_on and self._session.active:
            enter_mode(self._mode)
