"""Finding the nodes that a call made, and telling the sink about them: inputs first, each once.

A node is recognised by an entry in its ``metadata``, which stays with it when its Python object goes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import ref

from ....core.events import NONE, Shape
from ....core.identity import next_node, next_tensor
from .explaining import line_of
from .loaded import dtype_name
from .probing import result_shapes
from .saved import tell_saved
from .session import Place, Session, place_of

if TYPE_CHECKING:
    from .passes import EnginePass

__all__ = ["Graph", "NodeInfo"]

_names: dict[str, str] = {}


class NodeInfo:
    """What the capture keeps with a node, as long as the node lives."""

    __slots__ = (
        "edges",
        "freed_by",
        "has_saved",
        "hook_numbers",
        "leaf",
        "name",
        "number",
        "place",
        "post_hooks",
        "pre_hooks",
        "retained",
    )

    def __init__(self, name: str, place: Place | None) -> None:
        self.number = next_node()
        self.name = name
        self.place = place
        self.edges: tuple[tuple[int, int], ...] = ()
        self.has_saved = False
        self.leaf: ref[Any] | None = None
        self.freed_by: EnginePass | None = None
        self.retained: dict[int, int] = {}
        self.hook_numbers: dict[int, int] = {}
        self.pre_hooks: Any = None
        self.post_hooks: Any = None

    def title(self) -> str:
        """``"MulBackward0 (made at train.py:12)"``."""
        return f"{self.name} (made at {line_of(self.place)})"


class Graph:
    """Knows which nodes have been told."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._key = session.key
        self.before_node: Any = None
        self.after_node: Any = None

    def info(self, node: Any) -> NodeInfo | None:
        """What is known of ``node``; None when it was not told yet."""
        found: NodeInfo | None = node.metadata.get(self._key)
        return found

    def tell(self, root: Any, visible: Mapping[int, Any] | None = None) -> NodeInfo:
        """Tell ``root`` and all nodes behind it that are new. ``visible``: the tensors that ``root`` made, by output number."""
        key = self._key
        known: NodeInfo | None = root.metadata.get(key)
        if known is not None:
            return known
        place = place_of(sys._getframe(1))
        stack = [(root, root.next_functions, False)]
        while stack:
            node, next_functions, judged = stack.pop()
            if not judged:
                if key in node.metadata:
                    continue
                new = [
                    (next_node, next_node.next_functions, False)
                    for next_node, _ in next_functions
                    if next_node is not None and key not in next_node.metadata
                ]
                if new:
                    stack.append((node, next_functions, True))
                    stack += new
                    continue
            elif key in node.metadata:
                continue
            self._tell_one(node, next_functions, place, visible if node is root else None)
        info: NodeInfo = root.metadata[key]
        return info

    def _tell_one(self, node: Any, next_functions: Sequence[Any], place: Place | None, visible: Mapping[int, Any] | None) -> None:
        session, key = self._session, self._key
        full_name = node.name()
        name = _names.get(full_name)
        if name is None:
            name = _names[full_name] = full_name.rpartition("::")[2]
        info = NodeInfo(name, place)
        info.edges = tuple(
            [
                (NONE, 0) if next_node is None else (next_node.metadata[key].number, input_nr)
                for next_node, input_nr in next_functions
            ]
        )
        if name == "AccumulateGrad":
            leaf = node.variable
            info.leaf = ref(leaf)
            session.sink.node_created(info.number, name, (), (), node._sequence_nr(), session.leaf(leaf))
        else:
            session.sink.node_created(info.number, name, info.edges, self._outputs(node, visible), node._sequence_nr())
            if name == "CopySlices":
                session.coverage.met("copy_slices")
            info.has_saved = tell_saved(session, node, info.number, tuple(visible.values()) if visible else ())
        node.metadata[key] = info
        if not session.observes_nodes:
            return
        info.pre_hooks = node.register_prehook(partial(self.before_node, info)).hooks_dict_ref
        info.post_hooks = node.register_hook(partial(self.after_node, info)).hooks_dict_ref

    def _outputs(self, node: Any, visible: Mapping[int, Any] | None) -> list[tuple[int, Shape, str]]:
        """The tensors that ``node`` made. Those the program never gets hold of have numbers of their own."""
        identities = self._session.identities
        if visible is not None and len(visible) == 1 and 0 in visible:
            tensor = visible[0]
            return [(identities.tensor(tensor), tuple(tensor.shape), dtype_name(tensor.dtype))]
        outputs = []
        for index, made in enumerate(_shapes(node, visible)):
            tensor = visible.get(index) if visible is not None else None
            number = next_tensor() if tensor is None else identities.tensor(tensor)
            outputs.append((number, tuple(made.shape), dtype_name(made.dtype)))
        return outputs


def _shapes(node: Any, visible: Mapping[int, Any] | None) -> Sequence[Any]:
    """Shape and dtype of each result; of those the program got hold of, where PyTorch does not tell of all."""
    shapes = result_shapes(node)
    if not shapes and visible and sorted(visible) == list(range(len(visible))):
        return [visible[index] for index in range(len(visible))]
    return shapes
