"""What a node keeps for its backward, looked at without unpacking it: no version check, no hook, no recomputation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ....core.events import NONE
from .loaded import dtype_name, shape_of, torch
from .older_saves import SavedFact, is_older, is_readable, keep, remembered, unpacked
from .probing import saves_are_unpacked, saves_are_visible

if TYPE_CHECKING:
    from .session import Session

__all__ = ["NOTHING", "PACKED", "SAVED", "add_kept", "raw_saved", "saved_by", "saved_facts"]

NOTHING, SAVED, PACKED = 0, 1, 2
"""What a node keeps: nothing, tensors, or what the program's saved-tensor hooks made of some, who will run when the node does."""

_PREFIX = "_raw_saved_"
_Tensor = torch.Tensor
_strided = torch.strided
_attributes: dict[type, list[tuple[str, str]]] = {}


def saved_by(session: Session, node: Any, visible: Sequence[Any], saved: list[tuple[Any, ...]]) -> int:
    """Add to ``saved`` what ``node`` keeps, as a sink wants to hear it, and say of which kind that is.

    ``visible`` are the tensors that it made, as far as known.
    """
    if saves_are_unpacked:
        return _add_unpacked(session, node, visible, saved)
    slots = _attributes.get(type(node))
    if slots is None:
        slots = _slots(type(node))
    kept = NOTHING
    for attribute, slot in slots:
        try:
            raw = getattr(node, attribute)
        except RuntimeError:  # freed
            continue
        if raw is None:
            continue
        if isinstance(raw, tuple):
            for index in range(len(raw)):
                content = None if raw[index] is None else raw[index].data
                if content is not None:
                    kept = max(kept, _add(session, saved, _name(slot, index), content, visible))
        else:
            content = raw.data
            if content is not None:
                kept = max(kept, _add(session, saved, slot, content, visible))
    if not saves_are_visible and _keeps_something(node):
        return SAVED
    return kept


def add_kept(session: Session, node: Any, kept: list[tuple[str, Any]], result: Any, saved: list[tuple[Any, ...]]) -> int:
    """As :func:`saved_by`, of what is known to be ``kept``. ``result`` is what ``node`` made."""
    for slot, tensor in kept:
        own = tensor.requires_grad and tensor is not result and tensor.grad_fn is node and not tensor.output_nr
        saved.append(_facts(session, slot, tensor, result if own else tensor))
    return SAVED if kept else NOTHING


def _add_unpacked(session: Session, node: Any, visible: Sequence[Any], saved: list[tuple[Any, ...]]) -> int:
    """The same with a PyTorch that shows it in no other way."""
    result, facts = NOTHING, []
    for slot, content in unpacked(node):
        if isinstance(content, _Tensor):
            result = _add(session, saved, slot, content, visible)
            facts.append((slot, shape_of(content), session.identities.storage(content)))
    keep(session.key, node, facts)
    if is_readable(node) or not _keeps_something(node):
        return result
    if not is_older(node):  # of those it is told that they are
        session.coverage.met("packed")
    return PACKED


def _add(session: Session, saved: list[tuple[Any, ...]], slot: str, tensor: Any, visible: Sequence[Any]) -> int:
    if not isinstance(tensor, _Tensor):
        session.coverage.met("packed")
        return PACKED
    made = tensor if tensor.requires_grad else _output_behind(tensor, visible)
    saved.append(_facts(session, slot, tensor, made))
    return SAVED


def _facts(session: Session, slot: str, tensor: Any, made: Any) -> tuple[Any, ...]:
    """``made`` is the tensor that the program knows ``tensor`` as."""
    return (
        slot,
        session.identities.tensor(made),
        session.identities.storage(tensor),
        _version(made),
        shape_of(tensor),
        dtype_name(tensor.dtype),
        tensor.nbytes if tensor.layout is _strided else 0,
    )


def raw_saved(node: Any) -> Iterator[tuple[str, Any]]:
    """Slot and content of everything that ``node`` keeps; nothing when that was freed."""
    if saves_are_unpacked:
        yield from unpacked(node)
        return
    for attribute, slot in _slots(type(node)):
        try:
            raw = getattr(node, attribute)
        except RuntimeError:  # freed
            continue
        several = isinstance(raw, tuple)
        for index, saved in enumerate(raw if several else (raw,)):
            content = None if saved is None else saved.data
            if content is not None:
                yield _name(slot, index) if several else slot, content


def saved_facts(session: Session, node: Any) -> list[SavedFact]:
    """Slot, shape and storage of the tensors that ``node`` keeps, also of those that were written since."""
    if saves_are_unpacked:
        return remembered(session.key, node)
    found = [(slot, saved) for slot, saved in raw_saved(node) if isinstance(saved, _Tensor)]
    return [(slot, shape_of(saved), session.identities.storage(saved)) for slot, saved in found]


def _name(slot: str, index: int) -> str:
    """The name of one tensor of several in a slot: ``"tensors[1]"``, or ``"1"`` for those of a custom Function."""
    return str(index) if slot == "tensors" else f"{slot}[{index}]"


def _slots(node_type: type) -> list[tuple[str, str]]:
    """Attributes with saved tensors, and what events call them."""
    names = _attributes.get(node_type)
    if names is None:
        if len(_attributes) > 1 << 12:  # a program that defines Functions in a loop
            _attributes.clear()
        visible = [name for name in dir(node_type) if name.startswith(_PREFIX)] if saves_are_visible else []
        names = [(name, name.removeprefix(_PREFIX)) for name in visible]
        _attributes[node_type] = names
    return names


def _keeps_something(node: Any) -> bool:
    """Whether ``node`` has attributes for saved tensors, where PyTorch does not let us see what is in them."""
    return any(name.startswith(_PREFIX) for name in dir(type(node)))


def _output_behind(saved: Any, visible: Sequence[Any]) -> Any:
    """The result that ``saved`` is: a node keeps its own results as anonymous copies that share the memory."""
    address = _address(saved) if visible else 0
    if address:
        for tensor in visible:
            if _address(tensor) == address and tensor.shape == saved.shape and tensor.dtype == saved.dtype:
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
