"""The state of modules: collecting and loading it; what is missing, unexpected or of another shape, said as PyTorch says it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..grad_mode import no_grad
from ..tensor import Tensor
from .parameter import Parameter
from .uninitialized import is_lazy

if TYPE_CHECKING:
    from .module import Module

EXTRA = "_extra_state"
"""The key under which a module keeps what its ``get_extra_state`` returns."""


class IncompatibleKeys(NamedTuple):
    """What ``load_state_dict`` could not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


def new_state() -> OrderedDict[str, Any]:
    """A state with nothing in it: parameters and buffers by path. Its ``_metadata`` has the version of each module by path."""
    state: Any = OrderedDict()
    state._metadata = OrderedDict()
    return state  # type: ignore[no-any-return]


def own_state(module: Module, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
    """Put what belongs to the module itself into ``destination``: what ``Module._save_to_state_dict`` does."""
    for name, value in (*module._parameters.items(), *module._buffers.items()):
        if value is not None and name not in module._non_persistent:
            destination[prefix + name] = value if keep_vars else value.detach()
    if _has_extra_state(module):
        destination[prefix + EXTRA] = module.get_extra_state()


def _has_extra_state(module: Module) -> bool:
    from .module import Module as Base  # noqa: PLC0415  (which imports this file)

    return type(module).get_extra_state is not Base.get_extra_state


def load_own_state(
    module: Module,
    state_dict: Mapping[str, Any],
    prefix: str,
    local_metadata: Mapping[str, Any],
    strict: bool,
    missing_keys: list[str],
    unexpected_keys: list[str],
    error_msgs: list[str],
) -> None:
    """Copy what belongs to the module itself from a state: what ``Module._load_from_state_dict`` does."""
    assign = local_metadata.get("assign_to_params_buffers", False)
    own = {name: value for name, value in (*module._parameters.items(), *module._buffers.items()) if value is not None}
    for name, value in own.items():
        if name in module._non_persistent:
            continue
        key = prefix + name
        if key in state_dict:
            _load_one(module, name, value, key, state_dict[key], assign, error_msgs)
        elif strict:
            missing_keys.append(key)
    _load_extra_state(module, state_dict, prefix, strict, missing_keys, unexpected_keys)
    if strict:
        known = {prefix + name for name in own.keys() - module._non_persistent} | {prefix + EXTRA}
        children = tuple([f"{prefix}{name}." for name in module._modules])
        for key in state_dict:
            if key.startswith(prefix) and key not in known and not (children and key.startswith(children)):
                unexpected_keys.append(key)


def _load_one(module: Module, name: str, value: Tensor, key: str, given: Any, assign: bool, error_msgs: list[str]) -> None:
    if not isinstance(given, Tensor):
        error_msgs.append(
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from checkpoint but received '
            f"{type(given)}"
        )
    elif is_lazy(value):  # and so is what was given: see LazyModuleMixin
        pass
    elif given.shape != value.shape:
        error_msgs.append(
            f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, the shape in current model is "
            f"{value.shape}."
        )
    elif assign:
        as_before = isinstance(value, Parameter) and not isinstance(given, Parameter)
        setattr(module, name, Parameter(given, requires_grad=value.requires_grad) if as_before else given)
    else:
        with no_grad():
            value.copy_(given)


def _load_extra_state(
    module: Module,
    state_dict: Mapping[str, Any],
    prefix: str,
    strict: bool,
    missing_keys: list[str],
    unexpected_keys: list[str],
) -> None:
    key = prefix + EXTRA
    from .module import Module as Base  # noqa: PLC0415  (which imports this file)

    if type(module).set_extra_state is not Base.set_extra_state:
        if key in state_dict:
            module.set_extra_state(state_dict[key])
        elif strict:
            missing_keys.append(key)
    elif strict and key in state_dict:
        unexpected_keys.append(key)


def load_state(module: Module, state_dict: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """What ``module.load_state_dict`` does."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
    metadata = getattr(state_dict, "_metadata", None)
    missing: list[str] = []
    unexpected: list[str] = []
    problems: list[str] = []
    state = OrderedDict(state_dict)

    def load(part: Module, prefix: str) -> None:
        local = {} if metadata is None else dict(metadata.get(prefix[:-1], {}))
        if assign:
            local["assign_to_params_buffers"] = True
        for hook in tuple(part._load_state_dict_pre_hooks.values()):
            hook(state, prefix, local, True, missing, unexpected, problems)
        part._load_from_state_dict(state, prefix, local, True, missing, unexpected, problems)
        for name, child in part._modules.items():
            if child is not None:
                load(child, f"{prefix}{name}.")
        found = IncompatibleKeys(missing, unexpected)
        for after in tuple(part._load_state_dict_post_hooks.values()):
            if after(part, found) is not None:
                raise AssertionError(
                    "Hooks registered with ``register_load_state_dict_post_hook`` are notexpected to return new values, if "
                    "incompatible_keys need to be modified,it should be done inplace."
                )

    load(module, "")
    if strict and unexpected:
        problems.insert(0, f"Unexpected key(s) in state_dict: {_quoted(unexpected)}. ")
    if strict and missing:
        problems.insert(0, f"Missing key(s) in state_dict: {_quoted(missing)}. ")
    if problems:
        raise RuntimeError(f"Error(s) in loading state_dict for {type(module).__name__}:\n\t" + "\n\t".join(problems))
    return IncompatibleKeys(missing, unexpected)


def _quoted(keys: list[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)
