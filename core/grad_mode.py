"""Whether operations are recorded: ``no_grad``, ``enable_grad``, ``set_grad_enabled``. The mode is a thread's own.

A thread's first operation also silences NumPy's floating-point warnings in core, see :mod:`.float_errors`.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, TypeVar

from . import events
from .activity import activity
from .float_errors import quiet_core_in_this_thread

Function = TypeVar("Function", bound=Callable[..., Any])


class _ThreadState(threading.local):
    """What each thread has for itself. Its constructor runs at a thread's first access."""

    def __init__(self) -> None:
        self.grad_enabled = True
        self.saved_hooks: list[tuple[Any, Any, tuple[int, int]]] = []  # see saved_hooks.py
        self.saved_hooks_disabled: str | None = None  # the error's message
        self.passes: list[Any] = []  # the backward passes this thread is in, the innermost last
        self.running_node: Any = None  # the node that a backward pass in anomaly mode is running
        self.inference = False  # within inference_mode
        self.asked_in_inference = False  # the mode that was set within inference_mode, where nothing is recorded all the same
        self.functions = 0  # how many forwards of users' Functions this thread is in
        self.written_to: Any = None  # the tensor an in-place operation is about to write, for events to name as the result
        quiet_core_in_this_thread()


thread_state = _ThreadState()
"""``thread_state.grad_enabled`` is the mode; change it only through :func:`switch`. Within ``inference_mode`` it stays
False."""


def is_grad_enabled() -> bool:
    """The mode of this thread: whether operations are being recorded, unless in ``inference_mode``, which records none."""
    return thread_state.asked_in_inference if thread_state.inference else thread_state.grad_enabled


def switch(enabled: bool) -> bool:
    """Set the mode, tell the listener when that changes anything, and return the mode that was."""
    if thread_state.inference:
        before = thread_state.asked_in_inference
        thread_state.asked_in_inference = enabled
        return before
    return _record(enabled)


def _record(enabled: bool) -> bool:
    before = thread_state.grad_enabled
    if before != enabled:
        thread_state.grad_enabled = enabled
        if events.sink is not None:
            events.sink.grad_mode_changed(enabled)
    return before


class _GradMode:
    """A context manager that is a decorator too, also for generator functions (the mode then holds while their body runs)."""

    mode = True
    before = True

    def __enter__(self) -> None:
        self.before = switch(self.mode)

    def __exit__(self, *exception: object) -> None:
        switch(self.before)

    def clone(self) -> _GradMode:
        """A fresh context manager for the same mode: one per call, so that decorated functions may recurse."""
        return type(self)()

    def __call__(self, function: Function) -> Function:
        if inspect.isgeneratorfunction(function):
            return _decorate_generator(self.clone, function)

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]


def _decorate_generator(context: Callable[[], _GradMode], function: Function) -> Function:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        generator = function(*args, **kwargs)
        try:
            with context():
                item = next(generator)
            while True:
                try:
                    request = yield item
                except GeneratorExit:
                    with context():
                        generator.close()
                    raise
                except BaseException as error:  # noqa: BLE001  handed to the generator, as `yield` would raise it there
                    with context():
                        item = generator.throw(error)
                else:
                    with context():
                        item = generator.send(request)
        except StopIteration as stop:
            return stop.value

    return wrapper  # type: ignore[return-value]


class _PlainGradMode(_GradMode):
    """A mode that needs no argument, so that ``@no_grad`` works as well as ``@no_grad()``."""

    if not TYPE_CHECKING:

        def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
            instance = object.__new__(cls)
            return instance if function is None else instance(function)


class no_grad(_PlainGradMode):  # noqa: N801  (named as in torch)
    """Operations inside are not recorded: their results do not require grad."""

    mode = False


class enable_grad(_PlainGradMode):  # noqa: N801
    """Operations inside are recorded, whatever surrounds the block."""

    mode = True


class set_grad_enabled(_GradMode):  # noqa: N801
    """Set the mode at once; as a context manager, restore it at the end of the block."""

    def __init__(self, mode: bool) -> None:
        self.mode = bool(mode)
        self.before = switch(self.mode)

    def __enter__(self) -> None:
        switch(self.mode)

    def __call__(self, function: Function) -> Function:
        """Decorate a function; the mode holds while it runs."""
        switch(self.before)  # as a decorator it must leave the caller's mode alone
        return super().__call__(function)

    def clone(self) -> set_grad_enabled:
        """A fresh context manager for the same mode."""
        return type(self)(self.mode)


_counting = threading.Lock()


class inference_mode(_GradMode):  # noqa: N801
    """Nothing inside is recorded, not even within :class:`enable_grad`, and tensors made inside are *inference tensors*.

    These count no writes (see :class:`.storage.InferenceCounter`). Outside, they may neither be written to nor saved for backward.
    ``inference_mode(False)`` is ordinary mode with gradients, whatever surrounds the block.
    """

    def __new__(cls, mode: Any = True) -> Any:
        """``@inference_mode`` works as well as ``@inference_mode()``."""
        instance = object.__new__(cls)
        if callable(mode) and not isinstance(mode, bool):
            instance.inference = True
            return instance(mode)
        return instance

    def __init__(self, mode: bool = True) -> None:
        self.inference = bool(mode)
        self.inference_before = self.asked_before = False

    def __enter__(self) -> None:
        self.inference_before, thread_state.inference = thread_state.inference, self.inference
        self.asked_before, thread_state.asked_in_inference = thread_state.asked_in_inference, False
        self.before = _record(not self.inference)
        if self.inference:
            with _counting:
                activity.inference += 1

    def __exit__(self, *exception: object) -> None:
        if self.inference:
            with _counting:
                activity.inference -= 1
        thread_state.inference = self.inference_before
        thread_state.asked_in_inference = self.asked_before
        _record(self.before)

    def clone(self) -> inference_mode:
        """A fresh context manager for the same mode."""
        return type(self)(self.inference)


def is_inference_mode_enabled() -> bool:
    """Whether this thread is within an ``inference_mode`` block."""
    return thread_state.inference
