"""What is said across the top of the window: the program's error, the first NaN, the worst finding, how ranks differ, messages."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ...tracer.model import Finding
from ...tracer.model.comparison import Fact
from ...tracer.model.findings import nonfinite_origin
from ..lookups import explanation, headline, last_error, unannounced
from ..session import Session
from ..theme import Theme
from ..translation import spoken
from .banner import Banner
from .table import stacked

WORST_FIRST = ("outcome", "NaN or Inf", "gradients", "graphs")
"""What traces are compared about, the most telling difference first."""


class Notices(QWidget):
    """One banner for each thing to say; each has a button that goes where it happened."""

    events_wanted = Signal()  # the table of events has more to show about it
    source_wanted = Signal()  # the source shows the line

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.message, self.error, self.nonfinite, self.finding, self.ranks = (Banner() for _ in range(5))
        self._banners = (self.message, self.ranks, self.error, self.nonfinite, self.finding)
        self.setLayout(stacked(*self._banners))
        self._facts: tuple[Fact, ...] = ()
        self._finding: Finding | None = None
        self.error.pressed.connect(self.show_cause)
        self.nonfinite.pressed.connect(self.show_nonfinite)
        self.finding.pressed.connect(self.show_finding)
        self.ranks.pressed.connect(self.show_difference)
        session.opened.connect(lambda _: self.message.dismiss())
        session.trace_changed.connect(self._show_error)
        session.trace_changed.connect(self._show_finding)
        session.pass_changed.connect(self._show_nonfinite)
        session.traces_changed.connect(self._show_facts)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        for banner in self._banners:
            banner.set_theme(theme)

    # ------------------------------------------------------------------------------------------------ the program's error
    def _show_error(self) -> None:
        trace = self._session.trace
        error = last_error(trace) if trace is not None else None
        if trace is None or error is None:
            self.error.dismiss()
            return
        found = explanation(trace, error)
        reason = spoken(found.detail) if found is not None else headline(error.message)
        text = self.tr("{type}: {reason}").format(type=error.type, reason=reason) if reason else error.type
        details = error.message if error.message.strip() != reason else ""
        button = self.tr("Show cause") if error.cause >= 0 else self.tr("Show where")
        self.error.say("error", text, button, details)

    def show_cause(self) -> None:
        """Show what made the program fail: the failing node, and the event that made it inevitable when it is known."""
        trace = self._session.trace
        error = last_error(trace) if trace is not None else None
        if error is None:
            return
        self._session.go_to_event(error.id, error.node)
        if error.cause >= 0:
            self._session.show_event(error.cause)
            self.events_wanted.emit()

    # ----------------------------------------------------------------------------------------------------- the first NaN
    def _show_nonfinite(self) -> None:
        pass_ = self._session.pass_
        found = nonfinite_origin(pass_) if pass_ is not None and not pass_.is_forward else None
        if found is None:
            self.nonfinite.dismiss()
        else:
            text = self.tr("First NaN/Inf of this pass: {detail}").format(detail=spoken(found.detail))
            self.nonfinite.say("warning", text, self.tr("Show"))

    def show_nonfinite(self) -> None:
        """Go to where the first NaN of the pass on show arose, and select the node that made it."""
        pass_ = self._session.pass_
        found = nonfinite_origin(pass_) if pass_ is not None else None
        if found is not None:
            self._session.go_to_event(found.event, found.node)

    # ------------------------------------------------------------------------------------------------ the worst finding
    def _show_finding(self) -> None:
        trace = self._session.trace
        found = unannounced(trace, self._session.pass_) if trace is not None else []
        self._finding = found[0] if found else None
        if not found:
            self.finding.dismiss()
            return
        first, *others = [self.tr("{title}: {detail}").format(title=spoken(one.title), detail=spoken(one.detail)) for one in found]
        place = found[0].event >= 0 or found[0].node
        self.finding.say(found[0].severity, first, self.tr("Show") if place else "", "\n".join(others))

    def show_finding(self) -> None:
        """Go to where the worst finding shows: its event, its node, its line."""
        if self._finding is not None:
            self._session.show_place(self._finding.event, self._finding.node, self._finding.source)
            if self._finding.source is not None:
                self.source_wanted.emit()

    # ------------------------------------------------------------------------------------------------- how traces differ
    def _difference(self) -> Fact | None:
        """The most telling difference between the traces."""
        different = {fact.about: fact for fact in self._session.traces.facts if not fact.alike}
        return next((different[about] for about in WORST_FIRST if about in different), None)

    def _show_facts(self) -> None:
        facts = self._session.traces.facts
        if facts == self._facts:  # the user may have closed the banner
            return
        self._facts = facts
        worst = self._difference()
        if worst is None:
            self.ranks.dismiss()
            return
        text = self.tr("The traces differ in {about}: {text}").format(about=spoken(worst.about), text=spoken(worst.text))
        line = self.tr("{about}: {text}")
        others = [line.format(about=spoken(fact.about), text=spoken(fact.text)) for fact in facts if fact is not worst]
        level = "info" if worst.about == "graphs" else "warning"  # ranks may well run different nodes
        self.ranks.say(level, text, self.tr("Show") if worst.event >= 0 else "", "\n".join(others))

    def show_difference(self) -> None:
        """Go to where the traces part: the trace, and the event in it."""
        worst = self._difference()
        if worst is not None:
            self._session.show_fact(worst)
