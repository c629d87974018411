"""Loading a module's state: what is missing, unexpected or of another shape, said as PyTorch says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from ..grad_mode import no_grad
from ..tensor import Tensor

if TYPE_CHECKING:
    from .module import Module


class IncompatibleKeys(NamedTuple):
    """What ``load_state_dict`` could not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


def load_state(module: Module, state_dict: Mapping[str, Tensor], strict: bool) -> IncompatibleKeys:
    """What ``module.load_state_dict`` does."""
    own = module.state_dict()
    missing = [key for key in own if key not in state_dict]
    unexpected = [key for key in state_dict if key not in own]
    problems = []
    if strict and missing:
        problems.append(f"Missing key(s) in state_dict: {_quoted(missing)}. ")
    if strict and unexpected:
        problems.append(f"Unexpected key(s) in state_dict: {_quoted(unexpected)}. ")
    for key, value in own.items():
        if key in state_dict and state_dict[key].shape != value.shape:
            problems.append(
                f"size mismatch for {key}: copying a param with shape {state_dict[key].shape} from checkpoint, "
                f"the shape in current model is {value.shape}."
            )
    if problems:
        raise RuntimeError(f"Error(s) in loading state_dict for {type(module).__name__}:\n\t" + "\n\t".join(problems))
    with no_grad():
        for key, value in own.items():
            if key in state_dict:
                value.copy_(state_dict[key])
    return IncompatibleKeys(missing, unexpected)


def _quoted(keys: list[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)
