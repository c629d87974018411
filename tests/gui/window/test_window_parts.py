"""Parts of the window that need no window: filter language, lookups, models, settings, the handler of last resort."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gradtrace.core.events import EVENT_TYPES, BackwardStarted, Event, GradientStatistics, HookFired, HookRegistered
from gradtrace.core.events import Gradient as GradientRecord
from gradtrace.gui import event_kinds
from gradtrace.gui.app import ExceptionHandler, main
from gradtrace.gui.event_filter import FilterError, matching_ids, parse
from gradtrace.gui.formats import gradient_cell
from gradtrace.gui.lookups import find_nodes
from gradtrace.gui.main_window import SIZE, MainWindow, first_size
from gradtrace.gui.models.array import MOST_ROWS, ArrayModel
from gradtrace.gui.models.events import EventsModel
from gradtrace.gui.settings import MAX_RECENT, Settings
from gradtrace.gui.views.inspector.slices import matrix_of, slice_count, slice_name
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.handmade import EventScript
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot


# --------------------------------------------------------------------------------------------------------------- filter
def test_every_event_type_has_a_kind_and_every_kind_a_group() -> None:
    assert set(event_kinds.KINDS) == set(EVENT_TYPES)
    assert {kind.group for kind in event_kinds.KINDS.values()} == set(event_kinds.GROUPS)
    assert all(event_kinds.label(event_type) for event_type in EVENT_TYPES)


def test_words_name_kinds_and_groups() -> None:
    assert parse("").keeps_everything
    assert parse("hookfired").kinds == frozenset({HookFired})
    assert {HookFired, HookRegistered} <= (parse("hooks").kinds or set())
    without = parse("-hook").kinds
    assert without is not None
    assert HookFired not in without
    assert BackwardStarted in without
    assert parse("", groups=["error"]).kinds == frozenset(event_kinds.types_of("error"))


def test_malformed_expression_is_told() -> None:
    with pytest.raises(FilterError, match="broken"):
        parse("/(broken/")


def test_filter_finds_events(case: Callable[[str], Trace]) -> None:
    trace = case("hooks")
    fired = matching_ids(trace, parse("HookFired"))
    assert fired.tolist() == trace.events.ids(HookFired).tolist()
    clip = matching_ids(trace, parse("hook clip"))
    assert 0 < len(clip) < len(matching_ids(trace, parse("hook")))
    assert not set(matching_ids(trace, parse("hook -clip")).tolist()) & set(clip.tolist())
    assert matching_ids(trace, parse("train.py:2")).size > 0


def test_filter_stops_when_told_to(case: Callable[[str], Trace]) -> None:
    def stop() -> None:
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        matching_ids(case("hooks"), parse("word"), stop)


# -------------------------------------------------------------------------------------------------------------- lookups
def test_exact_names_come_before_parts_of_names(case: Callable[[str], Trace]) -> None:
    pass_ = case("product_of_sums").passes[0]
    found = find_nodes(pass_, "a")
    trace = case("product_of_sums")
    assert trace.nodes[found[0]].target == "a"
    assert len(found) > 1
    assert find_nodes(pass_, "  ") == []


def statistics(**changes: float) -> GradientStatistics:
    values = {"count": 4, "nan": 0, "pos_inf": 0, "neg_inf": 0, "zeros": 0, "min": 0.0, "max": 1.0, "mean": 0.5, "norm": 2.0}
    return GradientStatistics(**{**values, **changes})  # type: ignore[arg-type]


def test_gradient_cells_tell_none_zero_and_nan_apart() -> None:
    def cell(numbers: GradientStatistics | None) -> tuple[str, str]:
        return gradient_cell(GradientRecord((4,), "float32", numbers))

    assert gradient_cell(None) == ("None", "muted")
    assert cell(statistics(zeros=4, norm=0.0)) == ("zero", "warning")
    assert cell(statistics(nan=1, pos_inf=2)) == ("1 NaN, 2 +Inf of 4", "error")
    assert cell(statistics()) == ("2.0", "")
    assert cell(None)[1] == "muted"


# --------------------------------------------------------------------------------------------------------------- models
def test_events_model_builds_only_the_rows_it_is_asked_for(
    qapp: QApplication, case: Callable[[str], Trace], monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = case("hooks")
    built: list[int] = []
    describe = trace.describe

    def watched(event: Event) -> str:
        built.append(event.id)
        return describe(event)

    monkeypatch.setattr(trace, "describe", watched)
    model = EventsModel()
    model.set_trace(trace)
    assert model.rowCount() == len(trace.events)
    assert built == []
    model.data(model.index(3, 3))
    model.data(model.index(3, 3))
    assert built == [3]
    model.set_ids(np.array([2, 5, 9]))
    assert model.row_of(5) == 1
    assert model.row_of(4) == -1
    assert model.data(model.index(2, 0), Qt.ItemDataRole.DisplayRole) == "9"


def test_large_arrays_are_cut_off_in_the_table(qapp: QApplication) -> None:
    model = ArrayModel()
    model.set_matrix(np.zeros((MOST_ROWS + 10, 3)))
    assert model.rowCount() == MOST_ROWS
    model.set_matrix(np.array([[np.nan, 0.0, 1.5]]))
    assert [model.tone(0, column) for column in range(3)] == ["error", "muted", ""]
    assert model.text(0, 2) == "1.5"


def test_slices_of_arrays() -> None:
    assert matrix_of(np.full((), 3.0)).shape == (1, 1)
    assert matrix_of(np.zeros(5)).shape == (1, 5)
    cube = np.arange(24).reshape(2, 3, 2, 2)
    assert slice_count(cube) == 6
    assert np.array_equal(matrix_of(cube, 4), cube[1, 1])
    assert slice_name(cube, 4) == "[1, 1, :, :]"
    assert slice_name(np.zeros(3), 0) == "[:]"


# ------------------------------------------------------------------------------------------------------------- settings
def test_recent_files_are_kept_newest_first_and_dropped_when_gone(tmp_path: Path) -> None:
    settings = Settings.in_file(tmp_path / "settings.ini")
    paths = [tmp_path / f"{number}.gtrace" for number in range(MAX_RECENT + 3)]
    for path in paths:
        path.write_bytes(b"x")
        settings.add_recent_file(path)
    settings.add_recent_file(paths[5])
    settings.sync()
    again = Settings.in_file(tmp_path / "settings.ini")
    assert again.recent_files[0] == paths[5]
    assert len(again.recent_files) == MAX_RECENT
    paths[5].unlink()
    assert paths[5] not in again.recent_files
    again.clear_recent_files()
    assert again.recent_files == []


# ----------------------------------------------------------------------------------------------------------- last resort
def test_uncaught_exception_becomes_a_message(window: MainWindow, capsys: pytest.CaptureFixture[str]) -> None:
    handler = ExceptionHandler(window)
    try:
        try:
            raise ZeroDivisionError("division by zero in a view")
        except ZeroDivisionError as error:
            handler(type(error), error, error.__traceback__)
    finally:
        handler.uninstall()
    assert "division by zero in a view" in window.notices.message.text
    assert "Traceback" in capsys.readouterr().err


def test_start_up_opens_the_file_it_is_given(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, recorded: Path, tmp_path: Path
) -> None:
    shown: list[str] = []

    def run() -> int:
        window = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow) and widget.isVisible())
        qtbot.waitUntil(lambda: window.session.trace is not None, timeout=60_000)
        shown.append(window.windowTitle())
        window.close()
        window.deleteLater()
        return 7

    monkeypatch.setattr(Settings, "of_user", classmethod(lambda _: Settings.in_file(tmp_path / "user.ini")))
    monkeypatch.setattr(type(qapp), "exec", lambda _: run())
    hook = sys.excepthook
    assert main([str(recorded)]) == 7
    assert sys.excepthook is hook
    assert shown == [f"{recorded.name} – gradtrace"]
    assert Settings.in_file(tmp_path / "user.ini").recent_files == [recorded]


def test_first_size_fits_a_small_screen() -> None:
    assert first_size(QSize(1280, 800)) == QSize(1272, 760)
    assert first_size(QSize(2560, 1440)) == SIZE
    assert first_size(QSize()) == SIZE


def test_selector_of_passes_grows_with_their_labels(window: MainWindow) -> None:
    narrow = window.pass_selector.sizeHint().width()
    script = EventScript(file="/home/user/pretrain_language_model.py")
    y = script.node("MulBackward0", [script.leaf("w")], target="y")
    script.backward(y)
    window.session.show_trace(Trace.from_events(script.end()))
    label = window.pass_selector.currentText()
    assert label == "backward #1 · pretrain_language_model.py:3"
    assert window.pass_selector.sizeHint().width() > max(narrow, window.pass_selector.fontMetrics().horizontalAdvance(label))
