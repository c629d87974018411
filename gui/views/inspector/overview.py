"""What the inspector shows while there is no node to talk about: the pass at a glance, and what to press next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ....tracer.model import Pass, Trace
from ....tracer.model.overview import HookUse, LeafNorm, PassOverview, overview
from ....tracer.model.text import number_text, source_text
from ...actions import ACTIONS
from ...fonts import interface_font
from ...formats import pass_title
from ...session import Session
from ...theme import LIGHT, Theme, mix
from ...translation import spoken
from ..rich import Markup, RichLabel
from ..table import tone_colour
from .parts import SourceSection
from .section import Section

MOST_LINKS = 8
OUTCOME_TONES = {"finished": "good", "raised": "error", "unfinished": "warning"}
KEYS_AT_START = ("step", "event_step", "run_to_nonfinite", "to_end")
KEYS_AT_END = ("step_back", "to_start", "previous_pass")


class OverviewHeader(QFrame):
    """Name of the pass and how it ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorHeader")
        self.name = QLabel()
        self.name.setFont(interface_font(17, interface_font().weight().DemiBold))
        self.outcome = QLabel()
        self.details = RichLabel()
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.name, 1)
        top.addWidget(self.outcome, 0, Qt.AlignmentFlag.AlignVCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 10, 10)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.details)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setStyleSheet(
            f"#inspectorHeader {{ background: {theme.panel}; border: none; border-bottom: 1px solid {theme.border}; }}"
        )

    def say_outcome(self, text: str, tone: str, theme: Theme) -> None:
        """Show how the pass ended, in its tone."""
        colour = tone_colour(theme, tone)
        self.outcome.setVisible(bool(text))
        self.outcome.setText(text)
        self.outcome.setStyleSheet(
            f"color: {colour}; background: {mix(theme.panel, colour, 0.16)}; border-radius: 8px; padding: 2px 9px; font-size: 12px;"
        )


class Overview(QWidget):
    """The pass on show: its call, what ran, its leaves' gradients, hooks and writes. Links as in the rest of the inspector."""

    link_activated = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme, self._markup = LIGHT, Markup()
        self._shown: tuple[Pass, PassOverview] | None = None
        self._outcomes = {
            "finished": self.tr("finished"),
            "raised": self.tr("raised"),
            "unfinished": self.tr("cut off"),
        }
        self.header = OverviewHeader()
        self.source = SourceSection()
        self.facts, self.leaves, self.events, self.keys = RichLabel(), RichLabel(), RichLabel(), RichLabel()
        titles = (self.tr("Pass"), self.tr("Gradients of the leaves"), self.tr("Along the way"), self.tr("What next"))
        labels = (self.facts, self.leaves, self.events, self.keys)
        self._sections = dict(zip(labels, [Section(*pair) for pair in zip(titles, labels, strict=True)], strict=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        for widget in (self.header, self.source, *self._sections.values()):
            column.addWidget(widget)
        column.addStretch(1)
        for label in labels:
            label.linkActivated.connect(self.link_activated)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme, self._markup = theme, Markup(theme)
        self.header.set_theme(theme)
        for section in (self.source, *self._sections.values()):
            section.set_theme(theme)

    def refresh(self, trace: Trace, pass_: Pass) -> None:
        """Show this pass; its facts are gathered once."""
        if self._shown is None or self._shown[0] is not pass_:
            self._shown = (pass_, overview(pass_))
        look = self._shown[1]
        error = trace.errors[-1] if trace.errors and pass_.is_forward and not len(pass_.arrays) else None
        self._show_header(pass_)
        if error is not None:  # the program failed before there was a graph
            self.header.name.setText(error.type)
            self.header.details.setText(self._markup.text(error.message))
        self.source.title.setText(self.tr("Raised here") if error is not None else self.tr("Called here"))
        self.source.show_source(trace, error.source if error is not None else pass_.source)
        self.source.where.hide()  # the header has said it
        self._fill(self.facts, self._pass_facts(trace, pass_, look))
        self._fill(self.leaves, self._leaf_facts(look))
        self._fill(self.events, self._event_facts(trace, look))
        self._fill(self.keys, self._key_facts())

    # ------------------------------------------------------------------------------------------------------- filling
    def _fill(self, label: RichLabel, rows: Sequence[tuple[str, str]]) -> None:
        label.setText(self._markup.facts(rows))
        self._sections[label].setVisible(bool(rows))

    def _show_header(self, pass_: Pass) -> None:
        markup = self._markup
        if pass_.is_forward:
            self.header.name.setText(self.tr("All nodes"))
            self.header.details.setText(markup.text(self.tr("The graph as the program made it, node by node."), "muted"))
            self.header.say_outcome("", "", self._theme)
            return
        self.header.name.setText(pass_title(pass_))
        self.header.say_outcome(self._outcomes[pass_.outcome], OUTCOME_TONES[pass_.outcome], self._theme)
        where = source_text(pass_.source)
        inside = self.tr("in {function}").format(function=pass_.source.function) if pass_.source is not None else ""
        self.header.details.setText(" ".join([markup.text(where, bold=True), markup.text(inside, "muted")]))
        self.header.details.setVisible(bool(where))

    def _pass_facts(self, trace: Trace, pass_: Pass, look: PassOverview) -> list[tuple[str, str]]:
        markup = self._markup
        if pass_.is_forward:
            return [
                (self.tr("nodes"), markup.text(str(len(pass_.arrays)))),
                (self.tr("leaves"), markup.text(str(len(trace.leaves)))),
                (self.tr("passes"), markup.text(str(len(trace.passes)))),
                *self._selection_facts(trace),
            ]
        nodes = markup.text(self.tr("{count} ran").format(count=look.ran), bold=True)
        if look.not_run:
            nodes += markup.text(", " + self.tr("{count} did not").format(count=look.not_run), "" if pass_.inputs else "warning")
        rows = [(self.tr("nodes"), nodes)]
        if pass_.provenance:
            rows = [] if pass_.unobserved else rows
            rows.append((self.tr("not observed"), markup.text(spoken(pass_.provenance), "muted")))
        roots = [self._node_link(trace, root.node) for root in pass_.roots if root.node]
        if roots:
            rows.append((self.tr("began at"), self._listed(roots)))
        options = [name for name in ("retain_graph", "create_graph") if getattr(pass_, name)]
        if options:
            rows.append((self.tr("options"), markup.text(", ".join(f"{name}=True" for name in options))))
        if pass_.inputs:
            rows.append((self.tr("inputs"), self._listed([markup.text(trace.tensor_name(tensor)) for tensor in pass_.inputs])))
        if pass_.error is not None:
            failed = markup.text(pass_.error.type, "error")
            at = self._node_link(trace, pass_.error.node) if pass_.error.node else ""
            rows.append((self.tr("failed at"), " ".join(part for part in (at, failed) if part)))
        return rows + self._selection_facts(trace)

    def _selection_facts(self, trace: Trace) -> list[tuple[str, str]]:
        """What part of the run there is, when it is not all of it."""
        return [] if trace.selection is None else [(self.tr("recorded"), self._markup.text(spoken(trace.selection.text)))]

    def _leaf_facts(self, look: PassOverview) -> list[tuple[str, str]]:
        rows = []
        if look.largest is not None and look.smallest is not None:
            if look.largest.node == look.smallest.node:
                rows.append((self.tr("norm"), self._leaf_norm(look.largest)))
            else:
                rows.append((self.tr("largest norm"), self._leaf_norm(look.largest)))
                rows.append((self.tr("smallest norm"), self._leaf_norm(look.smallest)))
        if look.without_gradient:
            names = [
                self._markup.link(f"node:{leaf.node}", leaf.name) if leaf.node else self._markup.text(leaf.name)
                for leaf in look.without_gradient
            ]
            rows.append((self.tr("stayed None"), self._listed(names)))
        return rows

    def _event_facts(self, trace: Trace, look: PassOverview) -> list[tuple[str, str]]:
        rows = []
        if look.nonfinite is not None:
            found = look.nonfinite
            made = self._node_link(trace, found.node) + self._markup.text(f"  {source_text(found.source)}", "muted")
            rows.append((self.tr("first NaN/Inf"), made))
        if look.hooks:
            rows.append((self.tr("hooks"), self._listed([self._hook(trace, use) for use in look.hooks], "<br>")))
        if look.writes:
            rows.append((self.tr("in-place writes"), self._listed([self._write(trace, event) for event in look.writes], "<br>")))
        return rows

    def _key_facts(self) -> list[tuple[str, str]]:
        if self._session.drawing is None or not len(self._session.drawing.x):
            return []
        names: tuple[str, ...] = KEYS_AT_END if self._session.at_end else KEYS_AT_START
        if len(self._session.traces) > 1:
            names = (*names, "next_trace" if self._session.traces.current == 0 else "previous_trace")
        specs = {spec.name: spec for spec in ACTIONS}
        actions = [(specs[name].shortcut, specs[name].label()) for name in names]
        click = [] if self._session.at_end else [(self.tr("click"), self.tr("A node: its gradient, source, saved tensors"))]
        return [(key, self._markup.text(text)) for key, text in (*actions, *click)]

    # -------------------------------------------------------------------------------------------------------- pieces
    def _node_link(self, trace: Trace, node: int) -> str:
        record = trace.nodes.get(node)
        name = self._markup.link(f"node:{node}", spoken(trace.node_name(node)))
        return name + (self._markup.text(f" {record.target}", "muted") if record is not None and record.target else "")

    def _leaf_norm(self, leaf: LeafNorm) -> str:
        zero = leaf.norm == 0
        number = self._markup.text(self.tr("zero") if zero else number_text(leaf.norm), "warning" if zero else "", bold=True)
        return f"{self._markup.link(f'node:{leaf.node}', leaf.name)}&nbsp; {number}"

    def _hook(self, trace: Trace, use: HookUse) -> str:
        name = use.kind if use.kind == "retain_grad" else trace.hook_name(use.hook)
        line = self._markup.link(f"event:{use.event}", name)
        line += self._markup.text(" " + self.tr("at {node}").format(node=spoken(trace.node_name(use.node))), "muted")
        return line + (self._markup.text(" " + self.tr("changed the gradient"), "warning") if use.changed else "")

    def _write(self, trace: Trace, event_id: int) -> str:
        event = trace.events[event_id]
        what = self._markup.link(f"event:{event_id}", spoken(trace.describe(event)))
        where = source_text(event.source)
        return what + (self._markup.text(f"  {where}", "muted") if where else "")

    def _listed(self, parts: Iterable[str], separator: str = ", ") -> str:
        shown = list(parts)
        rest = len(shown) - MOST_LINKS
        if rest > 0:
            shown[MOST_LINKS:] = [self._markup.text(self.tr("and {count} more").format(count=rest), "muted")]
        return separator.join(shown)
