"""At which node a pass failed: found afterwards.

Where the nodes were observed, it is the first in the engine's order that did not run. Where nobody observed them, the exception
itself knows when it comes out of the program's own code: the backward of a custom function. Otherwise the engine's order
(:mod:`gradtrace.tracer.model.engine_order`) is compared with what is left of the nodes' saved tensors. Those of a node that ran are
gone; those that were overwritten raise the same error again when asked for. Where that leaves a choice, no node is named.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np

from .explaining import line_of
from .loaded import torch
from .older_saves import is_readable
from .probing import custom_backward_code, saves_are_unpacked
from .saved import raw_saved

if TYPE_CHECKING:
    from .graph import Graph, NodeInfo
    from .passes import EnginePass

__all__ = ["Failures", "below", "freed", "modified"]

_MODIFIED = re.compile(r"modified by an inplace operation: .* is at version (\d+); expected version (\d+)", re.DOTALL)
_FREED = re.compile(r"backward through the graph a second time|have already been freed")
_NAMED = re.compile(r"[Ff]unction '?(\w+?)'? returned")
_PASSES_KEPT = 64


class _FreeingPass:
    """A pass that let go of what its nodes had saved: ``upto`` is above the number of every node there was then."""

    def __init__(self, pass_: EnginePass, roots: Iterable[Any], upto: int) -> None:
        self.pass_ = pass_
        self.upto = upto
        self._roots = [ref(root) for root in roots]

    def nodes(self) -> set[Any] | None:
        """The nodes below its roots, or None when a root is gone."""
        roots = [root() for root in self._roots]
        if any(root is None for root in roots):
            return None
        return set(below([root.grad_fn for root in roots if root is not None and root.grad_fn is not None]))


class Failures:
    """Finds the node behind an exception of the engine."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._freeing: deque[_FreeingPass] = deque(maxlen=_PASSES_KEPT)

    def finished(self, pass_: EnginePass, roots: Iterable[Any], upto: int) -> None:
        """A pass is over that has freed what its nodes had saved. ``roots`` are the tensors it began at."""
        self._freeing.append(_FreeingPass(pass_, [root for root in roots if isinstance(root, torch.Tensor)], upto))

    def node_of(self, pass_: EnginePass, roots: Sequence[Any], error: BaseException) -> Any:
        """The node at which ``pass_`` failed with ``error``, or None when that cannot be told. ``roots`` are nodes."""
        node = _in_traceback(error.__traceback__)
        return self._worked_out(pass_, roots, error) if node is None and roots else node

    def stopped_at(self, pass_: EnginePass, roots: Sequence[Any], error: BaseException) -> Any:
        """The node at which ``pass_`` failed, where it was observed which ones ran; None when it was at none."""
        if not roots:
            return None
        ran: Any = None
        for node in _order(pass_, roots):
            info = self._graph.info(node)
            if info is None or info.ran_in != pass_.number:
                break
            ran = node
        else:
            node = None
        if ran is not None and f"'{_name(ran)}' returned nan" in str(error):
            return None  # it ran; anomaly mode has looked at what it made
        return node

    def freed_by(self, info: NodeInfo) -> EnginePass | None:
        """The first pass that can have freed what a node had saved: a later one would have failed there."""
        return next((one.pass_ for one in list(self._freeing) if info.number < one.upto), None)

    def notes(self, error: BaseException) -> list[str]:
        """What can be said of an error whose node is not known."""
        if not self._freeing or not freed(error):
            return []
        pass_ = self._freeing[-1].pass_
        which = f"the {pass_.call} at {line_of(pass_.place)}" if len(self._freeing) == 1 else "an earlier backward"
        return [f"gradtrace: {which} freed saved tensors that this one needs again; retain_graph=True there keeps them"]

    # -------------------------------------------------------------------------------------------------------- working out
    def _worked_out(self, pass_: EnginePass, roots: Sequence[Any], error: BaseException) -> Any:
        ran = _order(pass_, roots)
        versions = modified(error)
        if versions is not None:
            return next((node for node in ran if _raises(node, versions)), None)
        states = [self._state(node) for node in ran]
        upto = states.index("held") if "held" in states else len(ran)
        if freed(error):
            return self._freed_before(ran[:upto], states)
        named = _NAMED.search(str(error))
        if pass_.keep_graph or upto == len(ran):
            possible = ran if named is not None else []
        else:
            gone = [place for place in range(upto) if states[place] == "gone"]
            last = gone[-1] if gone else -1
            possible = ran[max(last, 0) if named is not None else last + 1 : upto + 1]
        if named is not None:  # after it ran, in anomaly mode, or else while it did
            possible = [node for node in possible if _name(node) == named[1]]
        return possible[0] if len(possible) == 1 else None

    def _state(self, node: Any) -> str:
        """Whether what the node saved is ``"held"`` or ``"gone"``; ``""`` for one that saved nothing."""
        info = self._graph.info(node)
        if info is None or not info.has_saved or (saves_are_unpacked and not is_readable(node)):
            return ""
        return "held" if next(raw_saved(node), None) is not None else "gone"

    def _freed_before(self, ran: Sequence[Any], states: Sequence[str]) -> Any:
        """The first of these nodes that had been freed when the pass came to it. All before it were freed by the pass itself."""
        newest = max((one.upto for one in list(self._freeing)), default=0)
        gone = [node for node, state in zip(ran, states, strict=False) if state == "gone"]
        possible = [node for node in gone if (info := self._graph.info(node)) is not None and info.number < newest]
        if len(possible) <= 1:
            return possible[0] if possible else None
        known = [one.nodes() for one in list(self._freeing)]
        for node in possible:
            if any(nodes is not None and node in nodes for nodes in known):
                return node
            if None in known:  # a pass that nothing is left of may have freed this one
                return None
        return None


def _name(node: Any) -> str:
    return str(node.name()).rpartition("::")[2]


def _in_traceback(traceback: TracebackType | None) -> Any:
    """The node of the outermost custom function whose backward the exception came out of."""
    while traceback is not None:
        if traceback.tb_frame.f_code is custom_backward_code:
            return traceback.tb_frame.f_locals.get("self")
        traceback = traceback.tb_next
    return None


def modified(error: BaseException) -> tuple[int, int] | None:
    """The version a saved tensor is at and the one expected, when ``error`` is about that."""
    found = _MODIFIED.search(str(error))
    return None if found is None else (int(found[1]), int(found[2]))


def freed(error: BaseException) -> bool:
    """Whether ``error`` is about saved tensors that an earlier pass has freed."""
    return _FREED.search(str(error)) is not None


def _raises(node: Any, versions: tuple[int, int]) -> bool:
    """Whether a saved tensor of ``node`` is not at the version expected: asked for, it raises the error again."""
    for slot, saved in raw_saved(node):
        if isinstance(saved, RuntimeError) and modified(saved) == versions:
            return True
        if not isinstance(saved, torch.Tensor) or saved.is_inference() or saved._version != versions[0]:
            continue
        try:
            getattr(node, f"_saved_{slot.partition('[')[0]}" if not slot.isdecimal() else "saved_tensors")
        except RuntimeError as error:
            if modified(error) == versions:
                return True
        except AttributeError:
            continue
    return False


def below(roots: Iterable[Any]) -> list[Any]:
    """All nodes that can be reached from ``roots``."""
    found = dict.fromkeys(roots)
    pending = list(found)
    while pending:
        for node, _ in pending.pop().next_functions:
            if node is not None and node not in found:
                found[node] = None
                pending.append(node)
    return list(found)


def _order(pass_: EnginePass, roots: Sequence[Any]) -> list[Any]:
    """The nodes that the engine runs, in its order."""
    from ...model.engine_order import EngineGraph, engine_order  # noqa: PLC0415  an exception is rare, and the model is large

    nodes = below(roots)
    place = {node: index for index, node in enumerate(nodes)}
    targets = [[place[following] for following, _ in node.next_functions if following is not None] for node in nodes]
    wanted = [place[node] for node in pass_.inputs if node in place] if pass_.restricted else []
    leads = np.zeros(len(nodes), np.bool_)
    users: dict[int, list[int]] = {}
    for index, following in enumerate(targets):
        for target in following:
            users.setdefault(target, []).append(index)
    pending = list(wanted)
    while pending:
        for user in users.get(pending.pop(), ()):
            if not leads[user]:
                leads[user] = True
                pending.append(user)
    enters = leads.copy()
    enters[wanted] = True
    if not pass_.restricted:
        enters[:] = True
    graph = EngineGraph(
        offsets=np.cumsum([0, *map(len, targets)]).astype(np.int64),
        targets=np.array([target for following in targets for target in following], np.int64),
        priority=np.array([node._sequence_nr() for node in nodes], np.float64),
        enters=enters,
        runs=enters if pass_.accumulates or not pass_.restricted else leads,
        roots=np.array([place[root] for root in roots], np.int64),
        first_come=False,
    )
    return [nodes[index] for index in engine_order(graph).nodes.tolist() if graph.runs[index]]
