"""Finding the nodes that a call made, and telling the sink about them: inputs first, each once.

A node is recognised by an entry in its ``metadata``, which stays with it when its Python object goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import get_ident
from typing import TYPE_CHECKING, Any
from weakref import ref

from ....core.events import NONE, Shape
from ....core.identity import next_node, next_tensor
from .explaining import line_of
from .fresh_saves import nothing_in_force, saved_just_now
from .loaded import dtype_name, shape_of, torch
from .probing import result_shapes
from .saved import NOTHING, PACKED, add_kept, saved_by
from .session import Place, Session, place_here

if TYPE_CHECKING:
    from .passes import EnginePass

__all__ = ["OURS", "Graph", "HookTable", "NodeInfo", "Registration"]

OURS = -1
"""The key of our hook among those on one side of a node: one that PyTorch gives to no other."""

_ACCUMULATE_GRAD, _COPY_SLICES = "AccumulateGrad", "CopySlices"
_ONE_RESULT = frozenset(
    f"{name}Backward0" for name in ("Clone", "Expand", "Permute", "T", "ToCopy", "Transpose", "UnsafeView", "Unsqueeze", "View")
)
_PythonNode = torch.autograd.function.FunctionCtx
_names: dict[type, str] = {}
"""Of the nodes whose classes are called as they are."""


class HookTable(dict):  # type: ignore[type-arg]  # as Cython wants its base
    """The hooks on one side of a node: what PyTorch would use an ``OrderedDict`` for, which takes five times as long to make."""

    __slots__ = ("__weakref__",)


class Registration:
    """Stands in for PyTorch's function that puts a hook among those on one side of a node. ``others`` does so with all but ours."""

    def __init__(self, others: Callable[[Any, Any], tuple[Any, Any]]) -> None:
        self._others = others

    def __call__(self, hooks: Any, hook: Any) -> tuple[Any, Any]:
        """Returns the hooks, and the handle of ``hook``."""
        if hooks is None and type(hook) is NodeInfo:
            hooks = HookTable()
            hooks[OURS] = hook
            return hooks, None
        return self._others(hooks, hook)


class NodeInfo:
    """What the capture keeps with a node, as long as the node lives; also its pre-hook and its post-hook, one object for both."""

    __slots__ = (
        "__weakref__",
        "edges",
        "freed_by",
        "has_saved",
        "hooks",
        "leaf",
        "name",
        "number",
        "observed",
        "place",
        "ran_in",
        "retained",
    )

    def __init__(self, number: int, name: str, place: Place | None, hooks: Callable[..., None]) -> None:
        self.number = number
        self.name = name
        self.place = place
        self.hooks = hooks
        self.edges: tuple[int, ...] = ()  # a node and its input for each output of the backward; one tuple is enough to collect
        self.has_saved = False
        self.observed = False
        self.leaf: ref[Any] | None = None
        self.freed_by: EnginePass | None = None
        self.retained: dict[int, int] | None = None
        self.ran_in = NONE  # the latest pass in which it ran to its end, where that is observed

    def __call__(self, *gradients: Any) -> None:
        """What PyTorch calls: with the gradients of the outputs before, with those of the inputs and of the outputs after."""
        self.hooks(self, gradients)

    def title(self) -> str:
        """``"MulBackward0 (made at train.py:12)"``."""
        return f"{self.name} (made at {line_of(self.place)})"


class Graph:
    """Knows which nodes have been told."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._key = session.key
        self.at_node: Callable[..., None] = _nothing
        self.first_thread = 0  # the one that made the first accumulator
        self._several_threads = False  # make accumulators
        self.seen_from_behind: dict[int, ref[NodeInfo]] = {}  # by leaf: its accumulator, if it has a hook after it only

    def info(self, node: Any) -> NodeInfo | None:
        """What is known of ``node``; None when it was not told yet."""
        found: NodeInfo | None = node.metadata.get(self._key)
        return found

    def tell(self, root: Any, visible: Mapping[int, Any] | None = None) -> NodeInfo:
        """Tell ``root`` and all nodes behind it that are new. ``visible``: the tensors that ``root`` made, by output number."""
        known: NodeInfo | None = root.metadata.get(self._key)
        return known if known is not None else self._tell_new(root, None, visible, False)

    def tell_result(self, root: Any, tensor: Any, fresh: bool = False) -> None:
        """As :meth:`tell`, where ``tensor`` is all that is visible of what ``root`` made; ``fresh`` from a built-in function."""
        if self._key in root.metadata:
            return
        output_nr = tensor.output_nr
        if output_nr:
            self._tell_new(root, None, {output_nr: tensor}, False)
        else:
            self._tell_new(root, tensor, None, fresh and nothing_in_force())

    def _tell_new(self, root: Any, result: Any, visible: Mapping[int, Any] | None, fresh: bool) -> NodeInfo:
        """``result`` is what ``root`` made, if that is a single tensor; else ``visible`` has what is known of it.

        What a ``fresh`` node keeps can be unpacked.
        """
        key = self._key
        whence = (place_here(), self._session.position())
        # nodes still to tell, each with its next functions; those behind a node are above it
        nodes, functions = [root], [root.next_functions]
        kept = saved_just_now(root, result, len(functions[0]) == 1) if fresh else None
        while nodes:
            node, next_functions = nodes[-1], functions[-1]
            if key in node.metadata:  # reached in two ways
                nodes.pop()
                functions.pop()
                continue
            edges: list[tuple[int, int]] = []
            ready = True
            for edge in next_functions:
                next_node = edge[0]
                if next_node is None:
                    edges.append((NONE, 0))
                    continue
                info = next_node.metadata.get(key)
                if info is None:
                    ready = False
                    nodes.append(next_node)
                    functions.append(next_node.next_functions)
                elif ready:
                    edges.append((info.number, edge[1]))
            if ready:
                nodes.pop()
                functions.pop()
                if node is root:
                    self._tell_one(node, tuple(edges), whence, result, visible, kept, True)
                else:
                    self._tell_one(node, tuple(edges), whence, None, None, kept, False)
        told: NodeInfo = root.metadata[key]
        return told

    def _tell_one(
        self,
        node: Any,
        edges: tuple[tuple[int, int], ...],
        whence: tuple[Place | None, int | None],
        result: Any,
        visible: Mapping[int, Any] | None,
        kept: list[tuple[str, Any]] | None,
        is_root: bool,
    ) -> None:
        """``whence`` is the line that makes the nodes, as we keep it, and as a compact sink numbers it.

        ``kept`` is what the root keeps, where that was unpacked.
        """
        session = self._session
        saved: list[tuple[Any, ...]] = []
        name = _names.get(type(node))
        if name is None:
            name = _name_of(node)
        number = next_node()
        info = NodeInfo(number, name, whence[0], self.at_node)
        if name == _ACCUMULATE_GRAD:
            runs_python = self._tell_accumulator(node, info, whence[1])
        else:
            if session.observes_nodes:
                info.edges = tuple([number for edge in edges for number in edge])
            if not is_root and kept and name in _ONE_RESULT:
                result = _made_by(node, kept)
            if result is not None:
                outputs: Sequence[tuple[int, Shape, str]] = (
                    (session.identities.tensor(result), shape_of(result), dtype_name(result.dtype)),
                )
                seen: Sequence[Any] = (result,)
            else:
                outputs = self._outputs(node, visible)
                seen = () if visible is None else tuple(visible.values())
            if name == _COPY_SLICES:
                session.coverage.met("copy_slices")
            if is_root and kept is not None:
                keeps = add_kept(session, node, kept, result, saved)
            else:
                keeps = saved_by(session, node, seen, saved)
            info.has_saved = keeps != NOTHING
            runs_python = keeps == PACKED or name == _COPY_SLICES or isinstance(node, _PythonNode)
            self._hand_on(number, name, edges, outputs, node._sequence_nr(), saved, NONE, whence[1])
        node.metadata[self._key] = info
        if session.observes_nodes:
            self._observe(node, info, runs_python)

    def _tell_accumulator(self, node: Any, info: NodeInfo, source: int | None) -> bool:
        """Returns whether it has to be seen from both sides at once."""
        session, leaf = self._session, node.variable
        info.leaf = ref(leaf)
        several = not self._is_one_thread()
        if session.observes_nodes and not several:
            self.seen_from_behind[session.identities.tensor(leaf)] = ref(info)
        self._hand_on(info.number, info.name, (), (), node._sequence_nr(), [], session.leaf(leaf), source)
        return several

    def _is_one_thread(self) -> bool:
        """Whether all accumulators so far were made by one thread: then no other runs one while it is given another hook."""
        running = get_ident()
        if not self.first_thread:
            self.first_thread = running
        elif self.first_thread != running:
            self._several_threads = True
        return not self._several_threads

    def to_be_seen_from_the_front(self) -> list[tuple[Any, NodeInfo]]:
        """Leaves with an accumulator that has a hook after it only, and that have a gradient by now or a hook; told of once."""
        found: list[tuple[Any, NodeInfo]] = []
        for number, known in self.seen_from_behind.copy().items():
            info = known()
            leaf: Any = info.leaf() if info is not None and info.leaf is not None else None
            gone = leaf is None or not leaf.is_leaf or self._session.identities.tensor(leaf) != number
            if info is not None and not gone:
                if leaf.grad is None and not getattr(leaf, "_post_accumulate_grad_hooks", None):
                    continue
                found.append((leaf, info))
            self.seen_from_behind.pop(number, None)
        return found

    def _hand_on(
        self,
        number: int,
        name: str,
        edges: Sequence[tuple[int, int]],
        outputs: Sequence[tuple[int, Shape, str]],
        sequence_nr: int,
        saved: list[tuple[Any, ...]],
        variable: int,
        source: int | None,
    ) -> None:
        session = self._session
        if session.compact is not None:
            session.compact.node_recorded(number, name, edges, outputs, sequence_nr, saved, variable, source)
            return
        session.sink.node_created(number, name, edges, outputs, sequence_nr, variable)
        for one in saved:
            session.sink.tensor_saved(number, *one)

    def _outputs(self, node: Any, visible: Mapping[int, Any] | None) -> list[tuple[int, Shape, str]]:
        """The tensors that ``node`` made. Those the program never gets hold of have numbers of their own."""
        identities = self._session.identities
        outputs = []
        for index, made in enumerate(_shapes(node, visible)):
            tensor = visible.get(index) if visible is not None else None
            number = next_tensor() if tensor is None else identities.tensor(tensor)
            outputs.append((number, shape_of(made), dtype_name(made.dtype)))
        return outputs

    # ---------------------------------------------------------------------------------------------------- hooks on nodes
    def _observe(self, node: Any, info: NodeInfo, from_both_sides: bool) -> None:
        """Be called after ``node`` has run; also before, for each hook costs as much as a small node."""
        info.observed = True
        if from_both_sides:
            node.register_prehook(info)
        node.register_hook(info)

    def retain(self, node: Any, info: NodeInfo, output_nr: int, hook: int) -> None:
        """``retain_grad()`` was called on an output of ``node``, which has the number ``hook`` among hooks."""
        if info.retained is None:
            info.retained = {}
        info.retained[output_nr] = hook
        if not info.observed:
            self._observe(node, info, False)


def _name_of(node: Any) -> str:
    """``"AddBackward0"``. A class that is shared by several kinds of nodes, or made by the program, is asked each time."""
    name: str = node.name().rpartition("::")[2]
    if name == type(node).__name__ and not isinstance(node, _PythonNode):
        _names[type(node)] = name
    return name


def _made_by(node: Any, kept: list[tuple[str, Any]]) -> Any:
    """The tensor among those ``kept`` that ``node`` has made; None where there is none."""
    for _, tensor in reversed(kept):
        if tensor.requires_grad and tensor.grad_fn is node:
            return tensor
    return None


def _shapes(node: Any, visible: Mapping[int, Any] | None) -> Sequence[Any]:
    """Shape and dtype of each result; of those the program got hold of, where PyTorch does not tell of all."""
    shapes = result_shapes(node)
    if not shapes and visible and sorted(visible) == list(range(len(visible))):
        return [visible[index] for index in range(len(visible))]
    return shapes


def _nothing(*_: Any) -> None:
    """No hooks yet."""
