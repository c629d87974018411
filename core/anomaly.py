"""Anomaly detection: nodes remember where they were made; the pass stops at the first NaN, and says where its node came from."""

from __future__ import annotations

import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from .activity import activity
from .grad_mode import thread_state
from .node import Node
from .tensor import Tensor

_CORE = str(Path(__file__).parent)
_STACK, _PARENT = "traceback_", "parent_"
_HINT = "Enable detect anomaly during forward pass for more information."


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is on."""
    return activity.anomaly


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly detection looks for NaN in gradients."""
    return activity.check_nan


def set_anomaly_enabled(mode: bool, check_nan: bool = True) -> None:
    """Switch anomaly detection, for all threads."""
    if mode != activity.anomaly:
        activity.blocks += 1 if mode else -1
    activity.anomaly = mode
    activity.check_nan = check_nan
    activity.on_node = remember_forward if mode else None


class detect_anomaly:  # noqa: N801  (named as in torch)
    """Within this block: nodes remember where they were made, and a NaN in a gradient is an error (unless ``check_nan=False``)."""

    def __init__(self, check_nan: bool = True) -> None:
        self.prev = activity.anomaly
        self.check_nan = check_nan
        self.prev_check_nan = activity.check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        set_anomaly_enabled(True, self.check_nan)

    def __exit__(self, *exception: object) -> None:
        set_anomaly_enabled(self.prev, self.prev_check_nan)


class set_detect_anomaly:  # noqa: N801
    """Switch anomaly detection at once; as a context manager, restore it at the end of the block."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.prev = activity.anomaly
        self.prev_check_nan = activity.check_nan
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        set_anomaly_enabled(self.prev, self.prev_check_nan)


def remember_forward(node: Node) -> None:
    """Keep in ``node.metadata`` the stack (without core's own frames) and the node whose backward is making this one."""
    frames = [frame for frame in traceback.extract_stack() if not frame.filename.startswith(_CORE)]
    node.metadata[_STACK] = traceback.format_list(frames)
    if thread_state.running_node is not None:
        node.metadata[_PARENT] = thread_state.running_node


def check_for_nan(node: Node, gradients: Any) -> None:
    """Raise ``RuntimeError`` if a gradient that ``node`` returned has a NaN in it."""
    for index, gradient in enumerate(gradients or ()):
        array = gradient._array if isinstance(gradient, Tensor) else gradient
        if array is not None and array.dtype.kind == "f" and np.isnan(array).any():
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {index}th output.")


def warn_of_error(node: Node) -> None:
    """Warn where ``node``, in whose backward an error occurred, was made, and the nodes whose backward made it."""
    stack = _metadata(node).get(_STACK)
    if stack is None:
        warnings.warn(f"Error detected in {node.name()}. No forward pass information available. {_HINT}", UserWarning, stacklevel=2)
    else:
        text = "".join(stack)
        warnings.warn(
            f"Error detected in {node.name()}. Traceback of forward call that caused the error:\n{text}", UserWarning, stacklevel=2
        )
    parent = _metadata(node).get(_PARENT)
    while parent is not None:
        stack = _metadata(parent).get(_STACK)
        if stack is None:
            message = f"No forward pass information available. {_HINT}"
        else:
            message = "Traceback of forward call that induced the previous calculation:\n" + "".join(stack)
        warnings.warn(f"\n\nPrevious calculation was induced by {parent.name()}. {message}", UserWarning, stacklevel=2)
        parent = _metadata(parent).get(_PARENT)


def _metadata(node: Node) -> dict[Any, Any]:
    hooks = node.hooks
    return {} if hooks is None or hooks.metadata is None else hooks.metadata
