"""Module: the base of everything with parameters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Self, TypeVar

from .. import events
from ..dtypes import device, dtype, float16, float32, float64
from ..grad_mode import no_grad
from ..tensor import Tensor
from . import scopes
from .backward_hooks import BackwardHooks
from .module_hooks import ModuleHookHandle, before_forward, register, takes_kwargs
from .module_state import IncompatibleKeys, load_own_state, load_state, new_state, own_state
from .module_text import format_module, indented
from .parameter import Parameter, reset_gradients
from .registration import Registered

_T = TypeVar("_T")
_HOOK_REGISTRIES = (
    "_forward_hooks",
    "_forward_pre_hooks",
    "_backward_hooks",
    "_backward_pre_hooks",
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)


class Module(Registered):
    """A piece of a model: parameters, buffers and submodules as attributes, and a ``forward`` of your own.

    Parameters and modules assigned as attributes are registered; call ``super().__init__()`` before assigning any.
    """

    training: bool
    _forward_hooks: dict[int, Callable[..., Any]]
    _forward_pre_hooks: dict[int, Callable[..., Any]]
    _backward_hooks: dict[int, Callable[..., Any]]
    _backward_pre_hooks: dict[int, Callable[..., Any]]
    _state_dict_hooks: dict[int, Callable[..., Any]]
    _state_dict_pre_hooks: dict[int, Callable[..., Any]]
    _load_state_dict_pre_hooks: dict[int, Callable[..., Any]]
    _load_state_dict_post_hooks: dict[int, Callable[..., Any]]
    _version = 1

    def __init__(self) -> None:
        set_plainly = object.__setattr__
        set_plainly(self, "training", True)
        for registry in ("_parameters", "_buffers", "_modules", *_HOOK_REGISTRIES):
            set_plainly(self, registry, {})
        set_plainly(self, "_non_persistent", set())

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; subclasses define it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    # ---- calling
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the hooks and ``forward``, inside a scope when somebody listens."""
        sink = events.sink
        if sink is None:
            return self._call(*args, **kwargs)
        name = scopes.enter(sink, self)
        try:
            return self._call(*args, **kwargs)
        finally:
            scopes.leave(events.sink, name)

    def _call(self, *args: Any, **kwargs: Any) -> Any:
        for pre_hook in tuple(self._forward_pre_hooks.values()):
            args, kwargs = before_forward(self, pre_hook, args, kwargs)
        backward_hooks: BackwardHooks | None = None
        if self._backward_hooks or self._backward_pre_hooks:
            backward_hooks = BackwardHooks(self, tuple(self._backward_hooks.values()), tuple(self._backward_pre_hooks.values()))
            args = backward_hooks.around_inputs(args)
        result = self.forward(*args, **kwargs)
        for hook in tuple(self._forward_hooks.values()):
            replaced = hook(self, args, kwargs, result) if takes_kwargs(hook) else hook(self, args, result)
            if replaced is not None:
                result = replaced
        return result if backward_hooks is None else backward_hooks.around_outputs(result)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,  # noqa: ARG002  (a hook is not called when forward raises)
    ) -> ModuleHookHandle:
        """Call ``hook(module, args, output)`` after each forward; what it returns (unless None) replaces the output.

        ``with_kwargs``: it is called with the keyword arguments, too, before the output. ``prepend``: before all others.
        """
        return register(self._forward_hooks, hook, prepend, with_kwargs)

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> ModuleHookHandle:
        """Call ``hook(module, args)`` before each forward; what it returns (unless None) replaces the arguments.

        ``with_kwargs``: it is called with the keyword arguments, too, and returns both. ``prepend``: before all others.
        """
        return register(self._forward_pre_hooks, hook, prepend, with_kwargs)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> ModuleHookHandle:
        """Call ``hook(module, grad_input, grad_output)`` when both are known; a tuple it returns replaces ``grad_input``."""
        return register(self._backward_hooks, hook, prepend)

    register_backward_hook = register_full_backward_hook

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> ModuleHookHandle:
        """Call ``hook(module, grad_output)`` when that is known; a tuple it returns replaces it."""
        return register(self._backward_pre_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> ModuleHookHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata, strict, missing, unexpected, errors)`` before loading."""
        return register(self._load_state_dict_pre_hooks, partial(hook, self))

    def _register_load_state_dict_pre_hook(self, hook: Callable[..., Any], with_module: bool = False) -> ModuleHookHandle:
        return register(self._load_state_dict_pre_hooks, partial(hook, self) if with_module else hook)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> ModuleHookHandle:
        """Call ``hook(module, incompatible_keys)`` after loading; it may change the lists of keys, which decide about an error."""
        return register(self._load_state_dict_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> ModuleHookHandle:
        """Call ``hook(module, prefix, keep_vars)`` before the state is collected."""
        return register(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> ModuleHookHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` when the state is collected; it may change that."""
        return register(self._state_dict_hooks, hook)

    _register_state_dict_hook = register_state_dict_post_hook

    # ---- walking
    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all below it, each once (unless asked otherwise), with the attribute path that leads there."""
        seen: set[Module] = set() if memo is None else memo
        stack: list[tuple[str, Module]] = [(prefix, self)]
        while stack:
            path, module = stack.pop()
            if module in seen:
                continue
            if remove_duplicate:
                seen.add(module)
            yield path, module
            children = [(_join(path, name), child) for name, child in module._modules.items() if child is not None]
            stack.extend(reversed(children))

    def modules(self) -> Iterator[Module]:
        """This module and all below it, each once."""
        for _, module in self.named_modules():
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below, each once, with their names."""
        seen: set[Module] = set()
        for name, child in self._modules.items():
            if child is not None and child not in seen:
                seen.add(child)
                yield name, child

    def children(self) -> Iterator[Module]:
        """The modules directly below, each once."""
        for _, child in self.named_children():
            yield child

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters, each once (unless asked otherwise), with their paths."""
        yield from self._named(lambda module: module._parameters, prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator[tuple[str, Tensor]]:
        """All buffers, each once (unless asked otherwise), with their paths."""
        yield from self._named(lambda module: module._buffers, prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def _named(
        self, registry_of: Callable[[Module], Mapping[str, _T | None]], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, _T]]:
        seen: set[int] = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, value in registry_of(module).items():
                if value is not None and id(value) not in seen:
                    if remove_duplicate:
                        seen.add(id(value))
                    yield _join(path, name), value

    def get_submodule(self, target: str) -> Module:
        """The module at a path such as ``"blocks.0.fc1"``. Raises ``AttributeError`` when there is none."""
        module: Module = self
        for name in target.split(".") if target else ():
            if not isinstance(getattr(module, name, None), Module):
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
            module = getattr(module, name)
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as ``"blocks.0.weight"``. Raises ``AttributeError`` when there is none."""
        return self._at(target, "an nn.Parameter", Parameter)

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path. Raises ``AttributeError`` when there is none."""
        return self._at(target, "a buffer", Tensor)

    def _at(self, target: str, what: str, kind: type[_T]) -> _T:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
        found = getattr(module, name)
        if not isinstance(found, kind) or (kind is Tensor and name not in module._buffers):
            raise AttributeError(f"`{name}` is not {what}")
        return found

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Call ``fn`` on every module below and then on this one, for example to initialise them."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # ---- state
    def state_dict(self, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> OrderedDict[str, Any]:
        """Parameters and persistent buffers by path, detached unless ``keep_vars``; they share memory with the module."""
        state = new_state() if destination is None else destination
        metadata = {"version": self._version}
        if hasattr(state, "_metadata"):
            state._metadata[prefix[:-1]] = metadata
        for before in tuple(self._state_dict_pre_hooks.values()):
            before(self, prefix, keep_vars)
        self._save_to_state_dict(state, prefix, keep_vars)
        for name, child in self._modules.items():
            if child is not None:
                child.state_dict(destination=state, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for after in tuple(self._state_dict_hooks.values()):
            replaced = after(self, state, prefix, metadata)
            state = state if replaced is None else replaced
        return state

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        own_state(self, destination, prefix, keep_vars)

    def _load_from_state_dict(
        self,
        state_dict: Mapping[str, Any],
        prefix: str,
        local_metadata: Mapping[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        load_own_state(self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)

    def get_extra_state(self) -> Any:
        """What else belongs to the state; subclasses that have something define this and :meth:`set_extra_state`."""
        raise RuntimeError("Reached a code path in Module.get_extra_state() that should never be called.")

    def set_extra_state(self, state: Any) -> None:  # noqa: ARG002  (for subclasses)
        """Take over what :meth:`get_extra_state` gave."""
        raise RuntimeError("Reached a code path in Module.set_extra_state() that should never be called.")

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> IncompatibleKeys:
        """Copy the values of ``state_dict`` into parameters and buffers; with ``assign`` take over its tensors.

        Raises ``RuntimeError`` listing every key that is missing or unexpected (when ``strict``) and every shape that does not fit.
        """
        return load_state(self, state_dict, strict, assign)

    # ---- modes and gradients
    def train(self, mode: bool = True) -> Self:
        """Switch this module and all below to training (or evaluation) behaviour."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Switch to evaluation behaviour: dropout does nothing."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze or unfreeze all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters."""
        reset_gradients(self.parameters(), set_to_none)

    # ---- dtype and device
    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert floating-point parameters and buffers to a dtype; a device may be named, and is the CPU."""
        for argument in (*args, *kwargs.values()):
            if isinstance(argument, dtype):
                if argument.np.kind != "f":
                    raise TypeError(f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={argument}")
                self._convert(argument)
            elif isinstance(argument, Tensor):
                self._convert(argument.dtype)
            elif isinstance(argument, str):
                device(argument)  # raises for anything but the CPU
        return self

    def type(self, dst_type: Any) -> Self:
        """Convert everything to a dtype."""
        return self._apply(lambda tensor: tensor.type(dst_type))

    def float(self) -> Self:
        """Convert to float32."""
        return self._convert(float32)

    def double(self) -> Self:
        """Convert to float64."""
        return self._convert(float64)

    def half(self) -> Self:
        """Convert to float16."""
        return self._convert(float16)

    def cpu(self) -> Self:
        """Nothing to do: everything is on the CPU."""
        return self

    def _convert(self, to: dtype) -> Self:
        return self._apply(lambda tensor: tensor.to(to) if tensor.is_floating_point() else tensor)

    def _apply(self, fn: Callable[[Any], Any], recurse: bool = True) -> Self:
        """Give all parameters, their gradients and all buffers the values that ``fn`` makes of them."""
        if recurse:
            for child in self.children():
                child._apply(fn)
        for parameter in self._parameters.values():
            if parameter is not None:
                with no_grad():
                    parameter.data = fn(parameter)
                if parameter.grad is not None:
                    with no_grad():
                        changed = fn(parameter.grad)
                    parameter.grad.data = changed
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    # ---- text
    def extra_repr(self) -> str:
        """What stands in the brackets of the printed form; subclasses define it."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        children = [f"({name}): {indented(repr(child))}" for name, child in self._modules.items()]
        return format_module(type(self).__name__, extra, children)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
