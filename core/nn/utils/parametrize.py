"""Parametrizations: a parameter that is computed, each time it is read, from another one.

A module with parametrized tensors is of a class of its own, ``ParametrizedLinear`` for a ``Linear``, on which each of them is a
property. What it is computed from is in ``module.parametrizations.<name>``, a :class:`ParametrizationList`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from ...grad_mode import no_grad
from ...tensor import Tensor
from ..containers import ModuleDict, ModuleList
from ..module import Module
from ..parameter import Parameter

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]

_caching = 0
_cache: dict[tuple[int, str], Any] = {}


@contextmanager
def cached() -> Iterator[None]:
    """Inside, a parametrized tensor is computed once only."""
    global _caching
    _caching += 1
    try:
        yield
    finally:
        _caching -= 1
        if not _caching:
            _cache.clear()


def _register(module: Module, name: str, tensor: Tensor) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, the first one applied first; and what they begin with.

    That is ``original``, or ``original0``, ``original1`` … where the ``right_inverse`` of the first gives several tensors.
    """

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not len(modules):
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        new: Any = original
        with no_grad():
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    with suppress(NotImplementedError):
                        new = module.right_inverse(new)
        if not isinstance(new, (Tensor, Sequence)):
            raise ValueError(
                f"'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got {type(new).__name__}"
            )
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if self.is_tensor else len(new)
        if isinstance(new, Tensor):
            if dtype is not new.dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {dtype}\nright_inverse(original).dtype: {new.dtype}"
                )
            with no_grad():
                original.set_(new)
            _register(self, "original", original)
        else:
            self._register_several(new, original)
        if not self.unsafe:
            _check_like(self(), shape, dtype, "unparametrized {}", "parametrized {}", "unless `unsafe` flag is enabled")

    def _register_several(self, tensors: Sequence[Any], original: Tensor) -> None:
        for number, one in enumerate(tensors):
            if not isinstance(one, Tensor):
                raise ValueError(
                    "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got element "
                    f"{number} of the sequence with type {type(one).__name__}."
                )
            made: Tensor = Parameter(one, original.requires_grad) if isinstance(original, Parameter) else one
            _register(self, f"original{number}", made.requires_grad_(original.requires_grad))

    def right_inverse(self, value: Tensor) -> None:
        """Set what the tensor is computed from so that it becomes ``value``, by the ``right_inverse`` of each parametrization."""
        with no_grad():
            new: Any = value
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                new = module.right_inverse(new)
            if self.is_tensor:
                if not isinstance(new, Tensor):
                    raise ValueError(f"`right_inverse` should return a tensor. Got {type(new).__name__}")
                if new.dtype is not self.original.dtype:
                    raise ValueError(
                        f"The tensor returned by `right_inverse` has dtype {new.dtype} while `original` has dtype "
                        f"{self.original.dtype}"
                    )
                self.original.set_(new)
            else:
                self._set_several(new)

    def _set_several(self, new: Any) -> None:
        if not isinstance(new, Sequence):
            raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(new).__name__}.")
        if len(new) != self.ntensors:
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of length {len(new)}."
            )
        for number, tensor in enumerate(new):
            before = getattr(self, f"original{number}")
            if not isinstance(tensor, Tensor):
                raise ValueError(
                    "'right_inverse' must return a sequence of tensors or reference-type opaques. Got element "
                    f"{number} of type {type(tensor).__name__}."
                )
            if before.dtype is not tensor.dtype:
                raise ValueError(
                    f"Tensor {number} returned by `right_inverse` has dtype {tensor.dtype} while `original{number}` has dtype "
                    f"{before.dtype}"
                )
            before.set_(tensor)

    def forward(self) -> Tensor:
        """The parametrized tensor."""
        first, *others = list(self)
        result: Tensor = first(*([self.original] if self.is_tensor else self._originals()))
        for module in others:
            result = module(result)
        return result

    def _originals(self) -> list[Tensor]:
        return [getattr(self, f"original{number}") for number in range(self.ntensors)]


def _check_like(found: Any, shape: Any, dtype: Any, before: str, after: str, unless: str) -> None:
    """Raise ``ValueError`` for a parametrization that changes what kind of tensor it is."""
    if not isinstance(found, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(found).__name__}.")
    for what, old, new in (("dtype", dtype, found.dtype), ("shape", shape, found.shape)):
        if old != new:
            raise ValueError(
                f"Registering a parametrization may not change the {what} of the tensor, {unless}.\n"
                f"{before.format(what)}: {old}\n{after.format(what)}: {new}"
            )


# ---------------------------------------------------------------------------------------------------- classes with properties
def _with_own_class(module: Module) -> None:
    """Give ``module`` a class of its own, for its properties."""
    kind = type(module)

    def deep_copy(self: Any, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            replica = memo[id(self)] = self.__new__(type(self))
            replica.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return memo[id(self)]

    def refuse(self: Any) -> Any:  # noqa: ARG001
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(). See:\n"
            "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
            "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
        )

    namespace: dict[str, Any] = {"__getstate__": refuse}
    if not hasattr(kind, "__deepcopy__"):
        namespace["__deepcopy__"] = deep_copy
    module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), namespace)


def _with_property(module: Module, name: str) -> None:
    def read(self: Any) -> Tensor:
        parametrization = self.parametrizations[name]
        if not _caching:
            return parametrization()  # type: ignore[no-any-return]
        key = id(self), name
        if key not in _cache:
            _cache[key] = parametrization()
        return _cache[key]  # type: ignore[no-any-return]

    def assign(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(read, assign))


def register_parametrization(module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False) -> Module:
    """Compute the parameter or buffer ``tensor_name`` of ``module`` by ``parametrization``, after others it may have.

    Where that has a ``right_inverse``, the tensor keeps its present value as far as it can. ``unsafe``: dtype and shape may change.
    Raises ``ValueError`` for a name that is none, and for a result that does not fit.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_further(module, tensor_name, parametrization)
        known = module.parametrizations[tensor_name]
        known.append(parametrization)
        known.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        made = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _with_own_class(module)
            module.parametrizations = ModuleDict()
        _with_property(module, tensor_name)
        module.parametrizations[tensor_name] = made
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name '{tensor_name}'"
        )
    return module


def _check_further(module: Module, name: str, parametrization: Any) -> None:
    """Raise ``ValueError`` if a further parametrization, or its inverse, does not fit what there is."""
    present = getattr(module, name)
    new = parametrization(present)
    text = "unless the `unsafe` flag is enabled"
    _check_like(new, present.shape, present.dtype, f"module.{name}.{{}}", f"parametrization(module.{name}).{{}}", text)
    if not hasattr(parametrization, "right_inverse"):
        return
    with suppress(NotImplementedError):
        inverse = parametrization.right_inverse(new)
        if not isinstance(inverse, Tensor):
            raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(inverse).__name__}")
        for what, old, found in (("dtype", present.dtype, inverse.dtype), ("shape", present.shape, inverse.shape)):
            if old != found:
                raise ValueError(
                    f"The tensor returned by parametrization.right_inverse must have the same {what} as module.{name}, unless the "
                    f"`unsafe` flag is enabled.\nmodule.{name}.{what}: {old}\nreturned {what}: {found}"
                )


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a module has parametrized tensors, or this one is."""
    found = getattr(module, "parametrizations", None)
    if not isinstance(found, ModuleDict):
        return False
    return len(found) > 0 if tensor_name is None else tensor_name in found


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make the tensor an ordinary one again: with its present value, or (``leave_parametrized=False``) what it is computed from.

    Raises ``ValueError`` where there is nothing to remove, or where that is more than one tensor.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    known = module.parametrizations[tensor_name]
    if not known.is_tensor and not leave_parametrized:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of "
            "tensors."
        )
    if known.is_tensor:
        original = known.original
        if leave_parametrized:
            with no_grad():
                original.set_(getattr(module, tensor_name))
    else:
        value = getattr(module, tensor_name)
        original = Parameter(value) if value.requires_grad else value
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class of a module, or what it was before the first parametrization."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(from_module: Module, to_module: Module, tensor_name: str | None = None) -> Module:
    """Give ``to_module`` the parametrizations of ``from_module``, and the tensors these begin with."""
    if is_parametrized(from_module):
        for name in list(from_module.parametrizations) if tensor_name is None else [tensor_name]:
            if not hasattr(to_module, name):
                setattr(to_module, name, Parameter(getattr(from_module, name)))
            source = from_module.parametrizations[name]
            for parametrization in source:
                register_parametrization(to_module, name, parametrization)
            for original in source._parameters.keys() | source._buffers.keys():
                setattr(to_module.parametrizations[name], original, getattr(source, original))
    return to_module
