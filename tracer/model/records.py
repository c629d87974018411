"""What a trace knows about a node, a saved tensor, a leaf, a hook and a step: small frozen records, made when asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ...core.events import NONE, Edge, HookKind, Shape, SourcePosition, TensorInfo
from ..message import template

BEFORE_RECORDING = template("(before recording)")
"""Name of a node that the trace refers to without having seen its creation."""

NOT_RECORDED = template("(not recorded)")
"""Its name where a part of the run only was asked for."""

_BACKWARD_SUFFIX = re.compile(r"Backward\d*$")


def op_name(node_name: str) -> str:
    """The operation behind a backward function: ``Mul`` for ``MulBackward0``; other names stay as they are."""
    return _BACKWARD_SUFFIX.sub("", node_name) or node_name


@dataclass(frozen=True, slots=True)
class SavedRecord:
    """A tensor a node kept for its backward.

    ``version`` is that of ``storage`` when it was saved; ``event`` the id of its ``TensorSaved``. ``overwritten`` is the id of the
    first later ``VersionBumped`` of that storage (a backward through the node fails from then on), or -1.
    """

    node: int
    slot: str
    tensor: int
    storage: int
    version: int
    shape: Shape
    dtype: str
    nbytes: int
    event: int
    overwritten: int = -1


@dataclass(frozen=True, slots=True)
class HookRecord:
    """A hook's life: ``registered`` and ``removed`` are event ids (-1: never seen), ``fired`` the ids of its ``HookFired``."""

    id: int
    kind: HookKind
    tensor: int
    node: int
    function: str
    defined: str
    source: SourcePosition | None
    registered: int
    removed: int
    fired: tuple[int, ...]


class RecordOwner(Protocol):
    """The trace a record belongs to, as far as a record needs it."""

    @property
    def leaves(self) -> Mapping[int, Leaf]:
        """Tensor id -> leaf."""

    def saved_by(self, node: int) -> tuple[SavedRecord, ...]:
        """The tensors a node kept."""

    def hooks_of(self, node: NodeRecord) -> tuple[HookRecord, ...]:
        """The hooks that concern a node."""


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """A backward function.

    ``op`` is its name without ``Backward0``; ``shape`` and ``dtype`` are those of its first output (or of its variable); ``target``
    the variable its result was assigned to, or ``""``; ``created`` the id of its ``NodeCreated``, -1 when made before recording.
    """

    id: int
    name: str
    op: str
    scope: str
    source: SourcePosition | None
    shape: Shape
    dtype: str
    edges: tuple[Edge, ...]
    outputs: tuple[TensorInfo, ...]
    variable: int
    created: int
    target: str
    sequence_nr: int
    _owner: RecordOwner = field(repr=False, compare=False)

    @property
    def saved(self) -> tuple[SavedRecord, ...]:
        """The tensors it kept for its backward."""
        return self._owner.saved_by(self.id)

    @property
    def hooks(self) -> tuple[HookRecord, ...]:
        """The hooks put on it, or on a tensor it made (on the variable, for a leaf)."""
        return self._owner.hooks_of(self)

    @property
    def inputs(self) -> tuple[int, ...]:
        """The nodes that produced its forward inputs, each once, in argument order; inputs without history are left out."""
        return tuple(dict.fromkeys(edge.node for edge in self.edges if edge.node != NONE))

    @property
    def is_leaf(self) -> bool:
        """True for an ``AccumulateGrad``."""
        return self.variable != NONE


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf tensor: where gradients end.

    ``created`` is the id of its ``LeafCreated``; ``node`` its (last) ``AccumulateGrad`` or NONE.
    """

    id: int
    name: str
    shape: Shape
    dtype: str
    created: int
    source: SourcePosition | None
    requires_grad: bool = True
    node: int = NONE


@dataclass(frozen=True, slots=True)
class Step:
    """One iteration of the user's loop: events ``first`` to ``last``, and the indices of the passes that began in it."""

    index: int
    label: str
    first: int
    last: int
    passes: tuple[int, ...]
