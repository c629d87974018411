"""The only mutable state of the window: traces, pass, cursor, selection, breakpoints.

Views read the session's properties, call its methods and listen to its signals; they never know each other. Loading and layout run
in the :class:`~gradtrace.gui.worker.Worker`: trace, pass, cursor and drawing change together, on the GUI thread, when the result is
there, so a view never sees half of a change, and what was shown before stays until then.

Several traces may share the window: the ranks of a distributed run, above all. One of them is on show. Going over to another keeps
pass, moment and selection, as far as the other has the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from ..core.events import SourcePosition
from ..tracer.model import Trace
from ..tracer.model.comparison import Fact, compare
from ..tracer.ranks import traces_of_run
from ..tracer.replay import Cursor
from ..tracer.store.errors import TraceError
from .grouping import all_groups
from .lookups import first_run, last_error
from .playback import Playback
from .scene import ALL_NODES, Scene, describe_failure, prepare
from .traces import Ids, OpenTraces, counterparts, moment_there, node_there
from .translation import spoken
from .worker import Token, Worker

OPEN, READ_OTHERS = "open", "read others"
MOST_COMPARED = 16
"""More traces than this are read only when they are shown, and not compared."""


class Place(NamedTuple):
    """An event, and a node to be selected."""

    event: int
    node: int


class Session(Playback):
    """What is open, where the cursor stands and what is selected."""

    traces_changed = Signal()  # which traces share the window, what is known of them, or which is on show
    trace_changed = Signal()
    pass_changed = Signal()
    drawing_changed = Signal()
    busy_changed = Signal(str)  # what is being done, "" when idle
    opened = Signal(str)  # path of a trace that is now shown
    line_wanted = Signal(object)  # a SourcePosition to be shown, whatever the cursor stands at

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worker = Worker(self)
        self._traces = OpenTraces()
        self._collapsed: frozenset[str] | None = None  # None until the user opens or closes a group

    # ----------------------------------------------------------------------------------------------- traces and ranks
    @property
    def traces(self) -> OpenTraces:
        """The traces that share the window."""
        return self._traces

    def open(self, *paths: str | Path) -> None:
        """Load traces in the background and show the first; when it cannot be read, say so and keep what is open.

        A single trace of one rank brings the other ranks of its run with it.
        """
        files = [Path(path) for path in paths]
        self.busy_changed.emit(self.tr("Opening {name} …").format(name=files[0].name))

        def load(token: Token) -> tuple[Scene, OpenTraces]:
            trace = Trace.load(files[0])
            token.check()
            return prepare(trace, token=token), around(files, trace)

        self.worker.submit(
            OPEN, load, lambda found: self._show_new_trace(*found), lambda error: self._opening_failed(files[0], error)
        )

    def open_now(self, *paths: str | Path, index: int | None = None) -> None:
        """Like :meth:`open`, but done when it returns.

        Raises:
            TraceError: the file cannot be read.
            OSError: the file cannot be opened.
        """
        files = [Path(path) for path in paths]
        self.worker.cancel(OPEN)
        trace = Trace.load(files[0])
        self._show_new_trace(prepare(trace, index), around(files, trace))

    def show_trace(self, trace: Trace, index: int | None = None) -> None:
        """Show a trace that is in memory already, at once."""
        self.worker.cancel(OPEN)
        self._show_new_trace(prepare(trace, index), OpenTraces.of_trace(trace))

    def set_trace(self, number: int, then_event: int = -1) -> None:
        """Show another of the traces that share the window, in the same pass, at the same moment, with the same node selected.

        With ``then_event`` go to that event of it instead.
        """
        scene, traces = self._scene, self._traces
        if scene is None or not 0 <= number < len(traces):
            return
        if number == traces.current:
            self.go_to_event(then_event)
            return
        known, path, collapsed = traces.loaded.get(number), traces.paths[number], self._collapsed

        def load(token: Token) -> tuple[Scene, Ids]:
            trace = known if known is not None or path is None else Trace.load(path)
            assert trace is not None
            token.check()
            there = prepare(trace, min(scene.index, len(trace.passes) - 1), collapsed, token)
            return there, counterparts(scene.pass_.arrays, there.pass_.arrays)

        def show(found: tuple[Scene, Ids]) -> None:
            self._show_other_trace(number, *found)
            self.go_to_event(then_event)

        def failed(error: Exception) -> None:
            self._opening_failed(path or Path(), error)
            self.traces_changed.emit()  # the selector goes back to what is on show

        self.busy_changed.emit(self.tr("Opening {name} …").format(name=traces.names[number]))
        self.worker.submit(OPEN, load, show, failed)

    def show_fact(self, fact: Fact) -> None:
        """Go to where traces part."""
        if fact.trace >= 0:
            self.set_trace(fact.trace, fact.event)

    def _read_others(self) -> None:
        """Read the traces that are not on show, and compare all."""
        traces = self._traces
        if not 1 < len(traces) <= MOST_COMPARED:
            return

        def read(token: Token) -> tuple[Fact, ...]:
            loaded = dict(traces.loaded)
            for number, path in traces.unread():
                token.check()
                try:
                    loaded[number] = Trace.load(path)
                except (TraceError, OSError):
                    continue  # whoever wants to look at it is told why it cannot be read
                token.report((number, loaded[number]))
            numbers = sorted(loaded)
            if len(numbers) < 2:
                return ()
            facts = compare([loaded[number] for number in numbers], [traces.names[number] for number in numbers])
            return tuple(replace(fact, trace=numbers[fact.trace] if fact.trace >= 0 else -1) for fact in facts)

        self.worker.submit(READ_OTHERS, read, self._show_facts, self._layout_failed, self._others_read)

    def _others_read(self, found: tuple[int, Trace]) -> None:
        number, trace = found
        if number not in self._traces.loaded:
            self._traces = self._traces.with_loaded(number, trace)
            self.traces_changed.emit()

    def _show_facts(self, facts: tuple[Fact, ...]) -> None:
        self._traces = replace(self._traces, facts=facts)
        self.traces_changed.emit()

    def _show_other_trace(self, number: int, scene: Scene, partner: Ids) -> None:
        before, cursor = self._scene, self._cursor
        assert before is not None
        assert cursor is not None
        here, there = before.pass_.arrays, scene.pass_.arrays
        place = None
        error = before.pass_.error
        to_its_error = scene.pass_.error is not None and (error is None or error.id == cursor.position)
        if scene.index == before.index and not to_its_error:
            place = Place(moment_there(cursor, scene.pass_, partner), node_there(here, there, partner, self._selected))
        self._breakpoints = frozenset(node_there(here, there, partner, node) for node in self._breakpoints) - {0}
        self._traces = replace(self._traces.with_loaded(number, scene.trace), current=number)
        self._show_scene(scene, new_trace=True, place=place)
        self._tell_problems(scene.trace)

    # ----------------------------------------------------------------------------------------- what is open and shown
    def set_pass(self, index: int) -> None:
        """Show another pass (:data:`ALL_NODES`: all nodes of the run); graph and layout are made in the background."""
        if self._scene is not None and index != self._scene.index:
            self._request_scene(index)

    def set_collapsed(self, scopes: Collection[str]) -> None:
        """Draw these groups closed, all others open; cursor and selection stay."""
        if self._scene is None or frozenset(scopes) == self.collapsed:
            return
        self._collapsed = frozenset(scopes)
        trace, index, collapsed = self._scene.trace, self._scene.index, self._collapsed
        self.busy_changed.emit(self.tr("Laying out the graph …"))
        self.worker.submit(OPEN, lambda token: prepare(trace, index, collapsed, token), self._show_new_drawing, self._layout_failed)

    @property
    def collapsed(self) -> frozenset[str]:
        """Scopes whose groups are drawn closed: as the user wants it, or as a large graph is shown at first."""
        if self._collapsed is not None:
            return self._collapsed
        return self._scene.collapsed if self._scene is not None else frozenset()

    @property
    def groups(self) -> frozenset[str]:
        """Every scope of the graph on show."""
        return all_groups(self._scene.pass_.arrays) if self._scene is not None else frozenset()

    def open_all_groups(self) -> None:
        """Draw every group open."""
        self.set_collapsed(())

    def close_all_groups(self) -> None:
        """Draw every group closed; opening one shows those inside it closed."""
        self.set_collapsed(self.groups)

    def cancel(self) -> None:
        """Stop waiting for the load or layout under way; what is shown stays."""
        if self.worker.is_busy(OPEN):
            self.worker.cancel(OPEN)
            self.busy_changed.emit("")

    def close(self) -> None:
        """End background work; call it before the window goes away."""
        self.worker.close()

    def _request_scene(
        self, index: int, then_event: int | None = None, then_node: int = 0, then: Callable[[], None] = lambda: None
    ) -> None:
        assert self._scene is not None
        trace, collapsed = self._scene.trace, self._collapsed

        def show(scene: Scene) -> None:
            self._show_scene(scene)
            if then_event is not None:
                self.go_to_event(then_event, then_node, then)

        self.busy_changed.emit(self.tr("Laying out the graph …"))
        self.worker.submit(OPEN, lambda token: prepare(trace, index, collapsed, token), show, self._layout_failed)

    def _show_new_trace(self, scene: Scene, traces: OpenTraces) -> None:
        self.worker.cancel(READ_OTHERS)
        self._traces = traces
        self._collapsed = None
        self._breakpoints = frozenset()
        self._show_scene(scene, new_trace=True)
        if scene.trace.path is not None:
            self.opened.emit(str(scene.trace.path))
        self._tell_problems(scene.trace)
        self._read_others()

    def _tell_problems(self, trace: Trace) -> None:
        for problem in trace.problems:
            self.message.emit("warning", self.tr("This file has a problem: {problem}").format(problem=spoken(problem)))

    def _show_scene(self, scene: Scene, new_trace: bool = False, place: Place | None = None) -> None:
        cursor = Cursor(scene.trace, scene.pass_)
        self._scene, self._cursor, self._selected = scene, cursor, 0
        error = last_error(scene.trace) if new_trace and scene.pass_.is_forward else scene.pass_.error
        if place is None and error is not None:
            place = Place(error.id, error.node)
        if place is not None:
            cursor.seek(place.event)
            self._selected = place.node
        self._event = cursor.position
        self.busy_changed.emit("")
        if new_trace:
            self.traces_changed.emit()
            self.trace_changed.emit()
            self.breakpoints_changed.emit()
        self.pass_changed.emit()
        self.drawing_changed.emit()
        self.cursor_moved.emit()
        self.selection_changed.emit(self._selected)
        self.event_shown.emit(self._event)
        if scene.failure:
            self.message.emit("error", scene.failure)

    def _show_new_drawing(self, scene: Scene) -> None:
        if self._scene is None or scene.trace is not self._scene.trace or scene.index != self._scene.index:
            return
        self._scene = scene
        self.busy_changed.emit("")
        self.drawing_changed.emit()
        self.cursor_moved.emit()
        self.selection_changed.emit(self._selected)
        if scene.failure:
            self.message.emit("error", scene.failure)

    def _opening_failed(self, path: Path, error: Exception) -> None:
        self.busy_changed.emit("")
        if not isinstance(error, TraceError | OSError):
            raise error
        self.message.emit("error", self.tr("Cannot open {name}: {reason}").format(name=path.name, reason=describe_failure(error)))

    def _layout_failed(self, error: Exception) -> None:
        self.busy_changed.emit("")
        raise error

    # ------------------------------------------------------------------------------------------------------- events
    def show_place(self, event: int, node: int = 0, source: SourcePosition | None = None) -> None:
        """Show what a finding is about: its event, its node in a pass that ran it, and in the end its line."""
        scene = self._scene
        if scene is None:
            return
        if node and scene.pass_.arrays.index(node) < 0 and (event < 0 or scene.trace.pass_of(event) is None):
            ran = first_run(scene.trace, node)
            event = ran if ran >= 0 else event

        def show_line() -> None:
            if source is not None:
                self.line_wanted.emit(source)

        if event < 0:
            self.select(node)
            show_line()
        self.go_to_event(event, node, show_line)

    def go_to_event(self, event: int, node: int = 0, then: Callable[[], None] = lambda: None) -> None:
        """Show any event of the run: move the cursor when it belongs to a pass, else select the node it speaks of.

        ``node`` is selected in the end, when it is given; ``then`` is called when the event is on show, which may take a moment.
        """
        if self._scene is None or not 0 <= event < len(self._scene.trace.events):
            return
        pass_ = self._scene.pass_
        if self._scene.index != ALL_NODES and pass_.first <= event <= pass_.last:
            self.select(node)
            self.seek(event)
            then()
            return
        owner = self._scene.trace.pass_of(event)
        if owner is not None and owner.index != self._scene.index:
            self._request_scene(owner.index, then_event=event, then_node=node, then=then)
            return
        if self._scene.index == ALL_NODES:
            self.seek(event)
        node = node or getattr(self._scene.trace.events[event], "node", 0)
        if node:
            self.select(int(node))
        self.show_event(event)
        then()


def around(files: list[Path], trace: Trace) -> OpenTraces:
    """The traces to share the window when these files are opened, of which the first has been read."""
    if len(files) == 1:
        ranks = traces_of_run(files[0])
        return OpenTraces.of_files(ranks, ranks.index(files[0]), trace)
    return OpenTraces.of_files(list(dict.fromkeys(files)), 0, trace)
