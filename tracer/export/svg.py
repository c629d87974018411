"""SVG: a picture of the graph with the look of the window, complete in one file, with tooltips."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from ..layout import FAMILIES, BoxKind, Drawing, GroupBox, draw, text_width
from ..layout.drawing import FloatArray
from ..layout.scene import MAX_LABEL_WIDTH, TITLE_SIZE
from ..layout.text import shortened
from .common import Destination, ExportedPass, ExportedTrace, node_tooltip, norm_text, opened, xml_text
from .palette import DARK, LIGHT, Palette

MARGIN = 28.0
TITLE_HEIGHT = 46.0
LEGEND_HEIGHT = 24.0
SWATCH = 12.0
CORNER = 7.0
VERTICAL = 0.05  # less sideways than this is straight down

_FAMILY_NAMES = {
    "linear": "linear algebra",
    "nonlinear": "nonlinear",
    "reduce": "reduction",
    "shape": "shape",
    "arith": "arithmetic",
    "other": "other",
}
_KIND_NAMES = {
    BoxKind.LEAF: "leaf",
    BoxKind.ROOT: "root of the pass",
    BoxKind.GROUP: "collapsed scope",
    BoxKind.PLACEHOLDER: "before recording",
}

_CLASS_NAMES = {"broken": "NaN or Inf in its gradient", "idle": "did not run"}
_OUTCOMES = {"raised": "ended by an error", "unfinished": "cut off"}

_STYLE = """\
text{{font-family:Inter,"Helvetica Neue",Arial,sans-serif;font-size:12px}}
.title{{font-size:15px;font-weight:600;fill:{title}}}
.note{{font-size:11px;fill:{group_text}}}
.group rect{{stroke:{group_border}}}
.group text{{font-size:11px;font-weight:600;fill:{group_text}}}
.edge path{{fill:none;stroke:{edge};stroke-width:1.2}}
.edge .tip{{fill:{edge};stroke:none}}
.edge.leaf path{{stroke:{leaf_edge}}}
.edge.leaf .tip{{fill:{leaf_edge};stroke:none}}
.box text{{text-anchor:middle}}
.idle{{opacity:.55}}
.broken>rect:first-of-type{{stroke:{error};stroke-width:2}}
.failed>rect:first-of-type{{stroke:{error};stroke-width:2;stroke-dasharray:5 2}}
"""


def write_svg(
    _trace: ExportedTrace,
    pass_: ExportedPass,
    destination: Destination,
    *,
    dark: bool = False,
    collapsed: Collection[str] = (),
) -> None:
    """Write a picture of the pass. ``dark`` chooses the colours, ``collapsed`` are scopes to show as one box each."""
    drawing = draw(pass_.arrays, collapsed=collapsed)
    picture = _Picture(drawing, pass_, DARK if dark else LIGHT)
    with opened(destination) as stream:
        for line in picture.lines():
            stream.write(line + "\n")


class _Picture:
    """Writes one drawing as SVG, a line at a time."""

    def __init__(self, drawing: Drawing, pass_: ExportedPass, palette: Palette) -> None:
        self.drawing = drawing
        self.palette = palette
        self.label = pass_.label
        self.outcome = str(getattr(pass_, "outcome", ""))
        self.error = getattr(pass_, "error", None)
        self.failed: Any = (self.error.node or None) if self.error is not None else None
        self.nodes = pass_.graph.nodes
        self.ids = np.asarray(pass_.arrays.node).tolist()
        self.edge_norms: FloatArray | None = getattr(pass_.arrays, "edge_norm", None)

    def lines(self) -> Iterator[str]:
        """The whole file."""
        palette = self.palette
        left, top, right, bottom = self.drawing.bounds
        legend = self._legend()
        head_width = max([text_width(self.label, 15) * 1.08, *[x + width for x, width, _ in legend], 220.0])
        width = max(right - left, head_width) + 2 * MARGIN
        head = TITLE_HEIGHT + (LEGEND_HEIGHT if legend else 0.0)
        height = bottom - top + head + 2 * MARGIN
        yield '<?xml version="1.0" encoding="UTF-8"?>'
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" height="{number(height)}" '
            f'viewBox="0 0 {number(width)} {number(height)}">'
        )
        yield f"<title>{xml_text(self.label)}</title>"
        yield f"<style>{self._style()}</style>"
        yield f'<rect width="100%" height="100%" fill="{palette.background}"/>'
        yield f'<text class="title" x="{number(MARGIN)}" y="{number(MARGIN + 12)}">{xml_text(self.label)}</text>'
        yield f'<text class="note" x="{number(MARGIN)}" y="{number(MARGIN + 30)}">{xml_text(self._note())}</text>'
        yield f'<g transform="translate({number(MARGIN)} {number(MARGIN + TITLE_HEIGHT)})">'
        for x, _, svg in legend:
            yield f'<g transform="translate({number(x)} 0)">{svg}</g>'
        yield "</g>"
        # A drawing narrower than its header stands in the middle.
        shift_x = (width - (right - left)) / 2 - left
        yield f'<g transform="translate({number(shift_x)} {number(MARGIN + head - top)})">'
        yield from map(self._group, self.drawing.groups)
        yield from map(self._edge, range(len(self.drawing.src)))
        yield from map(self._box, range(len(self.drawing.x)))
        yield from map(self._group_title, self.drawing.groups)
        yield "</g>"
        yield "</svg>"

    def _style(self) -> str:
        palette = self.palette
        return _STYLE.format(
            title=palette.title,
            group_text=palette.group_text,
            group_border=palette.group_border,
            edge=palette.edge,
            leaf_edge=palette.leaf_edge,
            error=palette.error,
        )

    def _note(self) -> str:
        leaves = sum([data.get("kind") == "leaf" for _, data in self.nodes(data=True)])
        operations = len(self.nodes) - leaves
        if not len(self.nodes):
            return "there is nothing to draw"
        parts = [
            f"{operations} {'operation' if operations == 1 else 'operations'}",
            f"{leaves} {'leaf' if leaves == 1 else 'leaves'}",
        ]
        if self.outcome in _OUTCOMES:
            parts.append(_OUTCOMES[self.outcome])
        return " · ".join(parts)

    # ------------------------------------------------------------------------------------------------------------- legend
    def _legend(self) -> list[tuple[float, float, str]]:
        """What the colours in this drawing mean: (x, width, SVG) of each entry."""
        kinds = {BoxKind(kind) for kind in np.unique(self.drawing.kind).tolist()}
        families = {self.drawing.family[box] for box in np.flatnonzero(self.drawing.kind == BoxKind.OP).tolist()}
        entries = [(_FAMILY_NAMES[family], self._bar_swatch(family)) for family in FAMILIES if family in families]
        entries += [(name, self._kind_swatch(kind)) for kind, name in _KIND_NAMES.items() if kind in kinds]
        classes = {self._class_of(data) for _, data in self.nodes(data=True)}
        plain = self.palette.boxes[BoxKind.OP]
        entries += [
            (name, f'<g class="{css}">{self._swatch(plain.fill, plain.border, 3)}</g>')
            for css, name in _CLASS_NAMES.items()
            if css in classes
        ]
        if self.failed is not None:
            entries.append(("raised the error", f'<g class="failed">{self._swatch(plain.fill, plain.border, 3)}</g>'))
        result = []
        x = 0.0
        for name, swatch in entries:
            width = SWATCH + 6 + text_width(name, 11)
            result.append((x, width, f'{swatch}<text class="note" x="{number(SWATCH + 6)}" y="10">{xml_text(name)}</text>'))
            x += width + 16
        return result

    def _bar_swatch(self, family: str) -> str:
        return f'<rect x="4.5" y="0" width="3" height="{number(SWATCH)}" rx="1.5" fill="{self.palette.families[family]}"/>'

    def _kind_swatch(self, kind: BoxKind) -> str:
        colours = self.palette.boxes[kind]
        return self._swatch(colours.fill, colours.border, SWATCH / 2 if kind is BoxKind.LEAF else 3)

    def _swatch(self, fill: str, border: str, radius: float) -> str:
        return _rect(SWATCH / 2, SWATCH / 2, SWATCH, SWATCH, radius, _paint(fill, border))

    # --------------------------------------------------------------------------------------------------------------- parts
    def _group(self, group: GroupBox) -> str:
        fill = self.palette.groups[min(group.depth, len(self.palette.groups) - 1)]
        return (
            f'<g class="group"><title>{xml_text(group.path)}</title>'
            f"{_rect(group.x, group.y, group.width, group.height, 8, _paint(fill, self.palette.group_border))}</g>"
        )

    def _group_title(self, group: GroupBox) -> str:
        """Painted last, with a halo in the group's colour: a line may pass behind it."""
        fill = self.palette.groups[min(group.depth, len(self.palette.groups) - 1)]
        x, y = group.x - group.width / 2 + 10, group.y - group.height / 2 + 16
        place = f'x="{number(x)}" y="{number(y)}"'
        title = xml_text(shortened(group.name, TITLE_SIZE, MAX_LABEL_WIDTH))
        halo = f'stroke="{fill}" stroke-width="3" stroke-linejoin="round"'
        return f'<g class="group"><text {place} {halo}>{title}</text><text {place}>{title}</text></g>'

    def _edge(self, index: int) -> str:
        drawing = self.drawing
        route = drawing.routes[index]
        leaf = " leaf" if drawing.kind[drawing.src[index]] == BoxKind.LEAF else ""
        tip_x, tip_y = route[-1]
        norm = None if self.edge_norms is None else float(self.edge_norms[drawing.edge[index]])
        return (
            f'<g class="edge{leaf}"><title>gradient norm: {norm_text(norm)}</title><path d="{path_data(route)}"/>'
            f'<path class="tip" d="M{number(tip_x - 3)} {number(tip_y - 6)}h6l-3 6z"/></g>'
        )

    def _box(self, index: int) -> str:
        drawing = self.drawing
        kind = BoxKind(drawing.kind[index])
        colours = self.palette.boxes[kind]
        x, y, width, height = (float(values[index]) for values in (drawing.x, drawing.y, drawing.width, drawing.height))
        radius = {BoxKind.LEAF: height / 2, BoxKind.GROUP: 9.0}.get(kind, 6.0)
        node = self.ids[drawing.node[index]]
        data = self.nodes[node]
        css = "" if kind is BoxKind.GROUP else " failed" if node == self.failed else f" {self._class_of(data)}"
        parts = [f'<g class="box{css.rstrip()}"><title>{self._tooltip(index, kind, data)}</title>']
        dashed = ' stroke-dasharray="4 3"' if kind is BoxKind.PLACEHOLDER else ""
        parts.append(_rect(x, y, width, height, radius, _paint(colours.fill, colours.border) + dashed))
        text_x = x
        if kind is BoxKind.OP:
            bar_x, bar_y = x - width / 2 + 5, y - height / 2 + 6
            bar = self.palette.families[drawing.family[index]]
            parts.append(
                f'<rect x="{number(bar_x)}" y="{number(bar_y)}" width="3" height="{number(height - 12)}" rx="1.5" fill="{bar}"/>'
            )
            text_x += 3
        elif kind is BoxKind.GROUP:
            low = y + height / 2
            for inset, drop in ((8, 2.5), (14, 5)):
                start, length = number(x - width / 2 + inset), number(width - 2 * inset)
                parts.append(f'<path d="M{start} {number(low + drop)}h{length}" stroke="{colours.border}" fill="none"/>')
        parts.append(
            f'<text x="{number(text_x)}" y="{number(y + 4.2)}" fill="{colours.text}">{xml_text(drawing.label[index])}</text></g>'
        )
        return "".join(parts)

    def _class_of(self, data: Any) -> str:
        """What sets a node apart: ``broken``, ``idle``, or nothing."""
        if data.get("grad_nan") or data.get("grad_inf"):
            return "broken"
        return "idle" if data.get("executed") is False else ""

    def _tooltip(self, index: int, kind: BoxKind, data: Any) -> str:
        if kind is BoxKind.GROUP:
            return xml_text(self.drawing.path[index])
        lines = node_tooltip(data)
        if self.error is not None and self.ids[self.drawing.node[index]] == self.failed:
            lines.append(f"{self.error.type}: {self.error.message}")
        return "&#10;".join([xml_text(line) for line in lines])


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _paint(fill: str, border: str) -> str:
    return f'fill="{fill}" stroke="{border}"'


def _rect(x: float, y: float, width: float, height: float, radius: float, paint: str) -> str:
    return (
        f'<rect x="{number(x - width / 2)}" y="{number(y - height / 2)}" width="{number(width)}" height="{number(height)}" '
        f'rx="{number(radius)}" {paint}/>'
    )


def path_data(route: FloatArray) -> str:
    """A route as SVG path data: oblique pieces leave and arrive upright, corners between upright and level pieces are rounded."""
    points: list[list[float]] = route.tolist()
    parts = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for place in range(1, len(points)):
        (x0, y0), (x1, y1) = points[place - 1], points[place]
        upright, level = abs(x1 - x0) < VERTICAL, abs(y1 - y0) < VERTICAL
        if not upright and not level:
            middle = (y0 + y1) / 2
            parts.append(f"C{number(x0)} {number(middle)} {number(x1)} {number(middle)} {number(x1)} {number(y1)}")
            continue
        following = points[place + 1] if place + 1 < len(points) else None
        if following is not None and _is_corner((x0, y0), (x1, y1), following):
            (near_x, near_y), (far_x, far_y) = _rounded((x0, y0), (x1, y1), following)
            parts.append(f"L{number(near_x)} {number(near_y)}Q{number(x1)} {number(y1)} {number(far_x)} {number(far_y)}")
        else:
            parts.append(f"L{number(x1)} {number(y1)}")
    return "".join(parts)


Point = tuple[float, float]


def _is_corner(before: Point, corner: Point, after: list[float]) -> bool:
    """True where an upright and a level piece meet."""
    turns = (abs(corner[0] - before[0]) < VERTICAL) != (abs(after[0] - corner[0]) < VERTICAL)
    return turns and (abs(corner[1] - before[1]) < VERTICAL) != (abs(after[1] - corner[1]) < VERTICAL)


def _rounded(before: Point, corner: Point, after: list[float]) -> tuple[Point, Point]:
    """Where the rounding of a corner begins and ends."""
    incoming = abs(corner[0] - before[0]) + abs(corner[1] - before[1])
    outgoing = abs(after[0] - corner[0]) + abs(after[1] - corner[1])
    radius = min(CORNER, incoming / 2, outgoing / 2)
    to_before, to_after = radius / max(incoming, 1e-9), radius / max(outgoing, 1e-9)
    near = corner[0] + (before[0] - corner[0]) * to_before, corner[1] + (before[1] - corner[1]) * to_before
    far = corner[0] + (after[0] - corner[0]) * to_after, corner[1] + (after[1] - corner[1]) * to_after
    return near, far
