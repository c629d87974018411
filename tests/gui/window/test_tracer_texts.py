"""What the tracer says, in the language of the window: findings, events, what is not covered, files, ranks, steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gradtrace.core.events import ErrorRaised, Marked
from gradtrace.gui.event_filter import matching_ids, parse
from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.models.passes import STEP
from gradtrace.gui.models.table import TableModel
from gradtrace.gui.settings import Settings
from gradtrace.gui.translation import MESSAGES, install_language, spoken
from gradtrace.gui.translations import update
from gradtrace.tracer.capture.torch.coverage import GAPS
from gradtrace.tracer.message import Message, listed, sentences
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.comparison import compare
from gradtrace.tracer.model.handmade import EventScript
from gradtrace.tracer.model.handmade_cases import CASES
from gradtrace.tracer.record import record, step
from gradtrace.tracer.stored_sentences import NOTES, REASONS
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

ENGLISH = re.compile(r"\b(?:the|of|had|saved|wrote|gave|began|finished|started|created|left|gradient|was|were|has|no|is)\b")
"""Words of sentences; names of operations and files have none of them."""


@pytest.fixture(autouse=True)
def _english_again(qapp: QApplication) -> Iterator[None]:
    yield
    install_language(qapp, "en")


@pytest.fixture
def _chinese(qapp: QApplication) -> None:
    install_language(qapp, "zh_CN")


@pytest.fixture
def chinese_window(make_window: Callable[..., MainWindow]) -> MainWindow:
    settings = Settings.forgetful()
    settings.language = "zh_CN"
    return make_window(settings)


def shown(model: TableModel, column: int) -> list[str]:
    return [model.text(row, column) for row in range(model.row_count())]


def test_templates_of_the_tracer_are_collected() -> None:
    found = {text for context, text in update.texts() if context == MESSAGES}
    assert set(NOTES) | set(REASONS) <= found
    assert {gap.met for gap in GAPS.values() if gap.met} <= found
    assert {"{name} ({place})", "some names were lost", "{count} bytes", "it is damaged"} <= found


def test_braces_are_those_of_values() -> None:
    for text in (text for context, text in update.texts() if context == MESSAGES):
        assert re.sub(r"\{[a-z_]+\}", "", text).isprintable()
        assert not {"{", "}"} & set(re.sub(r"\{[a-z_]+\}", "", text)), text


@pytest.mark.usefixtures("_chinese")
def test_messages_are_translated_with_their_values() -> None:
    wrote = Message(
        "{op} wrote {tensor}, which {node} had saved.",
        op=Message("{name} at {place}", name="mul_", place="train.py:4"),
        tensor="a",
        node=Message("{name} ({place})", name="ExpBackward0", place="train.py:2"),
    )
    assert spoken(wrote) == "train.py:4 处的 mul_ 写入了 a，而它此前已由 ExpBackward0（train.py:2）保存。"
    assert spoken(sentences(wrote, Message("No gradient"))).endswith("保存。没有梯度")
    assert spoken(listed(["w", "b"])) == "w、b"
    assert spoken("it is damaged") == "it is damaged"  # no message
    assert spoken(Message.plain("{x} is of no template")) == "{x} is of no template"
    assert spoken(Message("")) == ""


def test_messages_stay_english_without_a_translator() -> None:
    text = sentences(Message("{count} bytes", count=2), Message("No gradient"))
    assert spoken(text) == str(text)


@pytest.mark.parametrize("name", sorted(CASES))
@pytest.mark.usefixtures("_chinese")
def test_nothing_that_is_said_of_a_trace_stays_english(name: str) -> None:
    trace = Trace.from_events(CASES[name]())
    words = [
        spoken(trace.describe(event)) for event in range(len(trace.events)) if not isinstance(trace.events[event], ErrorRaised)
    ]
    words += [spoken(text) for finding in trace.findings() for text in (finding.title, finding.detail)]
    words = [text.removesuffix("：all its gradients had arrived") for text in words]  # a reason that no engine gives
    assert [text for text in words if ENGLISH.search(text)] == []


def test_failing_program_is_told_in_chinese(chinese_window: MainWindow) -> None:
    chinese_window.session.show_trace(Trace.from_events(CASES["inplace_error"]()))
    problems = chinese_window.problems.model
    assert problems.text(0, 0) == "保存的张量被改写"
    assert "此前已由" in problems.text(0, 1)
    banner = chinese_window.notices.error.text
    assert banner.startswith("RuntimeError：")
    assert "写入了" in banner
    assert any(text.startswith("叶子张量 ") for text in shown(chinese_window.events.model, 3))


def test_notes_about_steps_are_told_in_chinese(chinese_window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "steps.gtrace"
    with record(path, steps=[0, 1, 2, 4]):
        for _ in range(6):
            step()
    chinese_window.session.open_now(path)
    assert "共 6 步，记录了 4 步：0 到 2、4；要求的是：0 到 2、4" in shown(chinese_window.problems.model, 1)


def test_first_nan_is_told_in_chinese(chinese_window: MainWindow) -> None:
    chinese_window.session.show_trace(Trace.from_events(CASES["nonfinite"]()))
    assert "收到的梯度是有限值，给出的却不是：+Inf" in chinese_window.notices.nonfinite.text
    assert "sqrt 在 0 处的导数为无穷大" in chinese_window.notices.nonfinite.text


def test_what_is_not_covered_is_told_in_chinese(chinese_window: MainWindow) -> None:
    script = EventScript()
    script.add(Marked, text=f"compiled: {GAPS['compiled'].met}", kind="not covered", source=script.position())
    script.add(Marked, text="version: PyTorch 2.0 has no _x: saved tensors are not recorded", kind="not covered")
    chinese_window.session.show_trace(Trace.from_events(script.end()))
    tip = chinese_window.status.not_covered.toolTip()
    assert "• torch.compile 编译的部分只是一个节点" in tip
    assert "• PyTorch 2.0 没有 _x：不记录保存的张量" in tip


@pytest.mark.usefixtures("_chinese")
def test_events_are_found_by_what_is_shown_and_in_english() -> None:
    trace = Trace.from_events(CASES["inplace_error"]())
    found = [matching_ids(trace, parse(word)).tolist() for word in ("写入", "wrote")]
    assert found[0] == found[1] != []


def test_file_that_cannot_be_opened_is_explained_in_chinese(chinese_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "none.gtrace"
    path.write_bytes(b"")
    chinese_window.session.open(path)
    qtbot.waitUntil(lambda: "是空文件：录制从未开始" in chinese_window.notices.message.text, timeout=10_000)


def test_damaged_file_is_explained_in_chinese(chinese_window: MainWindow, recorded: Path) -> None:
    recorded.write_bytes(recorded.read_bytes()[:-7])
    chinese_window.session.open_now(recorded)
    assert "录制中断，或仍在写入" in chinese_window.notices.message.text
    problems = chinese_window.problems.model
    assert any("录制中断" in text for text in shown(problems, 1))


def test_ranks_are_compared_in_chinese(chinese_window: MainWindow) -> None:
    traces = [Trace.from_events(CASES[name]()) for name in ("two_steps", "product_of_sums")]
    facts = compare(traces, ["rank 0", "rank 1"])
    words = [spoken(text) for fact in facts for text in (fact.about, fact.text)]
    assert [text for text in words if ENGLISH.search(text)] == []


# ---------------------------------------------------------------------------------------------------- steps of passes
def two_steps_of_four() -> Trace:
    header = {"selection": {"steps": "1,3"}}
    script = EventScript()
    w = script.leaf("w")
    for number in (1, 3):
        script.add(Marked, text=f"step {number}", kind="step")
        script.backward(script.node("MulBackward0", [w], target="y"))
    return Trace.from_events(script.end(), header=header)


def test_passes_tell_their_step_where_steps_are_absent(window: MainWindow) -> None:
    trace = two_steps_of_four()
    window.session.show_trace(trace)
    assert [pass_["step"] for pass_ in trace.summary()["passes"]] == shown(window.passes.model, STEP) == ["step 1", "step 3"]
    assert not window.passes.table.isColumnHidden(STEP)
    assert window.inspector.overview.header.name.text() == "backward #2 · step 3"
    window.session.show_trace(Trace.from_events(CASES["two_steps"]()))
    assert window.passes.table.isColumnHidden(STEP)
    assert window.inspector.overview.header.name.text() == "backward #2"


def test_steps_are_told_in_chinese(chinese_window: MainWindow) -> None:
    chinese_window.session.show_trace(two_steps_of_four())
    assert shown(chinese_window.passes.model, STEP) == ["第 1 步", "第 3 步"]
    assert "第 1,3 步" in chinese_window.status.level.text()
