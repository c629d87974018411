"""What a tool tip says about a box."""

from __future__ import annotations

from html import escape

import numpy as np

from ...translation import spoken_name
from .geometry import Geometry
from .inputs import Kind
from .legend import tr


def describe(geometry: Geometry, box: int) -> str:
    """A few lines of rich text: name, where it was made, the gradient that entered it."""
    graph, index = geometry.graph, int(geometry.node[box])
    if geometry.kind[box] == Kind.GROUP:
        return f"<b>{escape(geometry.picture.label[box])}</b>"
    lines = [f"<b>{escape(spoken_name(graph.name[index]))}</b>"]
    label = geometry.picture.label[box]
    if geometry.kind[box] == Kind.LEAF:
        lines.append(escape(label))
    if graph.scope[index]:
        lines.append(escape(graph.scope[index]))
    if graph.nonfinite[index]:
        lines.append(tr("gradient holds NaN or Inf"))
    elif np.isfinite(graph.norm[index]):
        lines.append(tr("gradient norm") + f" {graph.norm[index]:.4g}")
    if graph.order[index] < 0 and (graph.order >= 0).any():
        lines.append(tr("did not run in this pass"))
    return "<br>".join(lines)
