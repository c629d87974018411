"""The Tensor: an array, and its place in the graph.

Operations live in :mod:`.ops` and are attached as methods by :mod:`.methods`. What every tensor has is in five files: shape and
memory in :mod:`.tensor_base`, conversion to Python and NumPy in :mod:`.tensor_values`, hooks in :mod:`.tensor_hooks`, copies in
:mod:`.tensor_copies`, and here flags, ``grad`` and version.

Six slots, all set at creation (an unset slot is slower to read than to set):

* ``_array``: the values, always an ``ndarray`` (0-d for scalars);
* ``_requires_grad``: truthy when gradients are wanted. For a view of a tensor that needs none it is the view's
  :class:`~.views.ViewMeta`, whose truth is that of its base;
* ``_edge``: ``(grad_fn, output number)``, None for leaves and for views (a view looks its edge up, because it may become stale);
* ``_counter``: see :mod:`.storage`; ``_meta``: the rare things, see :class:`~.tensor_hooks.AutogradMeta`; ``_number``: see
  :mod:`.identity`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np

from . import errors, events, tensor_copies, tensor_hooks
from .activity import activity
from .descriptors import read_only
from .grad_mode import thread_state
from .identity import storage_id, tensor_id
from .node import Edge, Node, gradient_edge
from .printing import autograd_suffixes, format_tensor
from .storage import InferenceCounter, VersionCounter, counter_of, new_counter
from .tensor_hooks import AutogradMeta
from .tensor_values import TensorValues

Array = events.Array

new = object.__new__


class Tensor(TensorValues):
    """A multi-dimensional array that remembers how it was computed."""

    __slots__ = ("__dict__", "__weakref__", "_array", "_counter", "_edge", "_meta", "_number", "_requires_grad")
    __array_priority__ = 1000  # so that `ndarray * tensor` asks the tensor

    _array: Array
    _requires_grad: Any
    _edge: Edge | None
    _counter: VersionCounter | None
    _meta: AutogradMeta | None
    _number: int

    def __new__(cls, *data: Any, **options: Any) -> Tensor:  # noqa: ARG004  (subclasses take what they like)
        """An empty shell of float32; see ``__init__``."""
        self = new(cls)
        self._array = np.empty(0, np.float32)
        self._requires_grad = False
        self._edge = self._meta = None
        self._counter = new_counter()
        self._number = 0
        return self

    def __init__(self, *data: Any) -> None:
        """``Tensor(2, 3)``: uninitialised (here: zeros) of that shape. ``Tensor([1.0, 2.0])``: these values. Always float32."""
        if len(data) == 1 and isinstance(data[0], (float, bool)):
            raise TypeError(f"new(): data must be a sequence (got {type(data[0]).__name__})")
        if len(data) == 1 and not isinstance(data[0], (int, np.integer)):
            from .creation import numbers_in  # noqa: PLC0415  (which needs this module)

            source = data[0]._array if isinstance(data[0], Tensor) else numbers_in(data[0], set())
            self._array = np.array(source, np.float32)
        elif data:
            self._array = np.zeros(data, np.float32)

    if TYPE_CHECKING:  # attached by .methods

        def __getattr__(self, name: str) -> Any: ...
        def __add__(self, other: Any) -> Tensor: ...
        def __radd__(self, other: Any) -> Tensor: ...
        def __sub__(self, other: Any) -> Tensor: ...
        def __rsub__(self, other: Any) -> Tensor: ...
        def __mul__(self, other: Any) -> Tensor: ...
        def __rmul__(self, other: Any) -> Tensor: ...
        def __truediv__(self, other: Any) -> Tensor: ...
        def __rtruediv__(self, other: Any) -> Tensor: ...
        def __matmul__(self, other: Any) -> Tensor: ...
        def __pow__(self, other: Any) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def __eq__(self, other: object) -> Tensor: ...  # type: ignore[override]
        def __ne__(self, other: object) -> Tensor: ...  # type: ignore[override]
        def __lt__(self, other: Any) -> Tensor: ...
        def __le__(self, other: Any) -> Tensor: ...
        def __gt__(self, other: Any) -> Tensor: ...
        def __ge__(self, other: Any) -> Tensor: ...
        def __and__(self, other: Any) -> Tensor: ...
        def __or__(self, other: Any) -> Tensor: ...
        def __invert__(self) -> Tensor: ...
        def __getitem__(self, index: Any) -> Tensor: ...
        def __setitem__(self, index: Any, value: Any) -> None: ...

    # ------------------------------------------------------------------------------------------------ the graph
    @property
    def requires_grad(self) -> bool:
        """Whether gradients reach this tensor."""
        return bool(self._requires_grad)

    @requires_grad.setter
    def requires_grad(self, flag: bool) -> None:
        if not self.is_leaf:
            raise RuntimeError(errors.SET_FLAG_OF_NON_LEAF if flag else errors.CHANGE_FLAG_OF_NON_LEAF)
        if flag and not self.is_floating_point():
            raise RuntimeError(errors.ONLY_FLOATS_BY_ATTRIBUTE)
        if not isinstance(flag, bool):
            raise RuntimeError("requires_grad must be a bool")
        self._set_requires_grad(flag)

    @requires_grad.deleter
    def requires_grad(self) -> None:
        raise RuntimeError("requires_grad must be a bool")

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set ``requires_grad`` and return the tensor."""
        if requires_grad and not self.is_leaf:
            return self
        if requires_grad and not self.is_floating_point():
            raise RuntimeError(errors.ONLY_FLOATS_BY_METHOD)
        self.requires_grad = bool(requires_grad)
        return self

    def _set_requires_grad(self, flag: bool) -> None:
        """Set the flag of a leaf and tell the listener about a new one. Raises ``RuntimeError`` for an inference tensor outside."""
        if flag and not thread_state.inference and self.is_inference():
            raise RuntimeError(errors.INFERENCE_REQUIRES_GRAD)
        if flag and not self._requires_grad and events.sink is not None:
            events.sink.leaf_created(tensor_id(self), self._array.shape, self.dtype.name, True)
        self._requires_grad = flag

    @read_only
    def grad_fn(self) -> Node | None:
        """The node that made this tensor; None for a leaf."""
        edge = self._edge
        if edge is None and self._meta is not None:
            edge = self._meta.view_edge(self)
        return None if edge is None else edge[0].shown()

    @read_only
    def is_leaf(self) -> bool:
        """Whether the tensor was made by the user, not by a recorded operation."""
        return self.grad_fn is None

    @read_only
    def output_nr(self) -> int:
        """Which of its grad_fn's outputs this tensor is."""
        return gradient_edge(self)[1] if self.grad_fn is not None else 0

    @read_only
    def _version(self) -> int:
        counter = self._counter
        if type(counter) is InferenceCounter:
            raise RuntimeError(errors.INFERENCE_VERSION)
        return 0 if counter is None else counter.version

    @read_only
    def retains_grad(self) -> bool:
        """Whether ``retain_grad()`` was called on this non-leaf."""
        return self._meta is not None and self._meta.retains_grad

    def is_inference(self) -> bool:
        """Whether the tensor was made in ``inference_mode``."""
        return type(self._counter) is InferenceCounter

    def _own_meta(self) -> AutogradMeta:
        meta = self._meta
        if meta is None:
            meta = self._meta = AutogradMeta()
        return meta

    def _is_view(self) -> bool:
        return self._base is not None

    @property
    def _base(self) -> Tensor | None:
        return getattr(self._meta, "base", None)

    # ------------------------------------------------------------------------------------------------ .grad
    @property
    def grad(self) -> Any:
        """What backward passes have accumulated here: a tensor; None before the first."""
        meta = self._meta
        if meta is not None and (meta.grad is not None or meta.retains_grad):
            return meta.grad
        if self._requires_grad and not self.is_leaf:
            warnings.warn(errors.NON_LEAF_GRAD, UserWarning, stacklevel=2)
        return None

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is None:
            self._reset_grad()
            return
        if not isinstance(value, Tensor):
            raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}")
        if value is self:
            raise RuntimeError("can't assign Variable as its own grad")
        if value._array.dtype != self._array.dtype:
            raise errors.gradient_of_other_dtype(value.dtype, self.dtype)
        if value._array.shape != self._array.shape:
            raise errors.gradient_of_other_size(value._array.shape, self._array.shape)
        self._own_meta().grad = value
        if events.sink is not None:
            mark_as_gradient(value, self)

    @grad.deleter
    def grad(self) -> None:
        self._reset_grad()

    def _reset_grad(self) -> None:
        meta = self._meta
        if meta is not None and meta.grad is not None:
            meta.grad = None
            if events.sink is not None:
                events.sink.grad_reset((tensor_id(self),), "none")

    # ------------------------------------------------------------------------------------------------ leaving the graph
    def detach(self) -> Tensor:
        """The same values (and version counter) without history."""
        result = from_array(self._array)
        result._counter = counter_of(self)
        if events.sink is not None and self._requires_grad:
            events.sink.graph_cut(tensor_id(self), tensor_id(result), "detach")
        return result

    def detach_(self) -> Tensor:
        """Drop the history of this very tensor."""
        if self._is_view():
            raise RuntimeError(errors.DETACH_VIEW_IN_PLACE)
        if events.sink is not None and self._requires_grad:
            events.sink.graph_cut(tensor_id(self), tensor_id(self), "detach")
        self._edge = None
        self._requires_grad = False
        return self

    @property
    def data(self) -> Tensor:
        """The same values without history and with a version counter of their own: writes to it go unnoticed."""
        result = from_array(self._array)
        counter = counter_of(self)
        result._counter = counter if type(counter) is InferenceCounter else VersionCounter(counter.storage, is_data=True)
        if events.sink is not None and self._requires_grad:
            events.sink.graph_cut(tensor_id(self), tensor_id(result), "data")
        return result

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if self._requires_grad and not value.is_floating_point():
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        self._array = value._array
        if self.is_inference() != value.is_inference():
            self._counter = InferenceCounter() if value.is_inference() else VersionCounter()
        counter_of(self).storage = counter_of(value).storage
        if events.sink is not None:
            events.sink.data_written(tensor_id(self), storage_id(self), "data")

    @data.deleter
    def data(self) -> None:
        raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")

    def _tell_cut(self, how: events.CutKind) -> None:
        if events.sink is not None:
            events.sink.graph_cut(tensor_id(self), events.NONE, how)

    # ------------------------------------------------------------------------------------------------ hooks
    register_hook = tensor_hooks.register_hook
    register_post_accumulate_grad_hook = tensor_hooks.register_post_accumulate_grad_hook
    retain_grad = tensor_hooks.retain_grad

    # ------------------------------------------------------------------------------------------------ old names, Python's protocols
    @property
    def volatile(self) -> bool:
        """Removed in PyTorch 0.4; still answers, with a warning."""
        warnings.warn("volatile was removed (Variable.volatile is always False)", UserWarning, stacklevel=2)
        return False

    @volatile.setter
    def volatile(self, value: Any) -> None:  # noqa: ARG002  (it has no effect)
        warnings.warn("volatile was removed and now has no effect. Use `with torch.no_grad():` instead.", UserWarning, stacklevel=2)

    def __repr__(self) -> str:
        grad_fn = self.grad_fn
        suffixes = autograd_suffixes(None if grad_fn is None else type(grad_fn).__name__, self.requires_grad)
        return format_tensor(self._array, suffixes=suffixes)

    def __format__(self, specification: str) -> str:
        if self._array.ndim == 0 and type(self) is Tensor:
            return format(self._array.item(), specification)
        return object.__format__(self, specification)

    def __len__(self) -> int:
        if self._array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return int(self._array.shape[0])

    def __iter__(self) -> Iterator[Tensor]:
        if self._array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __hash__(self) -> int:
        return id(self)

    __deepcopy__ = tensor_copies.deep_copy
    __copy__ = tensor_copies.shallow_copy
    __reduce__ = tensor_copies.reduced


Tensor.__module__ = "torch"  # print(type(x)) shows <class 'torch.Tensor'>


def from_array(array: Array) -> Tensor:
    """A tensor without history around ``array`` (not copied)."""
    tensor = new(Tensor)
    tensor._array = array
    tensor._requires_grad = False
    tensor._edge = tensor._counter = tensor._meta = None
    tensor._number = 0
    if activity.inference and thread_state.inference:
        tensor._counter = InferenceCounter()
    return tensor


def mark_as_gradient(gradient: Tensor, leaf: Tensor) -> None:
    """Remember, while somebody listens, whose ``.grad`` this memory is, so that ``zero_()`` on it (or its ``.data``) is
    understood.
    """
    counter_of(gradient).storage.gradient_of = ref(leaf)
