"""What the exporters share: the parts of a trace they read, where they write, and texts that every format can hold."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO
from xml.sax.saxutils import escape

import networkx as nx

from ..store.errors import TraceError


class ExportError(TraceError):
    """The export cannot be made: an unknown format, no such pass, or a file that cannot be written."""


Destination = str | Path | TextIO
"""A path, or a text stream that stays open."""


class ExportedPass(Protocol):
    """What exporters read of a pass."""

    @property
    def label(self) -> str:
        """Its name for people."""
        ...

    @property
    def graph(self) -> nx.DiGraph:
        """Nodes and edges with their attributes."""
        ...

    @property
    def arrays(self) -> Any:
        """The same as arrays."""
        ...


class ExportedTrace(Protocol):
    """What exporters read of a trace."""

    @property
    def passes(self) -> Sequence[Any]:
        """The backward passes."""
        ...

    @property
    def forward(self) -> Any:
        """All nodes of the run, as if they were one pass."""
        ...


@contextmanager
def opened(destination: Destination) -> Iterator[TextIO]:
    """The destination as a text stream: a path is opened as UTF-8 and closed, a stream is used as it is.

    Raises :class:`ExportError` when the file cannot be written.
    """
    if not isinstance(destination, str | Path):
        yield destination
        return
    try:
        with Path(destination).open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
    except OSError as error:
        raise ExportError(f"cannot write {destination}: {error.strerror or error}; choose another place") from error


# A surrogate on its own cannot be written as UTF-8, and XML 1.0 has no way to say these control characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def writable(text: str) -> str:
    """``text`` with every character that XML or UTF-8 cannot hold replaced by U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text)


def xml_text(text: str) -> str:
    """``text`` for XML content and for attributes in double quotes; line breaks become spaces."""
    return escape(" ".join(writable(text).splitlines()), {'"': "&quot;", "'": "&apos;"})


def norm_text(norm: float | None) -> str:
    """A gradient norm for people: ``0.0123``, ``not recorded``."""
    if norm is None or math.isnan(norm):
        return "not recorded"
    return f"{norm:.4g}"


def root_nodes(pass_: Any) -> set[Any]:
    """Ids of the nodes at which a pass began."""
    return {getattr(root, "node", root) for root in getattr(pass_, "roots", ())}


def shape_text(shape: Sequence[int] | None) -> str:
    """A shape for people: ``3 × 4``, ``scalar`` for a 0-d tensor, and nothing when it is not known."""
    if shape is None:
        return ""
    return " × ".join([str(size) for size in shape]) if len(shape) else "scalar"


def node_tooltip(attributes: Mapping[str, Any]) -> list[str]:
    """What is worth knowing about a node, a line each: name, variable, shape, gradient norm, where it was made."""
    lines = [str(attributes.get("name", ""))]
    if attributes.get("variable_name"):
        lines[0] = f"{attributes['variable_name']} ({lines[0]})"
    elif attributes.get("code_target"):
        lines[0] += f" → {attributes['code_target']}"
    shape = shape_text(attributes.get("shape"))
    if shape:
        lines.append(f"{shape} {attributes.get('dtype') or ''}".rstrip())
    lines.append(f"gradient norm: {norm_text(attributes.get('grad_norm'))}")
    broken = [f"{attributes[key]} {word}" for key, word in (("grad_nan", "NaN"), ("grad_inf", "Inf")) if attributes.get(key)]
    if broken:
        lines.append(f"gradient has {' and '.join(broken)}")
    if attributes.get("executed") is False:
        lines.append("did not run in this pass")
    if attributes.get("file"):
        lines.append(f"{attributes['file']}:{attributes.get('line', 0)} in {attributes.get('function') or '?'}")
    return lines
