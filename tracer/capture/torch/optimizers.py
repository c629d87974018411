"""Steps of optimizers, and resets of gradients. What a step writes is told once it is done, as one write to each parameter."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from ....core import events
from .aside import Aside
from .naming import Names
from .session import Session, without_torch_function

__all__ = ["Optimizers", "parameters_of"]


_sessions: list[Session] = []


class Optimizers:
    """Global hooks on every optimizer's step, and stand-ins for ``zero_grad``."""

    def __init__(self, session: Session, aside: Aside, names: Names) -> None:
        self._session = session
        self._aside = aside
        self._names = names
        # of the steps under way, and of those that have raised
        self._versions: WeakKeyDictionary[Any, tuple[list[Any], list[int]]] = WeakKeyDictionary()
        _sessions[:] = [one for one in _sessions if one.active] + [session]

    def before(self, optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """The step pre-hook. A step with a closure runs the program's own code, which is watched as ever."""
        session = self._session
        if not session.listening:
            return
        try:
            with without_torch_function():
                closure = kwargs.get("closure", args[1] if len(args) > 1 else None)
                session.thread.in_step = closure is None
                self._names.of_optimizer(optimizer)
                parameters = parameters_of(optimizer)
                self._versions[optimizer] = parameters, session.versions_of(parameters)
                if closure is None and _calls_only_torch(optimizer):
                    self._aside.leave_for_step(sys._getframe(1))
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            session.fail(error)

    def after(self, optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:  # noqa: ARG002
        """The step post-hook; a step that raises never comes here."""
        session = self._session
        try:
            self._aside.end_of_step()
            quiet = session.thread.in_step
            session.thread.in_step = False
            versions = self._versions.pop(optimizer, ([], []))
            if session.listening:
                self._tell_step(optimizer, versions, quiet)
            latest = next((one for one in reversed(_sessions) if one.active), session)
            if events.step_listener is not None and session is latest:  # of a recording and one within it, one tells
                events.step_listener(optimizer)
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)

    def _tell_step(self, optimizer: Any, versions: tuple[list[Any], list[int]], quiet: bool) -> None:
        session = self._session
        try:
            with without_torch_function():
                name = type(optimizer).__name__
                session.sink.optimizer_stepped(name, session.moved_on(*versions, f"{name}.step", quiet))
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)

    def zeroing(self, original: Callable[..., None], parameters: Callable[[Any], Iterable[Any]]) -> Callable[..., None]:
        """A stand-in for the method ``zero_grad``, whose object's parameters are ``parameters(object)``: told as one reset."""
        session = self._session

        @functools.wraps(original)
        def zero_grad(owner: Any, *args: Any, **kwargs: Any) -> None:
            if not session.listening or session.thread.quiet:
                return original(owner, *args, **kwargs)
            reset = self._with_gradient(owner, parameters)
            session.thread.quiet += 1
            aside = self._aside.leave()
            try:
                original(owner, *args, **kwargs)
            finally:
                session.thread.quiet -= 1
                if aside:
                    self._aside.come_back()
            self._tell_reset(reset)
            return None

        return zero_grad

    def _with_gradient(self, owner: Any, parameters: Callable[[Any], Iterable[Any]]) -> list[Any]:
        try:
            with without_torch_function():
                return [one for one in parameters(owner) if one.grad is not None]
        except Exception as error:  # noqa: BLE001  the guard
            self._session.fail(error)
            return []

    def _tell_reset(self, reset: list[Any]) -> None:
        session = self._session
        if not reset or not session.listening:
            return
        try:
            with without_torch_function():
                numbers = [session.identities.tensor(one) for one in reset]
                session.sink.grad_reset(numbers, "none" if reset[0].grad is None else "zero")
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)


def _calls_only_torch(optimizer: Any) -> bool:
    """Whether a step of it runs nothing of the program's: neither its code nor its hooks."""
    return (
        type(optimizer).__module__.startswith("torch.")
        and not optimizer._optimizer_step_pre_hooks
        and not optimizer._optimizer_step_post_hooks
    )


def parameters_of(optimizer: Any) -> list[Any]:
    """All parameters of an optimizer."""
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]
