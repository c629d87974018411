"""Every action of the window in one table: text, shortcut, icon, when it can be used, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence

from .icons import icon
from .session import Session
from .theme import Theme
from .translation import noop

if TYPE_CHECKING:
    from .main_window import MainWindow

CONDITIONS: dict[str, Callable[[Session], bool]] = {
    "always": lambda _: True,
    "open": lambda session: session.trace is not None,
    "drawn": lambda session: session.drawing is not None and len(session.drawing.x) > 0,
    "closed groups": lambda session: bool(session.collapsed),
    "open groups": lambda session: session.drawing is not None and len(session.drawing.groups) > 0,
    "can go on": lambda session: not session.at_end,
    "can go back": lambda session: not session.at_start,
    "node": lambda session: session.node != 0,
    "selected": lambda session: session.selected != 0,
    "breakpoints": lambda session: bool(session.breakpoints),
    "several": lambda session: len(session.traces) > 1,
    "busy": lambda session: session.worker.busy,
}


@dataclass(frozen=True)
class ActionSpec:
    """One action. ``enabled`` names an entry of :data:`CONDITIONS`; ``tip`` says more than ``text``."""

    name: str
    text: str
    run: Callable[[MainWindow], object]
    shortcut: str = ""
    icon: str = ""
    enabled: str = "always"
    tip: str = ""
    checkable: bool = False

    def label(self) -> str:
        """What it does, in the user's language: the tip, else the text without its mnemonic."""
        return translated(self.tip) if self.tip else translated(self.text).replace("&", "")


ACTIONS: tuple[ActionSpec, ...] = (
    # file
    ActionSpec("open", noop("actions", "&Open …"), lambda w: w.ask_open(), "Ctrl+O", "open", tip=noop("actions", "Open traces")),
    ActionSpec(
        "export",
        noop("actions", "&Export …"),
        lambda w: w.show_export_menu(),
        "Ctrl+E",
        "export",
        "open",
        noop("actions", "Export this pass"),
    ),
    ActionSpec("quit", noop("actions", "&Quit"), lambda w: w.close(), "Ctrl+Q"),
    # replay
    ActionSpec(
        "to_start",
        noop("actions", "To the &start"),
        lambda w: w.session.to_start(),
        "Home",
        "to_start",
        "can go back",
        noop("actions", "To the start of the pass"),
    ),
    ActionSpec(
        "step_back",
        noop("actions", "Step &back"),
        lambda w: w.session.step_back(),
        "Shift+F10",
        "step_back",
        "can go back",
        noop("actions", "Back to where the previous node had finished"),
    ),
    ActionSpec(
        "step",
        noop("actions", "&Step"),
        lambda w: w.session.step(),
        "F10",
        "step",
        "can go on",
        noop("actions", "On to where the next node has finished"),
    ),
    ActionSpec(
        "to_end",
        noop("actions", "To the &end"),
        lambda w: w.session.to_end(),
        "End",
        "to_end",
        "can go on",
        noop("actions", "To the end of the pass"),
    ),
    ActionSpec(
        "event_back",
        noop("actions", "Event back"),
        lambda w: w.session.step_event_back(),
        "Shift+F11",
        "event_step_back",
        "can go back",
        noop("actions", "Back by a single event"),
    ),
    ActionSpec(
        "event_step",
        noop("actions", "Event forward"),
        lambda w: w.session.step_event(),
        "F11",
        "event_step",
        "can go on",
        noop("actions", "On by a single event"),
    ),
    ActionSpec(
        "run_back",
        noop("actions", "Run back"),
        lambda w: w.session.run_back(),
        "Shift+F5",
        "run_back",
        "can go back",
        noop("actions", "Back to the previous breakpoint, else to the start"),
    ),
    ActionSpec(
        "run",
        noop("actions", "&Run"),
        lambda w: w.session.run(),
        "F5",
        "run",
        "can go on",
        noop("actions", "On to the next breakpoint, else to the end"),
    ),
    ActionSpec(
        "run_to_selected",
        noop("actions", "Run to the selected node"),
        lambda w: w.session.run_to_node(w.session.selected),
        "Ctrl+F10",
        "",
        "selected",
    ),
    ActionSpec(
        "run_to_nonfinite",
        noop("actions", "Run to the next NaN or Inf"),
        lambda w: w.session.run_to_nonfinite(),
        "F8",
        "",
        "can go on",
        noop("actions", "On to the next gradient with NaN or Inf"),
    ),
    ActionSpec("go_to_event", noop("actions", "&Go to event …"), lambda w: w.ask_event(), "Ctrl+G", "", "open"),
    ActionSpec("previous_pass", noop("actions", "Previous pass"), lambda w: w.change_pass(-1), "Ctrl+PgUp", "", "open"),
    ActionSpec("next_pass", noop("actions", "Next pass"), lambda w: w.change_pass(1), "Ctrl+PgDown", "", "open"),
    ActionSpec(
        "previous_trace",
        noop("actions", "Previous trace"),
        lambda w: w.change_trace(-1),
        "Ctrl+Shift+PgUp",
        enabled="several",
        tip=noop("actions", "The previous trace in this window, at the same moment"),
    ),
    ActionSpec(
        "next_trace",
        noop("actions", "Next trace"),
        lambda w: w.change_trace(1),
        "Ctrl+Shift+PgDown",
        enabled="several",
        tip=noop("actions", "The next trace in this window, at the same moment"),
    ),
    ActionSpec(
        "breakpoint",
        noop("actions", "Toggle &breakpoint"),
        lambda w: w.session.toggle_breakpoint(),
        "F9",
        "breakpoint",
        "node",
        noop("actions", "Set or clear the breakpoint of this node"),
    ),
    ActionSpec(
        "clear_breakpoints",
        noop("actions", "Clear all breakpoints"),
        lambda w: w.session.clear_breakpoints(),
        "Ctrl+Shift+F9",
        "",
        "breakpoints",
    ),
    # looking
    ActionSpec("find", noop("actions", "&Find node"), lambda w: w.search.start(), "Ctrl+F", "search", "open"),
    ActionSpec(
        "unselect", noop("actions", "Follow the cursor"), lambda w: w.escape(), "Esc", "", tip=noop("actions", "Select nothing")
    ),
    ActionSpec(
        "fit",
        noop("actions", "&Fit the graph"),
        lambda w: w.graph.fit(),
        "Space",
        "fit",
        "drawn",
        noop("actions", "Show the whole graph"),
    ),
    ActionSpec(
        "expand_all",
        noop("actions", "Expand all groups"),
        lambda w: w.session.open_all_groups(),
        "Ctrl+Shift++",
        enabled="closed groups",
    ),
    ActionSpec(
        "collapse_all",
        noop("actions", "Collapse all groups"),
        lambda w: w.session.close_all_groups(),
        "Ctrl+Shift+-",
        enabled="open groups",
    ),
    ActionSpec(
        "gradient_colours",
        noop("actions", "&Gradient colours"),
        lambda w: w.toggle_gradient_colours(),
        "Ctrl+Shift+G",
        "gradient_colours",
        tip=noop("actions", "Colour nodes by the norm of their gradient"),
        checkable=True,
    ),
    ActionSpec(
        "theme",
        noop("actions", "Light or dark"),
        lambda w: w.toggle_theme(),
        "Ctrl+T",
        "theme",
        tip=noop("actions", "Switch the theme"),
    ),
    ActionSpec("reset_layout", noop("actions", "Reset the window's layout"), lambda w: w.reset_layout()),
    ActionSpec("cancel", noop("actions", "Stop waiting"), lambda w: w.session.cancel(), "", "", "busy"),
    ActionSpec("shortcuts", noop("actions", "&Keyboard shortcuts"), lambda w: w.show_shortcuts(), "F1"),
    ActionSpec("about", noop("actions", "&About gradtrace"), lambda w: w.show_about()),
)

GESTURES_TITLE = noop("actions", "The graph")
GESTURES: tuple[tuple[str, str], ...] = (
    (noop("actions", "Up, Down"), noop("actions", "On the graph: to an input, to what uses the result")),
    (noop("actions", "Left, Right"), noop("actions", "On the graph: to the node beside")),
    (noop("actions", "Return, double click"), noop("actions", "Run to the node, or open its group")),
    (noop("actions", "Wheel"), noop("actions", "Zoom")),
    (noop("actions", "Drag"), noop("actions", "Move the graph")),
    (noop("actions", "Right click"), noop("actions", "What can be done with a node or group")),
)
"""What keyboard and mouse do on the graph, for the table of shortcuts."""

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (noop("actions", "&File"), ("open", "recent*", "samples*", "", "export*", "", "quit")),
    (
        noop("actions", "&Replay"),
        (
            *("step", "step_back", "event_step", "event_back", "", "to_start", "to_end", "", "run", "run_back"),
            *("run_to_selected", "run_to_nonfinite", "go_to_event", "", "breakpoint", "clear_breakpoints"),
            *("", "previous_pass", "next_pass", "previous_trace", "next_trace"),
        ),
    ),
    (
        noop("actions", "&View"),
        (
            "find",
            "fit",
            "unselect",
            "",
            "expand_all",
            "collapse_all",
            "",
            "gradient_colours",
            "theme",
            "languages*",
            "",
            "docks*",
            "reset_layout",
            "",
            "cancel",
        ),
    ),
    (noop("actions", "&Help"), ("shortcuts", "about")),
)
"""Menus: titles and action names; ``""`` is a line, a name with a star is a part the window fills in."""

TOOLBAR: tuple[str, ...] = (
    *("open", "", "to_start", "step_back", "step", "to_end", "", "event_back", "event_step", "", "run_back", "run", "breakpoint"),
    *("", "traces*", "passes*", "stretch*", "search*", "", "fit", "gradient_colours", "theme", "export"),
)


def translated(text: str) -> str:
    """A text of the tables above in the user's language."""
    return QCoreApplication.translate("actions", text)


def build_actions(window: MainWindow) -> dict[str, QAction]:
    """Make the QAction of every entry, by name."""
    return {spec.name: _build(spec, window) for spec in ACTIONS}


def _build(spec: ActionSpec, window: MainWindow) -> QAction:
    action = QAction(translated(spec.text), window)
    action.setObjectName(spec.name)
    action.setCheckable(spec.checkable)
    if spec.shortcut:
        action.setShortcut(QKeySequence(spec.shortcut))
    tip = spec.label()
    shortcut = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{tip}  ({shortcut})" if shortcut else tip)
    action.triggered.connect(lambda: spec.run(window))
    return action


def dress_actions(actions: dict[str, QAction], theme: Theme) -> None:
    """Draw the icons in the colours of a theme."""
    for spec in ACTIONS:
        if spec.icon:
            actions[spec.name].setIcon(icon(spec.icon, theme))


def enable_actions(actions: dict[str, QAction], session: Session) -> None:
    """Enable what can be used now."""
    for spec in ACTIONS:
        actions[spec.name].setEnabled(CONDITIONS[spec.enabled](session))
