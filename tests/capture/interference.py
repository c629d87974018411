"""Whether a recording changes what it records: facts of all that a function gives, alone and recorded."""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import gradtrace
import torch

LEVELS = ("structure", "stats", "values")


def facts(thing: Any) -> Any:
    """Values, strides, versions and graph of a tensor; of collections of them; how anything else is written."""
    if isinstance(thing, torch.Tensor):
        with torch._C.DisableTorchFunction(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dense = thing.layout is torch.strided
            where = (thing.stride(), thing.storage_offset()) if dense else None
            version = None if thing.is_inference() else thing._version
            return (
                *(type(thing).__name__, thing.dtype, tuple(thing.shape), where, version),
                *(bits(thing), thing.requires_grad, thing.is_leaf, thing._is_view(), graph(thing.grad_fn)),
            )
    if isinstance(thing, (list, tuple)):
        return [facts(one) for one in thing]
    if isinstance(thing, BaseException):
        notes = [note for note in getattr(thing, "__notes__", ()) if not note.startswith("gradtrace")]
        return type(thing).__name__, str(thing), notes
    return thing if isinstance(thing, (int, str, bool, type(None))) else type(thing).__name__


def bits(tensor: Any) -> Any:
    """The bytes of its values, NaN included."""
    values = tensor.detach()
    if values.layout is not torch.strided:
        values = values.to_dense()
    values = values.resolve_conj().resolve_neg().contiguous().reshape(-1)
    return values.view(torch.uint8).tolist() if values.numel() else []


def graph(node: Any) -> Any:
    """Names and edges of the nodes behind ``node``."""
    if node is None:
        return None
    seen: dict[Any, int] = {}
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen[one] = len(seen)
            waiting += [following for following, _ in one.next_functions if following is not None]
    return [(one.name(), [(seen.get(following, -1), number) for following, number in one.next_functions]) for one in seen]


def outcome(function: Callable[[], Any]) -> Any:
    """What ``function`` gives, or how it fails, and what it warns of and from which line."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = facts(function())
        except Exception as error:  # noqa: BLE001  whatever it is, is a fact
            result = facts(error)
    return result, [(one.category.__name__, str(one.message), one.filename, one.lineno) for one in caught]


def recorded(program: Callable[[], Any], folder: Path, **options: Any) -> tuple[Any, str, str]:
    """What ``program`` returns while it is recorded, what the recording said, and why it failed."""
    said = io.StringIO()
    with redirect_stderr(said), gradtrace.record(folder / "run.gtrace", **options) as recording:
        result = program()
    return result, said.getvalue(), recording.failure


def left_in_torch() -> list[Any]:
    """What a capture puts into PyTorch, as it is now."""
    in_modules, in_optimizers = sys.modules["torch.nn.modules.module"], sys.modules["torch.optim.optimizer"]
    return [
        vars(torch.autograd.variable.Variable)["_execution_engine"],
        vars(torch.autograd.Function)["apply"],
        vars(torch.optim.Optimizer)["zero_grad"],
        vars(torch.utils.hooks.RemovableHandle)["remove"],
        torch.utils.swap_tensors,
        vars(torch.autograd.function._HookMixin)["_register_hook"],
        warnings.warn,
        torch._C._len_torch_function_stack(),
        *(dict(value) for name, value in vars(in_modules).items() if name.startswith("_global_") and isinstance(value, dict)),
        dict(in_optimizers._global_optimizer_pre_hooks),
        dict(in_optimizers._global_optimizer_post_hooks),
    ]
