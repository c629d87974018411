"""Which of PyTorch's private and version-dependent names there are, and what the capture does without them.

:data:`NEEDS` is the one list of them. It is looked through once, when this module is imported; what the other modules of the
capture use of it is chosen below, so that nothing has to be asked while the program runs. A name that is missing costs its own
feature and nothing else, unless it is essential; :func:`missing` says so in words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from .loaded import torch
from .lookup import ABSENT, find

__all__ = [
    "NEEDS",
    "Need",
    "accumulator_of",
    "array_of",
    "current_graph_task",
    "current_node",
    "custom_backward_code",
    "default_hooks",
    "dispatch_modes",
    "has",
    "missing",
    "missing_essentials",
    "refusals",
    "release_storage",
    "result_shapes",
    "saves_are_unpacked",
    "saves_are_visible",
    "sequence_number",
    "skip_code",
    "storage_address",
    "storage_has_expired",
    "storages_are_known",
    "transforming",
    "unheard",
]

_NODE = "torch._C._functions.AccumulateGrad"  # every class of nodes has these
_MODULES, _OPTIMIZERS = "torch.nn.modules.module", "torch.optim.optimizer"
_RAW = "torch._C._autograd.SavedTensor.data"
_FOR_UNPACKING = tuple(
    f"torch._C._autograd.{name}"
    for name in ("_get_sequence_nr", "_push_saved_tensors_default_hooks", "_pop_saved_tensors_default_hooks")
)


@dataclass(frozen=True, slots=True)
class Need:
    """A name that the capture uses.

    ``lost`` is what a recording lacks without it (the end of a sentence), or ``""`` when something else does as well. Without an
    ``essential`` one PyTorch is not recorded at all. One that stands in for another is needed only where that is missing.
    """

    name: str
    lost: str = ""
    essential: bool = False
    instead_of: str = ""

    @property
    def short_name(self) -> str:
        """The last part of the name, or the last two where one would say nothing."""
        owner, _, name = self.name.rpartition(".")
        return name if name.startswith("_") else f"{owner.rpartition('.')[2]}.{name}"


NEEDS: tuple[Need, ...] = (
    # ------------------------------------------------------------------------------------------------ without these: nothing
    Need("torch.overrides.TorchFunctionMode", essential=True),
    Need("torch._C.DisableTorchFunction", essential=True),
    Need("torch.Tensor._version", essential=True),
    Need("torch.Tensor._base", essential=True),
    Need("torch.Tensor._is_view", essential=True),
    Need(f"{_NODE}.next_functions", essential=True),
    Need(f"{_NODE}.metadata", essential=True),
    Need(f"{_NODE}.name", essential=True),
    Need(f"{_NODE}.register_hook", essential=True),
    Need(f"{_NODE}.register_prehook", essential=True),
    Need(f"{_NODE}._sequence_nr", essential=True),
    # ------------------------------------------------------------------------------------ without these: less is known
    Need("torch.autograd.variable.Variable._execution_engine", "calls of backward() and what happens in them are not recorded"),
    Need("torch._C._current_graph_task_id", "a backward inside a backward is taken for a part of it"),
    Need("torch._C._current_autograd_node", "hooks of the program on tensors are recorded when registered, not when they fire"),
    Need("torch._C._functions.MulBackward0._raw_saved_self", "saved tensors are not recorded"),
    Need(f"{_NODE}._input_metadata", "shapes of intermediate results inside a call are not recorded"),
    Need("torch.autograd.function._HookMixin._register_hook", "hooks of the program on nodes are not recorded"),
    Need("torch.autograd.function.BackwardCFunction.apply", "at level structure, errors in custom functions name no node"),
    Need("torch.utils.hooks.RemovableHandle.remove", "the removal of hooks is not recorded"),
    Need("torch.autograd.Function.apply", "custom functions are recorded at the next call that uses their result"),
    Need("torch.optim.Optimizer.zero_grad", "zero_grad() of optimizers is recorded as a reset of each gradient"),
    Need("torch.nn.Module.zero_grad", "zero_grad() of modules is recorded as a reset of each gradient"),
    Need(f"{_MODULES}.register_module_forward_pre_hook", "modules are not recorded as scopes"),
    Need(f"{_MODULES}.register_module_forward_hook", "modules are not recorded as scopes"),
    Need(f"{_OPTIMIZERS}.register_optimizer_step_pre_hook", "steps of optimizers are recorded as the writes they make"),
    Need(f"{_OPTIMIZERS}.register_optimizer_step_post_hook", "steps of optimizers are recorded as the writes they make"),
    Need("torch.UntypedStorage._weak_ref", "which tensors share memory is not recorded"),
    Need("torch.UntypedStorage._expired", "which tensors share memory is not recorded"),
    Need("torch.UntypedStorage._free_weak_ref", "which tensors share memory is not recorded"),
    Need("torch._C._functorch.peek_interpreter_stack", "calls inside torch.func transformations are recorded like any other"),
    Need("threading.Thread._bootstrap_inner", "calls in other threads are not recorded"),
    Need("torch._C._len_torch_function_stack", "calls from within a backward pass are not recorded"),
    Need("torch.overrides._push_mode", "calls from within a backward pass are not recorded"),
    Need("torch.overrides._pop_mode", "calls from within a backward pass are not recorded"),
    # ------------------------------------------------------------------------------ without these: something else does
    Need(_RAW),  # what is saved is looked at unpacked, where no hooks were in force
    *(Need(name, "saved tensors are not recorded", instead_of=_RAW) for name in _FOR_UNPACKING),
    Need("torch._C._autograd._top_saved_tensors_default_hooks"),  # what is saved is looked at raw, and costs time
    Need("torch._C._len_torch_dispatch_stack"),  # dispatch modes of the program hear of gradients that are looked at
    Need("torch._C._DisableTorchDispatch"),
    Need("torch._C._get_function_stack_at"),  # calls within steps and zero_grad() are looked at, and cost time
    Need("torch.autograd.profiler.record_function.__exit__"),  # as before
    Need("torch._C._storage_id"),  # the storage's own address
    Need("torch.overrides._get_current_function_mode_stack"),  # the stack is looked through by hand
    Need("torch.autograd.graph.get_gradient_edge"),  # a view of the leaf leads to its node
    Need("torch._GLOBAL_DEVICE_CONTEXT"),  # the mode of a default device is taken for one of the program's
    Need("torch.distributed.distributed_c10d._update_default_pg"),  # the rank is looked at again when the recording ends
    Need("torch.UntypedStorage._new_with_weak_ptr"),  # writes through DLPack and storages are not recorded
    Need("torch.from_numpy"),  # writes to what a tensor was made from are not recorded
    Need("torch.frombuffer"),
    Need("torch.from_dlpack"),
    Need("torch.utils.dlpack.from_dlpack"),
    Need("torch.jit.trace"),  # what is not there is not called
    Need("torch.jit.trace_module"),
    Need("torch.export.export"),
    Need("torch.utils.swap_tensors"),
    Need("torch.compiler.set_stance"),  # compiled code is kept from running one call further down
    Need("torch._C._dynamo.eval_frame.skip_code"),  # the compiler has a look at a function of ours, and leaves it
    Need("torch.nn.modules.module._has_any_global_hook"),  # nobody warns of our hooks
    Need("torch._C.ScriptFunction.__call__"),  # nodes made in scripted code are recorded at the next call
    Need("torch._C.ScriptMethod.__call__"),
)
"""Every private or version-dependent name that the capture uses."""

_found = {need.name: find(need.name) for need in NEEDS}


def has(name: str) -> bool:
    """Whether this PyTorch has ``name``, one of :data:`NEEDS`."""
    return _found[name] is not ABSENT


def _or(name: str, instead: Any) -> Any:
    found = _found[name]
    return instead if found is ABSENT else found


def missing_essentials() -> list[str]:
    """The names without which PyTorch cannot be recorded and that are not there."""
    return [need.name for need in NEEDS if need.essential and not has(need.name)]


def missing() -> list[str]:
    """What is not recorded with this PyTorch, a sentence for each lost feature."""
    version = getattr(torch, "__version__", "of an unknown version")
    names: dict[str, list[str]] = {}
    for need in NEEDS:
        if need.lost and not has(need.name) and not (need.instead_of and has(need.instead_of)):
            names.setdefault(need.lost, []).append(need.short_name)
    return [f"PyTorch {version} has no {' and no '.join(short)}: {lost}" for lost, short in names.items()]


def refusals() -> list[str]:
    """What this PyTorch refuses to the program because of what is installed for the recording, a sentence each."""
    if array_of is _by_numpy:
        return []
    version = getattr(torch, "__version__", "of an unknown version")
    numpy = f"NumPy {np.__version__}, which gradtrace needs"
    return [f"PyTorch {version} was made for NumPy 1: numpy() and from_numpy() fail beside {numpy}"]


# ------------------------------------------------------------------------------------------------------------ what is used
def _nothing(*_: Any) -> Any:
    return None


def _storage_address(tensor: Any) -> int:
    return int(tensor.untyped_storage()._cdata)


def _result_shapes(node: Any) -> Sequence[Any]:
    found: Sequence[Any] = node._input_metadata
    return found


def _no_shapes(node: Any) -> Sequence[Any]:  # noqa: ARG001  as the other
    return ()


def _by_edge(leaf: Any) -> Any:
    return torch.autograd.graph.get_gradient_edge(leaf).node


def _by_view(leaf: Any) -> Any:
    with torch._C.DisableTorchFunction(), torch.enable_grad():
        return leaf.view_as(leaf).grad_fn.next_functions[0][0]


accumulator_of: Callable[[Any], Any] = _by_edge if has("torch.autograd.graph.get_gradient_edge") else _by_view
"""The node that adds to the ``.grad`` of a leaf; one is made if there is none."""

current_graph_task: Callable[[], int] | None = _or("torch._C._current_graph_task_id", None)
"""PyTorch's number of the backward that runs in this thread, negative for none."""

current_node: Callable[[], Any] = _or("torch._C._current_autograd_node", _nothing)
"""The node that runs in this thread, or None."""

custom_backward_code: CodeType | None = getattr(_or("torch.autograd.function.BackwardCFunction.apply", None), "__code__", None)
"""What calls the backward of a custom function."""

default_hooks: Callable[[bool], Any] | None = _or("torch._C._autograd._top_saved_tensors_default_hooks", None)
"""The saved-tensor hooks in force, or None; wants to be told not to ignore tracing, as saving does not."""

transforming: Callable[[], Any] = _or("torch._C._functorch.peek_interpreter_stack", _nothing)
"""None outside transformations of ``torch.func``."""

result_shapes: Callable[[Any], Sequence[Any]] = _result_shapes if has(f"{_NODE}._input_metadata") else _no_shapes
"""Shape and dtype of each result of a node's call, as objects with these attributes; empty when PyTorch does not tell."""

_SAVES = "torch._C._functions.MulBackward0._raw_saved_self"

saves_are_visible: bool = has(_SAVES) and has(_RAW)
"""Whether what a node saved can be looked at without unpacking it."""

saves_are_unpacked: bool = not saves_are_visible and all(map(has, (_SAVES, *_FOR_UNPACKING)))
"""Whether it has to be unpacked, and it is known when that runs nothing of the program's."""

storage_address: Callable[[Any], int] = _or("torch._C._storage_id", _storage_address)
"""Where the storage behind a tensor is; raises for tensors that have none."""

_WEAK = tuple(f"torch.UntypedStorage.{name}" for name in ("_weak_ref", "_expired", "_free_weak_ref"))

storages_are_known: bool = all(has(name) for name in _WEAK)
"""Whether a storage's address can be kept from being used again, by a weak count on it."""

storage_has_expired: Callable[[int], bool] = _or(_WEAK[1], _nothing)
release_storage: Callable[[int], None] = _or(_WEAK[2], _nothing)


sequence_number: Callable[[], int] = _or("torch._C._autograd._get_sequence_nr", _nothing)
"""A number that has changed when nodes were made in this thread."""


def _by_exchange(tensor: Any) -> Any:
    return np.from_dlpack(tensor)


def _by_numpy(tensor: Any) -> Any:
    return tensor.numpy()


def _works(function: Callable[[Any], Any]) -> bool:
    """A PyTorch made for NumPy 1 refuses ``numpy()`` with NumPy 2."""
    with torch._C.DisableTorchFunction():
        try:
            function(torch.empty(1, device="cpu"))
        except (RuntimeError, TypeError, BufferError, NotImplementedError):
            return False
        return True


_SILENT = has("torch._C._len_torch_dispatch_stack") and has("torch._C._DisableTorchDispatch")

dispatch_modes: Callable[[], Any] = _or("torch._C._len_torch_dispatch_stack", _nothing) if _SILENT else _nothing
"""How many dispatch modes of the program's are on in this thread."""


def unheard() -> AbstractContextManager[Any]:
    """While this lasts, dispatch modes of the program's do not hear of what we call."""
    silent: AbstractContextManager[Any] = torch._C._DisableTorchDispatch() if dispatch_modes() else nullcontext()
    return silent


skip_code: Callable[[CodeType], None] = _or("torch._C._dynamo.eval_frame.skip_code", _nothing)
"""Keep the compiler away from a function."""

array_of: Callable[[Any], Any] = _by_numpy if _works(_by_numpy) else _by_exchange
"""The NumPy array that has the memory of a dense tensor on the CPU."""
