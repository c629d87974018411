"""Run a PyTorch script as Python would and tell all that it computed: tensors, gradients, versions, output, exception."""

from __future__ import annotations

import contextlib
import gc
import io
import weakref
from pathlib import Path
from typing import Any

import torch
from torch_programs import facts_of

Facts = dict[str, Any]


def run_script(path: Path) -> tuple[Facts, list[weakref.ref[Any]]]:
    """What the script left behind, and weak references to its tensors, of which none may be alive by now."""
    names: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    said = io.StringIO()
    raised = None
    with contextlib.redirect_stdout(said):
        try:
            exec(code, names)
        except Exception as error:  # noqa: BLE001  whatever the script raises is a fact
            raised = type(error).__name__, str(error)
    facts: Facts = {"printed": said.getvalue(), "raised": raised}
    with torch._C.DisableTorchFunction():  # this is not the program: a recording is not to hear of it
        tensors = dict(tensors_in(names))
        facts |= {name: facts_of(tensor) for name, tensor in tensors.items()}
    watched = [weakref.ref(tensor) for tensor in tensors.values()]
    tensors.clear()
    names.clear()
    return facts, watched


def tensors_in(names: dict[str, Any]) -> list[tuple[str, Any]]:
    """The tensors that a program's variables hold: parameters, buffers, gradients and optimizer states included."""
    found: dict[str, Any] = {}
    for name, value in names.items():
        if isinstance(value, torch.nn.Module):
            found |= {f"{name}.{path}": one for path, one in (*value.named_parameters(), *value.named_buffers())}
        elif isinstance(value, torch.optim.Optimizer):
            states = [list(state.items()) for state in value.state.values()]
            found |= {f"{name}.{i}.{key}": one for i, state in enumerate(states) for key, one in state}
        elif isinstance(value, (list, tuple)):
            found |= {f"{name}[{i}]": one for i, one in enumerate(value)}
        else:
            found[name] = value
    tensors = {name: one for name, one in found.items() if isinstance(one, torch.Tensor)}
    gradients = {f"{name}.grad": one.grad for name, one in tensors.items() if one.is_leaf and one.grad is not None}
    return [*tensors.items(), *gradients.items()]


def alive(watched: list[weakref.ref[Any]]) -> int:
    """How many of the program's tensors are still there once its garbage is collected."""
    gc.collect()
    return sum(one() is not None for one in watched)
