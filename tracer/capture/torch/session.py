"""What all parts of the capture share while one recording lasts."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from itertools import count
from threading import get_ident
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any
from weakref import ref

from ....core import events
from ....core.events import CompactSink, Sink
from ...positions import is_plumbing
from ...statistics import measured
from ...user_stack import UserStack
from .arrays import as_array, placeholder
from .coverage import Coverage
from .identity import Identities
from .leaves import UnseenGradients
from .loaded import dtype_name, shape_of, torch
from .probing import current_graph_task
from .shared_arrays import SharedArrays
from .writes import Writes

if TYPE_CHECKING:
    from collections.abc import Callable

    from .passes import EnginePass

__all__ = ["Place", "Session", "place_here", "without_torch_function"]

without_torch_function = torch._C.DisableTorchFunction
"""Around our own calls: neither the user's tensor subclasses nor the user's function modes hear of them."""

Place = tuple[CodeType, int]
"""Where in the user's program: a code object and the offset of the instruction in it."""

_Tensor = torch.Tensor
_ORDINARY = (torch.Tensor, torch.nn.Parameter)
_Uninitialized = torch.nn.parameter.UninitializedTensorMixin
_float32, _float64, _channels_last = torch.float32, torch.float64, torch.channels_last
_GRADIENTS_KEPT = 1 << 16
_ALIASES_KEPT = 1 << 12
_session_numbers = count(1).__next__


class ThreadState:
    """What the capture knows of a thread."""

    def __init__(self) -> None:
        self.passes: list[EnginePass] = []
        self.watched = False  # its calls are looked at
        self.in_function = 0  # inside a custom Function's forward, where recording is off by design
        self.in_step = False  # inside an optimizer: its writes are told at the end of the step
        self.quiet = 0  # inside zero_grad
        self.step: FrameType | None = None  # the frame of an optimizer's step, while the function mode is out of its way
        self.grad_mode = torch.is_grad_enabled()
        # the calls of modules under way: path and scope of each, where the paths below the outermost one are, and that one
        self.modules: list[tuple[str, str]] = []
        self.paths: Any = None
        self.outermost: Callable[[], Any] = lambda: None


class _RunningThread(threading.local):
    """The running thread's state. An attribute of a ``threading.local`` is slow to look up, so there is only this one."""

    def __init__(self) -> None:
        self.state = ThreadState()


class Session:
    """One recording of PyTorch: the sink, the numbering, and what is under way in which thread.

    ``active`` turns False at the end; whatever of the capture is left in the program's objects (hooks on nodes that live on) then
    does nothing.
    """

    def __init__(self, sink: Sink, level: str) -> None:
        self.sink = sink
        self.active = True
        self.key = f"gradtrace{_session_numbers()}"
        self.identities = Identities()
        self._running_thread = _RunningThread()
        self.writes = Writes()
        self.coverage = Coverage(sink)
        self.compiled = False  # compiled code has run: in a backward pass it must not meet the function mode
        self.uninstall: Callable[[], None] = lambda: None
        self.with_values = level != "structure"
        self.measures = bool(getattr(sink, "takes_measured", False))
        self.compact = _as_compact(sink)
        self.observes_nodes = events.observes_nodes(sink)
        self._leaf_of_gradient: dict[int, int] = {}
        self.aliased: dict[int, tuple[ref[Any], int]] = {}
        self._passes_by_task: dict[int, EnginePass] = {}
        self._last: tuple[int, EnginePass | None] = (-1, None)
        self._unbound: list[EnginePass] = []
        self._leaves: set[int] = set()
        self._first_thread = 0  # that called the engine
        self.several_threads = False  # call it
        self.unnamed_leaves = 0  # how many were told without a name
        self.nameless: dict[int, ref[Any]] = {}  # those of them that nobody has looked for
        self.custom_functions = False
        self.unseen_gradients = UnseenGradients()
        self.shared: dict[int, list[Any]] = {}  # by storage, what shared_arrays keeps: there is something to look at
        self.shared_arrays = SharedArrays(self)
        self._names: dict[int, tuple[str, ...]] = {}  # all that were told

    @property
    def listening(self) -> bool:
        """Whether events still reach the recording."""
        return self.listens()

    @property
    def thread(self) -> ThreadState:
        """The state of the running thread."""
        return self.running_thread()

    def listens(self) -> bool:
        """As :attr:`listening`, for hot paths."""
        return self.active and events.sink is self.sink

    def position(self) -> int | None:
        """The line of the program that is running, for what a compact sink is told; None where there is none."""
        return None if self.compact is None else self.compact.position()

    def running_thread(self) -> ThreadState:
        """As :attr:`thread`, for hot paths."""
        state: ThreadState = self._running_thread.state
        return state

    def fail(self, error: Exception) -> None:
        """Take the capture out because of ``error`` in it: the traced program goes on, the recording too, without PyTorch."""
        if not self.active or isinstance(error, RecursionError):  # the latter: it is the program's calls that are too deep
            return
        self.active = False
        with suppress(Exception):
            self.uninstall()
        self.say(error)

    def say(self, error: Exception) -> None:
        """Tell people of the ``error`` in the capture, in one line."""
        with suppress(Exception):  # stderr may be closed, or None
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            reason = str(error).partition("\n")[0]
            where = f" ({place.tb_frame.f_code.co_name}, line {place.tb_lineno})" if place is not None else ""
            print(
                f"gradtrace: PyTorch is no longer recorded, the program goes on: {type(error).__name__}: {reason}{where}",
                file=sys.stderr,
            )

    # ------------------------------------------------------------------------------------------------------------ tensors
    def gradient(self, tensor: Any) -> Any:
        """What the sink gets to see of a gradient: an array, or what was measured; None for an undefined one."""
        if tensor is None:
            return None
        if self.measures and type(tensor) is _Tensor:
            found = _measured(tensor)
            if found is not None:
                return found
        return as_array(tensor) if self.with_values else placeholder(tensor)

    def leaf(self, tensor: Any, name: str = "") -> int:
        """The number of a leaf; told to the sink the first time, and again when ``name`` is new."""
        number: int = self.identities.tensor(tensor)
        if number not in self._leaves:
            if isinstance(tensor, _Uninitialized):  # a parameter of a lazy module: it has no shape yet
                return number
            self._leaves.add(number)
            if tensor.device.type != "cpu":
                self.coverage.met("devices")
            if tensor.is_nested:
                self.coverage.met("nested")
            self.unseen_gradients.add(number, tensor)
            if name:
                self._names[number] = (name,)
            else:
                self.unnamed_leaves += 1
                self.nameless[number] = ref(tensor)
            self.sink.leaf_created(number, shape_of(tensor), dtype_name(tensor.dtype), tensor.requires_grad, name)
        elif name:
            told = self._names.get(number, ())
            for earlier in told:
                if earlier == name or earlier.endswith(f".{name}"):  # the latter: a part of a module is called on its own
                    return number
            self._names[number] = (*told, name)
            self.sink.leaf_named(number, name)
        return number

    def versions_of(self, tensors: list[Any]) -> list[int]:
        """Their version counters."""
        return [version_of(tensor) for tensor in tensors]

    def moved_on(self, tensors: list[Any], before: list[int], op: str, told: bool) -> list[int]:
        """The numbers of those whose version counters have moved on since; what moved them is ``op``, and to be ``told`` or not."""
        numbers: list[int] = []
        place, source = place_here(), self.position()
        for index in range(len(before)):
            tensor = tensors[index]
            if version_of(tensor) != before[index]:
                if told:
                    self._bumped(tensor, op, before[index], place, source)
                numbers.append(self.identities.tensor(tensor))
        return numbers

    def bumped(self, tensor: Any, op: str, before: int) -> None:
        """The version counter of ``tensor`` moved on from ``before``."""
        self._bumped(tensor, op, before, place_here(), None)

    def _bumped(self, tensor: Any, op: str, before: int, place: Place | None, source: int | None) -> None:
        after = version_of(tensor)
        number, storage = self.identities.tensor(tensor), self.identities.storage(tensor)
        if self.shared:
            self.shared_arrays.written(storage)
        if self._is_data_write(tensor, storage):
            if not _in_gradcheck(sys._getframe(0)):
                self.sink.data_written(number, storage, op)
            return
        base = tensor._base if tensor._is_view() else None
        view_of = events.NONE if base is None else self.identities.tensor(base)
        if source is None or self.compact is None:
            self.sink.version_bumped(number, storage, op, before, after, view_of)
        else:
            self.compact.version_bumped(number, storage, op, before, after, view_of, source)
        self.writes.add(storage, before, after, op, place)

    def remember_gradient(self, gradient: Any, leaf: int) -> None:
        """``gradient`` is the ``.grad`` of ``leaf``. Known by its memory, for programs clear ``w.grad.data``."""
        of_gradient = self._leaf_of_gradient
        if len(of_gradient) > _GRADIENTS_KEPT:
            of_gradient.pop(next(iter(of_gradient)), None)
        storage = self.identities.storage(gradient)
        if storage == events.NONE:
            self.coverage.met("storage")
            return
        of_gradient[storage] = leaf

    def is_gradient_of(self, tensor: Any, leaf: int) -> bool:
        """Whether ``tensor`` has been told to be the ``.grad`` of this leaf."""
        return self._leaf_of_gradient.get(self.identities.storage(tensor)) == leaf

    def leaf_of_gradient(self, tensor: Any) -> int | None:
        """The leaf whose ``.grad`` has the memory of ``tensor``."""
        for gradient, leaf in self.unseen_gradients.take():
            self.remember_gradient(gradient, leaf)
        return self._leaf_of_gradient.get(self.identities.storage(tensor))

    def remember_alias(self, tensor: Any) -> None:
        """``tensor.data`` is handed out: a write through it bumps a counter of its own. An inference tensor has no version."""
        if tensor.is_inference():
            return
        self.aliased[self.identities.storage(tensor)] = ref(tensor), tensor._version
        if len(self.aliased) > _ALIASES_KEPT:
            for storage, entry in list(self.aliased.items()):
                if entry[0]() is None:
                    self.aliased.pop(storage, None)

    def _is_data_write(self, tensor: Any, storage: int) -> bool:
        """Whether a write left the counter of the tensor behind ``.data`` as it was."""
        entry = self.aliased.get(storage)
        source = entry[0]() if entry is not None else None
        if entry is None or source is None:
            return False
        version = source._version
        if source is not tensor and version == entry[1]:
            return True
        self.aliased[storage] = entry[0], version
        return False

    # ------------------------------------------------------------------------------------------------------------- passes
    def open_pass(self, pass_: EnginePass) -> None:
        """The engine is about to be called."""
        thread = get_ident()
        if not self._first_thread:
            self._first_thread = thread
        elif self._first_thread != thread:
            self.several_threads = True
        self.thread.passes.append(pass_)
        self._unbound.append(pass_)

    def close_pass(self, pass_: EnginePass) -> None:
        """The engine is done."""
        self._last = (-1, None)
        if pass_ in self.thread.passes:
            self.thread.passes.remove(pass_)
        if pass_ in self._unbound:
            self._unbound.remove(pass_)
        for task, one in list(self._passes_by_task.items()):  # in place: other threads go on meanwhile
            if one is pass_:
                self._passes_by_task.pop(task, None)

    def current_pass(self) -> EnginePass | None:
        """The pass whose node or hook is running; None outside, and for passes that began before the recording.

        PyTorch's own number of the pass decides: on accelerators nodes run in other threads than the call to the engine.
        """
        if current_graph_task is None:
            passes = self.thread.passes
            return passes[-1] if passes else None
        task = current_graph_task()
        if task < 0:
            return None
        last = self._last  # one object, for other threads may change it
        if last[0] == task:
            return last[1]
        pass_ = self._passes_by_task.get(task)
        if pass_ is None:
            mine = [one for one in self.thread.passes if one in self._unbound] or self._unbound
            if not mine:
                return None
            pass_ = self._passes_by_task[task] = mine[-1]
            self._unbound.remove(pass_)
        self._last = (task, pass_)
        return pass_


def _as_compact(sink: Any) -> CompactSink | None:
    methods = ("position", "node_recorded", "node_ran")
    return sink if all(hasattr(sink, method) for method in methods) else None


def _measured(tensor: Any) -> Any:
    """The usual kind of gradient, measured where it lies; None for any other."""
    dtype = tensor.dtype
    try:
        if (
            (dtype is _float32 or dtype is _float64)
            and tensor.is_cpu
            and (tensor.is_contiguous() or _is_dense(tensor))
            and not tensor.is_neg()
        ):
            address = tensor.data_ptr()
            if address or not tensor.numel():  # PyTorch has zeros that take no memory
                return measured(address, shape_of(tensor), dtype is _float64)
    except RuntimeError:  # it has no memory
        pass
    return None


def _is_dense(tensor: Any) -> bool:
    """Whether its elements fill a piece of memory: of those that are not contiguous, the usual ones are known."""
    dimensions = tensor.ndim
    if dimensions == 2:  # transposed
        rows, columns = tensor.stride()
        return bool(rows == 1 and columns == tensor.shape[0])
    return bool(dimensions == 4 and tensor.is_contiguous(memory_format=_channels_last))


def _in_gradcheck(frame: FrameType | None) -> bool:
    """Whether PyTorch's gradcheck writes, which nudges its inputs past autograd and puts back what was there."""
    while frame is not None and frame.f_globals.get("__package__") == __package__:
        frame = frame.f_back
    return frame is not None and frame.f_globals.get("__name__") == "torch.autograd.gradcheck"


def version_of(tensor: Any) -> int:
    """The version counter of a tensor; of one that is spread over processes, that of its part in this one."""
    if type(tensor) not in _ORDINARY:
        tensor = getattr(tensor, "_local_tensor", tensor)
    version: int = tensor._version
    return version


def place_here() -> Place | None:
    """The innermost of the user's frames."""
    return _stack.place()


_stack = UserStack(lambda: 0, is_plumbing)
