"""The text parts of the inspector: source line, tensors and neighbours, saved tensors, hooks."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ....core.events import HookFired, SourcePosition
from ....tracer.model import Trace
from ....tracer.model.records import HookRecord, SavedRecord
from ....tracer.model.text import gradient_text, shape_and_dtype, source_text
from ...formats import gradient_cell
from ...lookups import Neighbour, gradient_sources, gradient_targets
from ...theme import Theme
from ...translation import spoken, spoken_name
from ..code import CodeView
from ..rich import RichLabel
from .section import Section, TextSection
from .subject import Subject

CONTEXT_LINES = 3


class SourceSection(Section):
    """The line that made the node, with three lines of code on either side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        content = QWidget()
        self.code = CodeView()
        self.where = RichLabel()
        self.where.setWordWrap(False)  # a label that wraps asks for room that it then leaves empty
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.where)
        column.addWidget(self.code)
        super().__init__("", content, parent)
        self.title.setText(self.tr("Source"))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        super().set_theme(theme)
        self.code.set_theme(theme)
        self.code.setStyleSheet(
            f"QPlainTextEdit {{ background: {theme.panel_alternate}; border: 1px solid {theme.border}; border-radius: 4px; }}"
        )

    def show_subject(self, subject: Subject) -> None:
        """Fill the section for this node."""
        self.show_source(subject.trace, subject.record.source if subject.record is not None else None)

    def show_source(self, trace: Trace, source: SourcePosition | None) -> None:
        """Show a line of the program with its surroundings; None hides the section."""
        self.setVisible(source is not None)
        if source is None:
            return
        inside = self.tr("in {function}").format(function=source.function)
        where = self.markup.text(source_text(source), bold=True) + self.markup.text("  " + inside, "muted")
        self.where.setText(where)
        self.where.setToolTip(source.file)
        text = trace.source_text(source.file)
        lines = text.splitlines() if text is not None else []
        self.code.setVisible(0 < source.line <= len(lines))
        if self.code.isHidden():
            return
        first = max(source.line - CONTEXT_LINES, 1)
        excerpt = dedent("\n".join(lines[first - 1 : source.line + CONTEXT_LINES]))
        self.code.show_code(excerpt, source.line, first)
        self.code.show_all_lines()


class TensorsSection(TextSection):
    """Shape and dtype of the result, and the neighbours in the graph."""

    MOST_NEIGHBOURS = 12

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title.setText(self.tr("Tensors"))

    def rich_text(self, subject: Subject) -> str:
        """Shapes, then inputs and users as links, each with the norm of the gradient that went along the edge."""
        record, markup = subject.record, self.markup
        rows: list[tuple[str, str]] = []
        if record is not None:
            for number, output in enumerate(record.outputs):
                name = self.tr("result") if len(record.outputs) == 1 else self.tr("result {number}").format(number=number)
                rows.append((name, markup.text(spoken(shape_and_dtype(output.shape, output.dtype)))))
            leaf = subject.trace.leaves.get(record.variable)
            if leaf is not None:
                rows.append((self.tr("leaf"), markup.text(spoken(shape_and_dtype(leaf.shape, leaf.dtype)))))
        if subject.index >= 0:
            inputs = gradient_targets(subject.pass_, subject.index)
            users = gradient_sources(subject.pass_, subject.index)
            if inputs:
                rows.append((self.tr("inputs"), self._neighbours(subject, inputs, "←")))
            if users:
                rows.append((self.tr("used by"), self._neighbours(subject, users, "→")))
        return markup.facts(rows) if rows else ""

    def _neighbours(self, subject: Subject, neighbours: list[Neighbour], arrow: str) -> str:
        lines = [self._neighbour(subject, neighbour, arrow) for neighbour in neighbours[: self.MOST_NEIGHBOURS]]
        rest = len(neighbours) - len(lines)
        if rest > 0:
            lines.append(self.markup.text(self.tr("and {count} more").format(count=rest), "muted"))
        return "<br>".join(lines)

    def _neighbour(self, subject: Subject, neighbour: Neighbour, arrow: str) -> str:
        arrays, markup = subject.pass_.arrays, self.markup
        target = arrays.variable_name[neighbour.index] or arrays.target[neighbour.index]
        label = target if arrays.is_leaf[neighbour.index] and target else spoken_name(arrays.name[neighbour.index])
        line = markup.link(f"node:{neighbour.node}", label)
        if target and label != target:
            line += markup.text(f" {target}", "muted")
        if 0 <= arrays.flowed[neighbour.edge] <= subject.state.position:
            cell = gradient_cell(subject.state.gradient_of_edge(neighbour.edge))
            line += markup.text(f"  {arrow} ", "muted") + markup.text(cell.text, cell.tone)
        return line


class SavedSection(TextSection):
    """Tensors kept for the backward, and whether they are still what was saved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title.setText(self.tr("Saved tensors"))

    def rich_text(self, subject: Subject) -> str:
        """One row per saved tensor; a version that has moved on is red, with a link to the write that moved it."""
        record = subject.record
        if record is None or not record.saved:
            return ""
        freed = subject.node in subject.state.saved_freed
        rows = [self._row(subject, saved, freed) for saved in record.saved]
        note = (
            self.markup.text(self.tr("Freed by this point: another backward through this node would fail."), "warning")
            if freed
            else ""
        )
        table = self.markup.table((self.tr("slot"), self.tr("tensor"), self.tr("shape"), self.tr("version")), rows)
        return table + (f'<p style="margin: 4px 0 0 0;">{note}</p>' if note else "")

    def _row(self, subject: Subject, saved: SavedRecord, freed: bool) -> Sequence[str]:
        markup, trace = self.markup, subject.trace
        tone = "muted" if freed else ""
        name = trace.tensor_name(saved.tensor) if saved.tensor else self.tr("(unknown)")
        shape = spoken(shape_and_dtype(saved.shape, saved.dtype))
        return [markup.text(cell, tone) for cell in (saved.slot, name, shape)] + [self._version(subject, saved)]

    def _version(self, subject: Subject, saved: SavedRecord) -> str:
        now = subject.state.versions.get(saved.storage, saved.version)
        if now <= saved.version or saved.overwritten < 0:
            return self.markup.text(str(saved.version))
        bump = subject.trace.events[saved.overwritten]
        stale = self.tr("{saved}, now {now}").format(saved=saved.version, now=now)
        cause = self.tr("{op} at {place}").format(op=getattr(bump, "op", ""), place=source_text(bump.source) or f"#{bump.id}")
        return self.markup.text(stale, "error", bold=True) + "<br>" + self.markup.link(f"event:{bump.id}", cause)


class HooksSection(TextSection):
    """Hooks on the node or its tensors, and what they did to the gradient so far."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title.setText(self.tr("Hooks"))

    def rich_text(self, subject: Subject) -> str:
        """One row per hook."""
        record = subject.record
        if record is None or not record.hooks:
            return ""
        rows = [self._row(subject, hook) for hook in record.hooks]
        return self.markup.table((self.tr("kind"), self.tr("function"), self.tr("fired")), rows)

    def _row(self, subject: Subject, hook: HookRecord) -> Sequence[str]:
        markup, here = self.markup, subject.pass_
        fired = [event for event in hook.fired if here.first <= event <= min(here.last, subject.state.position)]
        function = markup.text(hook.function or hook.kind)
        if hook.defined:
            function += "<br>" + markup.text(hook.defined, "muted")
        if not fired:
            return markup.text(hook.kind), function, markup.text(self.tr("not yet"), "muted")
        event = subject.trace.events[fired[-1]]
        what = self.tr("event {number}").format(number=event.id)
        line = markup.link(f"event:{event.id}", what)
        if isinstance(event, HookFired) and event.changed:
            before, after = spoken(gradient_text(event.before)), spoken(gradient_text(event.after))
            change = self.tr("{before} became {after}").format(before=before, after=after)
            line += "<br>" + markup.text(change, "warning")
        return markup.text(hook.kind), function, line
