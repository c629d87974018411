"""What an AccumulateGrad node does: add a gradient to its leaf's ``.grad``."""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np

from . import errors, events
from .backends import TENSORS
from .identity import node_id, storage_id, tensor_id
from .node import AccumulateGrad
from .storage import counter_of
from .tensor import Array, Tensor, from_array, mark_as_gradient
from .tensor_hooks import AutogradMeta

_one_at_a_time = threading.RLock()
"""Passes of several threads may meet at a leaf."""


def accumulate(pass_: int, node: AccumulateGrad, gradient: Any, owned: bool, sink: events.Sink | None) -> None:
    """Add ``gradient`` (an array, or a tensor in a recorded pass) to the leaf's ``.grad``.

    In a plain pass ``.grad`` stays the same tensor and is added to in place; ``owned`` says that nobody else holds the array, so
    the first gradient need not be copied. In a recorded pass ``.grad`` becomes a new tensor with a history.
    """
    with _one_at_a_time:
        _accumulate(pass_, node, gradient, owned, sink)


def accumulate_unheard(leaf: Tensor, meta: AutogradMeta, gradient: Array, owned: bool) -> None:
    """As :func:`accumulate` in a plain pass that nobody listens to."""
    with _one_at_a_time:
        if meta.grad is None:
            meta.grad = _first_gradient(gradient, leaf._array, owned)
        else:
            _add_in_place(meta.grad, gradient, None)


def accumulate_unobserved(pass_: int, node: AccumulateGrad, gradient: Array, owned: bool, listener: events.Sink) -> None:
    """As :func:`accumulate` in a plain pass whose ``listener`` does not observe nodes.

    It hears of what cannot be worked out later: writes to memory that events have spoken of before, and the moment at which the
    hooks that follow an accumulation begin.
    """
    leaf = node.variable
    meta = leaf._own_meta()
    with _one_at_a_time:
        old = meta.grad
        accumulate_unheard(leaf, meta, gradient, owned)
        total = meta.grad
        assert total is not None
        if old is None:
            mark_as_gradient(total, leaf)
        counter = counter_of(total)
        is_known = old is not None and counter.storage.number != events.NONE
        if is_known:
            listener.version_bumped(tensor_id(total), storage_id(total), "accumulate_grad", counter.version - 1, counter.version)
        if is_known or meta.post_accumulate:
            before = None if old is None else total._array
            listener.gradient_accumulated(pass_, tensor_id(leaf), node_id(node), before, gradient, total._array)


def _accumulate(pass_: int, node: AccumulateGrad, gradient: Any, owned: bool, sink: events.Sink | None) -> None:
    variable = node.variable
    meta = variable._own_meta()
    old = meta.grad
    before = None
    if sink is not None and old is not None:
        before = old._array.copy()
    if isinstance(gradient, Tensor):
        blank = from_array(np.empty_like(gradient._array))
        if old is None:
            meta.grad = TENSORS.copy(blank, gradient)
            counter_of(meta.grad).version += 1
        else:
            meta.grad = old + gradient
    elif old is None:
        meta.grad = _first_gradient(gradient, variable._array, owned)
    else:
        _add_in_place(old, gradient, sink)
    if sink is not None:
        assert meta.grad is not None
        mark_as_gradient(meta.grad, variable)
        contribution = gradient._array if isinstance(gradient, Tensor) else gradient
        sink.gradient_accumulated(pass_, tensor_id(variable), node_id(node), before, contribution, meta.grad._array)


def _first_gradient(gradient: Array, leaf: Array, owned: bool) -> Tensor:
    """The first ``.grad``: ``gradient`` itself if nobody else holds it, else a copy. Its memory order is the leaf's."""
    if (
        owned
        and gradient.base is None
        and gradient.dtype is leaf.dtype
        and gradient.strides == leaf.strides
        and gradient.flags.writeable
    ):
        return from_array(gradient)
    if leaf.flags.c_contiguous or np.empty_like(leaf).strides != leaf.strides:
        if owned and gradient.dtype == leaf.dtype and _is_whole(gradient):
            return from_array(gradient)
        copy = np.array(gradient, leaf.dtype, order="C")
    else:
        copy = np.empty_like(leaf)
        copy[...] = gradient
    result = from_array(copy)
    counter_of(result).version = 1  # PyTorch's copy is a write, and counts
    return result


def _references_to_base() -> int:
    """What ``sys.getrefcount`` says in this Python about a base that only one view holds."""
    view = np.empty((1, 1)).T
    return sys.getrefcount(view.base)


_ONE_VIEW = _references_to_base()


def _is_whole(array: Array) -> bool:
    """Whether an array that nobody else holds is all there is of its memory, so that it may be kept without a copy."""
    base = array.base
    if base is None:
        return array.flags.writeable
    if not isinstance(base, np.ndarray) or base.base is not None or base.size != array.size:
        return False
    del base
    return sys.getrefcount(array.base) <= _ONE_VIEW and array.flags.c_contiguous and array.flags.writeable


def _add_in_place(old: Tensor, gradient: Array, sink: events.Sink | None) -> None:
    if not old._array.flags.writeable:
        old._array = old._array.copy()
    np.add(old._array, gradient, out=old._array)
    counter = counter_of(old)
    try:
        counter.version += 1
    except RuntimeError:  # an inference tensor
        raise RuntimeError(errors.INFERENCE_WRITE) from None
    if sink is not None:
        version = counter.version
        sink.version_bumped(tensor_id(old), storage_id(old), "accumulate_grad", version - 1, version)
