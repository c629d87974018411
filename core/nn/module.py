"""Module: the base of everything with parameters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self, TypeVar

import numpy as np

from .. import events
from ..dtypes import as_dtype, device, dtype, float16, float32, float64
from ..tensor import Tensor
from . import scopes
from .backward_hooks import BackwardHooks
from .module_hooks import ModuleHookHandle, register
from .module_state import IncompatibleKeys, load_state
from .module_text import format_module, indented
from .parameter import Parameter, reset_gradients

_T = TypeVar("_T")
_HOOK_REGISTRIES = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


class Module:
    """A piece of a model: parameters, buffers and submodules as attributes, and a ``forward`` of your own.

    Parameters and modules assigned as attributes are registered; call ``super().__init__()`` before assigning any.
    """

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _forward_hooks: dict[int, Callable[..., Any]]
    _forward_pre_hooks: dict[int, Callable[..., Any]]
    _backward_hooks: dict[int, Callable[..., Any]]
    _backward_pre_hooks: dict[int, Callable[..., Any]]

    def __init__(self) -> None:
        set_plainly = super().__setattr__
        set_plainly("training", True)
        for registry in ("_parameters", "_buffers", "_modules", *_HOOK_REGISTRIES):
            set_plainly(registry, {})
        set_plainly("_non_persistent", set())

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
            replaced = pre_hook(self, args)
            if replaced is not None:
                args = replaced if isinstance(replaced, tuple) else (replaced,)
        backward_hooks: BackwardHooks | None = None
        if self._backward_hooks or self._backward_pre_hooks:
            backward_hooks = BackwardHooks(self, tuple(self._backward_hooks.values()), tuple(self._backward_pre_hooks.values()))
            args = backward_hooks.around_inputs(args)
        result = self.forward(*args, **kwargs)
        for hook in tuple(self._forward_hooks.values()):
            replaced = hook(self, args, result)
            if replaced is not None:
                result = replaced
        return result if backward_hooks is None else backward_hooks.around_outputs(result)

    def register_forward_hook(self, hook: Callable[..., Any]) -> ModuleHookHandle:
        """Call ``hook(module, args, output)`` after each forward; what it returns (unless None) replaces the output."""
        return register(self._forward_hooks, hook)

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> ModuleHookHandle:
        """Call ``hook(module, args)`` before each forward; what it returns (unless None) replaces the arguments."""
        return register(self._forward_pre_hooks, hook)

    def register_full_backward_hook(self, hook: Callable[..., Any]) -> ModuleHookHandle:
        """Call ``hook(module, grad_input, grad_output)`` when both are known; a tuple it returns replaces ``grad_input``."""
        return register(self._backward_hooks, hook)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any]) -> ModuleHookHandle:
        """Call ``hook(module, grad_output)`` when that is known; a tuple it returns replaces it."""
        return register(self._backward_pre_hooks, hook)

    # ---- registration
    def __setattr__(self, name: str, value: Any) -> None:
        registries = self.__dict__
        if isinstance(value, Parameter):
            if "_parameters" not in registries:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            self._forget(name)
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            if "_modules" not in registries:
                raise AttributeError("cannot assign module before Module.__init__() call")
            self._forget(name)
            self._modules[name] = value
        elif name in registries.get("_parameters", ()):
            if value is not None:
                raise TypeError(f"cannot assign '{_type_name(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)")
            self._parameters[name] = None
        elif name in registries.get("_modules", ()):
            if value is not None:
                raise TypeError(f"cannot assign '{_type_name(value)}' as child module '{name}' (torch.nn.Module or None expected)")
            self._modules[name] = None
        elif name in registries.get("_buffers", ()):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(f"cannot assign '{_type_name(value)}' as buffer '{name}' (torch.Tensor or None expected)")
            self._buffers[name] = value
        else:
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        for registry in ("_parameters", "_buffers", "_modules"):
            found = self.__dict__.get(registry, {})
            if name in found:
                return found[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        if not self._forget(name):
            super().__delattr__(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._parameters, *self._buffers, *self._modules})

    def _forget(self, name: str) -> bool:
        """Drop ``name`` from wherever it is registered, and from the plain attributes; says whether it was registered."""
        self.__dict__.pop(name, None)
        registered = [registry for registry in (self._parameters, self._buffers, self._modules) if name in registry]
        for registry in registered:
            del registry[name]
        return bool(registered)

    def _check_name(self, kind: str, name: str, registry: Mapping[str, Any]) -> None:
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."')
        if not name:
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in registry:
            raise KeyError(f"attribute '{name}' already exists")

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under ``name``; None reserves the name."""
        self._check_name("parameter", name, self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{_type_name(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)"
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that belongs to the module but is not trained; it is part of the state unless ``persistent`` is False."""
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign '{_type_name(tensor)}' object to buffer '{name}' (torch Tensor or None required)")
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent.discard(name)
        else:
            self._non_persistent.add(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a submodule under ``name``."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        self._check_name("module", name, self._modules)
        self._modules[name] = module

    register_module = add_module

    # ---- walking
    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """This module and all below it, each once, with the attribute path that leads there."""
        seen: set[Module] = set()
        stack: list[tuple[str, Module]] = [(prefix, self)]
        while stack:
            path, module = stack.pop()
            if module in seen:
                continue
            seen.add(module)
            yield path, module
            children = [(_join(path, name), child) for name, child in module._modules.items() if child is not None]
            stack.extend(reversed(children))

    def modules(self) -> Iterator[Module]:
        """This module and all below it, each once."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below, each once, with their names."""
        seen: set[Module] = set()
        for name, child in self._modules.items():
            if child is not None and child not in seen:
                seen.add(child)
                yield name, child

    def children(self) -> Iterator[Module]:
        """The modules directly below, each once."""
        return (child for _, child in self.named_children())

    def named_parameters(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Parameter]]:
        """All parameters, each once, with their paths."""
        return self._named(lambda module: module._parameters, prefix, recurse)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Tensor]]:
        """All buffers, each once, with their paths."""
        return self._named(lambda module: module._buffers, prefix, recurse)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _named(
        self, registry_of: Callable[[Module], Mapping[str, _T | None]], prefix: str, recurse: bool
    ) -> Iterator[tuple[str, _T]]:
        seen: set[int] = set()
        for path, module in self.named_modules(prefix) if recurse else [(prefix, self)]:
            for name, value in registry_of(module).items():
                if value is not None and id(value) not in seen:
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

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Call ``fn`` on every module below and then on this one, for example to initialise them."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # ---- state
    def state_dict(self, *, prefix: str = "") -> OrderedDict[str, Tensor]:
        """Parameters and persistent buffers by path, detached; they share memory with the module."""
        state: OrderedDict[str, Tensor] = OrderedDict()
        self._collect_state(state, prefix)
        return state

    def _collect_state(self, state: OrderedDict[str, Tensor], prefix: str) -> None:
        for name, value in (*self._parameters.items(), *self._buffers.items()):
            if value is not None and name not in self._non_persistent:
                state[prefix + name] = value.detach()
        for name, child in self._modules.items():
            if child is not None:
                child._collect_state(state, f"{prefix}{name}.")

    def load_state_dict(self, state_dict: Mapping[str, Tensor], strict: bool = True) -> IncompatibleKeys:
        """Copy the values of ``state_dict`` into parameters and buffers.

        Raises ``RuntimeError`` listing every key that is missing or unexpected (when ``strict``) and every shape that does not fit.
        """
        return load_state(self, state_dict, strict)

    # ---- modes and gradients
    def train(self, mode: bool = True) -> Self:
        """Switch this module and all below to training (or evaluation) behaviour."""
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
                self._convert(argument)
            elif isinstance(argument, str):
                device(argument)  # raises for anything but the CPU
        return self

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
        target: np.dtype[Any] = as_dtype(to).np
        tensors: Iterable[Tensor] = (*self.parameters(), *self.buffers())
        for tensor in tensors:
            if tensor.is_floating_point():
                tensor.data = tensor.detach().to(to) if tensor._array.dtype != target else tensor.data
        return self

    # ---- text
    def extra_repr(self) -> str:
        """What stands in the brackets of the printed form; subclasses define it."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        children = [f"({name}): {indented(repr(child))}" for name, child in self._modules.items()]
        return format_module(type(self).__name__, extra, children)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _type_name(value: object) -> str:
    return value.dtype.tensor_type if isinstance(value, Tensor) else type(value).__name__
