"""What a node keeps for its backward, looked at without unpacking it: no version check, no hook, no recomputation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ....core.events import NONE
from .loaded import dtype_name, torch
from .probing import saves_are_visible

if TYPE_CHECKING:
    from .session import Session

__all__ = ["raw_saved", "tell_saved"]

_PREFIX = "_raw_saved_"
_attributes: dict[type, list[str]] = {}


def tell_saved(session: Session, node: Any, number: int, visible: Sequence[Any]) -> bool:
    """Tell the sink what ``node`` keeps; returns whether that is anything. ``visible`` are the tensors it made, as far as known."""
    identities = session.identities
    any_saved = False
    for slot, tensor in raw_saved(node):
        any_saved = True
        if not isinstance(tensor, torch.Tensor):  # packed by the program's saved-tensor hooks
            session.coverage.met("packed")
            continue
        storage = identities.storage(tensor)
        made = _output_behind(tensor, visible)
        version = _version(made)
        session.sink.tensor_saved(
            number,
            slot,
            identities.tensor(made),
            storage,
            version,
            tuple(tensor.shape),
            dtype_name(tensor.dtype),
            tensor.nbytes if tensor.layout is torch.strided else 0,
        )
    return any_saved


def raw_saved(node: Any) -> Iterator[tuple[str, Any]]:
    """Slot and content of everything that ``node`` keeps; nothing when that was freed."""
    for attribute in _slots(type(node)):
        try:
            raw = getattr(node, attribute)
        except RuntimeError:  # freed
            continue
        slot = attribute.removeprefix(_PREFIX)
        several = isinstance(raw, tuple)
        for index, saved in enumerate(raw if several else (raw,)):
            content = None if saved is None else saved.data
            if content is not None:
                name = slot if not several else str(index) if slot == "tensors" else f"{slot}[{index}]"
                yield name, content


def _slots(node_type: type) -> list[str]:
    names = _attributes.get(node_type)
    if names is None:
        if len(_attributes) > 1 << 12:  # a program that defines Functions in a loop
            _attributes.clear()
        names = [name for name in dir(node_type) if name.startswith(_PREFIX)] if saves_are_visible else []
        _attributes[node_type] = names
    return names


def _output_behind(saved: Any, visible: Sequence[Any]) -> Any:
    """The result that ``saved`` is: a node keeps its own results as anonymous copies that share the memory."""
    if saved.requires_grad:
        return saved
    for tensor in visible:
        if tensor.shape == saved.shape and tensor.dtype == saved.dtype and 0 != _address(saved) == _address(tensor):
            return tensor
    return saved


def _address(tensor: Any) -> int:
    try:
        return int(tensor.data_ptr())
    except RuntimeError:  # it has no memory: sparse, or standing for another
        return 0


def _version(tensor: Any) -> int:
    try:
        return int(tensor._version)
    except RuntimeError:  # made in inference mode
        return NONE
