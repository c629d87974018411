"""Verbs that take a trace: what they do with a good one, and what they say of a bad one. The window is a fake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from gradtrace.__main__ import make_viewer
from gradtrace.tracer import cli
from gradtrace.tracer.cli import display
from gradtrace.tracer.model import Trace
from gradtrace.tracer.record import record
from gradtrace.tracer.store import head

PROGRAM = """\
import gradtrace.core as torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
unused = torch.tensor(1.0, requires_grad=True)
for _ in range(3):
    loss = (w * w).sum()
    loss.backward()
"""


class FakeViewer:
    """A window that notes what it is asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def open(self, *paths: Path) -> int:
        self.calls.append(("open", *paths))
        return 0

    def render_png(self, trace: Trace, pass_index: int, path: Path, size: tuple[int, int]) -> None:
        self.calls.append(("render_png", len(trace.passes), pass_index, path, size))
        path.write_bytes(b"png")

    def screenshot(self, trace_path: Path, png_path: Path) -> None:
        self.calls.append(("screenshot", trace_path.exists(), png_path))
        png_path.write_bytes(b"png")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "train.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "gradtrace", "run", "-q", "train.py"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    return folder / "train.gtrace"


@pytest.fixture
def trace(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy of the trace in a folder that is the current one; no display; ``QT_QPA_PLATFORM`` is put back."""
    for path in recorded.parent.glob("*.gtrace*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "GRADTRACE_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    monkeypatch.setattr(sys, "platform", "linux")
    return Path("train.gtrace")


# ------------------------------------------------------------------------------------------------------------------ info
def test_info_is_text_for_people(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["info", str(trace)]) == 0
    out = capsys.readouterr().out
    assert "Passes (3)" in out
    assert ".grad is None" in out
    assert "train.py:6" in out


def test_info_json_is_the_summary(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["info", str(trace), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert [pass_["nodes"] for pass_ in summary["passes"]] == [3, 3, 3]
    assert {leaf["name"] for leaf in summary["leaves"]} == {"w", "unused"}


def test_info_of_several_traces_compares_them(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for rank in (0, 1):
        Path(f"run.rank{rank}.gtrace").write_bytes(trace.read_bytes())
    ranks = ["run.rank0.gtrace", "run.rank1.gtrace"]
    assert cli.main(["info", *ranks]) == 0
    out = capsys.readouterr().out
    assert out.count("Passes (3)") == 2
    assert out.endswith(
        "Compared\n"
        "  same  outcome    each ran to its end\n"
        "  same  graphs     the same nodes in the same order in all 3 passes\n"
        "  same  gradients  in all 2 leaves at all 3 backward passes\n"
    )
    assert cli.main(["info", *ranks, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [Path(summary["path"]).name for summary in found["traces"]] == ranks
    assert [fact["alike"] for fact in found["comparison"]] == [True, True, True]
    assert found["comparison"][0] == {
        "about": "outcome",
        "alike": True,
        "text": "each ran to its end",
        "trace": None,
        "event": None,
    }


def test_who_asks_for_a_run_of_several_processes_is_shown_its_traces(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for rank in (0, 1):
        Path(f"run.rank{rank}.gtrace").write_bytes(trace.read_bytes())
    assert cli.main(["info", "run.gtrace"]) == 2
    assert "a trace of its own:  run.rank0.gtrace, run.rank1.gtrace" in capsys.readouterr().err


def test_a_reader_that_stops_early_is_no_error(trace: Path) -> None:
    command = f"{sys.executable} -m gradtrace info --json {trace} | head -n 1; echo ${{PIPESTATUS[0]}}"
    env = {**os.environ, "LC_ALL": "C"}  # bash complains about locales that are not there
    ended = subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True, timeout=300, check=False)
    assert ended.stderr == ""
    assert ended.stdout.splitlines()[0] == "{"


# ---------------------------------------------------------------------------------------------------------------- export
@pytest.mark.parametrize("format_name", ["json", "dot", "graphml", "svg"])
def test_export_writes_beside_the_trace_and_prints_the_name(
    format_name: str, trace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["export", str(trace), "-f", format_name]) == 0
    assert capsys.readouterr().out == f"train.{format_name}\n"
    written = Path(f"train.{format_name}").read_text(encoding="utf-8")
    assert "MulBackward0" in written or "Mul" in written
    assert cli.main(["export", str(trace), "-f", format_name, "-o", "-"]) == 0
    assert capsys.readouterr().out.strip() == written.strip()


def test_export_never_overwrites_what_it_was_not_told_to(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("train.json").write_text("my settings")
    assert cli.main(["export", str(trace), "-f", "json"]) == 2
    assert "train.json exists and stays as it is" in capsys.readouterr().err
    assert Path("train.json").read_text() == "my settings"
    assert cli.main(["export", str(trace), "-f", "json", "-o", "train.json"]) == 0
    assert Path("train.json").read_text() != "my settings"


@pytest.mark.parametrize(("number", "index"), [("1", 0), ("3", 2), ("-1", 2), ("-3", 0)])
def test_passes_count_from_one_or_from_the_end(number: str, index: int, trace: Path) -> None:
    window = FakeViewer()
    assert (
        cli.main(["export", str(trace), "-f", "png", "-o", "a.png", "--pass", number, "--size", "300x200"], viewer=lambda: window)
        == 0
    )
    assert window.calls == [("render_png", 3, index, Path("a.png"), (300, 200))]
    assert cli.main(["export", str(trace), "-f", "json", "-o", "a.json", "--pass", number]) == 0
    assert json.loads(Path("a.json").read_text())["pass"]["index"] == index


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-f", "json", "--pass", "4"], "there is no pass 4: passes are 1 to 3"),
        (["-f", "json", "--pass", "0"], "there is no pass 0"),
        (["-f", "json", "--pass", "-4"], "there is no pass -4"),
        (["-f", "json", "-o", "no/where.json"], "there is no folder no"),
        (["-f", "json", "-o", "."], ". is a folder"),
        (["-f", "png", "-o", "-"], "a PNG is not text"),
    ],
)
def test_exports_that_cannot_be_made(arguments: list[str], message: str, trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", str(trace), *arguments], viewer=FakeViewer) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["-f", "gif"], ["-f", "png", "--size", "big"], ["-f", "png", "--size", "0x5"], ["-f", "json", "--pass", "x"], []]
)
def test_export_usage_errors(arguments: list[str], trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["export", str(trace), *arguments])
    assert ended.value.code == 2
    assert "usage: gradtrace export" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------------------------ open
def test_open_hands_the_trace_to_the_window(trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    window = FakeViewer()
    assert cli.main(["open", str(trace)], viewer=lambda: window) == 0
    assert window.calls == [("open", trace)]


def test_open_hands_all_traces_to_one_window(trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    Path("other.gtrace").write_bytes(trace.read_bytes())
    window = FakeViewer()
    assert cli.main(["open", str(trace), "other.gtrace"], viewer=lambda: window) == 0
    assert window.calls == [("open", trace, Path("other.gtrace"))]
    Path("other.gtrace").write_bytes(b"spoilt")
    assert cli.main(["open", str(trace), "other.gtrace"], viewer=lambda: window) == 2
    assert len(window.calls) == 1


def test_open_without_a_display_names_the_alternatives(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    window = FakeViewer()
    assert cli.main(["open", str(trace)], viewer=lambda: window) == 1
    err = capsys.readouterr().err
    assert "no window can be opened here: neither DISPLAY nor WAYLAND_DISPLAY is set" in err
    assert "gradtrace export -f png train.gtrace" in err
    assert "QT_QPA_PLATFORM" in err
    assert window.calls == []


def test_a_display_that_does_not_answer_is_found_out_without_dying(trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("PySide6")
    monkeypatch.setenv("DISPLAY", ":987")
    monkeypatch.delenv("QT_QPA_PLATFORM")
    assert display.why_no_display().startswith("Qt does not start")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert "offscreen" in display.why_no_display()


@pytest.mark.parametrize("verb", [["open"], ["export", "-f", "png", "-o", "a.png"]])
def test_without_the_gui_extra_the_message_says_how_to_get_it(
    verb: list[str], trace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([verb[0], str(trace), *verb[1:]]) == 1
    err = capsys.readouterr().err
    assert "PySide6" in err
    assert "pip install 'gradtrace[gui]'" in err


def test_the_composition_root_notices_that_qt_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradtrace.__main__.find_spec", lambda name: None)
    with pytest.raises(cli.ViewerUnavailableError, match="PySide6"):
        make_viewer()


# ------------------------------------------------------------------------------------------------------------ bad traces
def bad_traces(folder: Path, good: bytes) -> dict[str, bytes]:
    return {
        "empty": b"",
        "text": b"print('hello')\n",
        "zeros": bytes(4096),
        "one byte": b"\x89",
        "head only": good[:12],
    }


@pytest.mark.parametrize("name", ["empty", "text", "zeros", "one byte", "head only"])
@pytest.mark.parametrize("verb", [["info"], ["open"], ["export", "-f", "json"]])
def test_what_is_no_trace_is_called_by_name(name: str, verb: list[str], trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = Path("bad.gtrace")
    bad.write_bytes(bad_traces(trace.parent, trace.read_bytes())[name])
    assert cli.main([verb[0], str(bad), *verb[1:]], viewer=FakeViewer) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("gradtrace: error: ")
    assert "bad.gtrace" in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_a_trace_of_the_future_asks_for_a_newer_gradtrace(
    trace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as later:
        later.setattr(head, "VERSION", (head.VERSION[0] + 1, 0))
        with record("future.gtrace"):
            pass
    for verb in (["info"], ["open"], ["export", "-f", "svg"]):
        assert cli.main([verb[0], "future.gtrace", *verb[1:]], viewer=FakeViewer) == 2
        err = capsys.readouterr().err
        assert err.startswith("gradtrace: error: ")
        assert "future.gtrace" in err
        assert "newer gradtrace" in err


def test_missing_traces(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.py").write_text("")
    assert cli.main(["info", "nothing.gtrace"]) == 2
    assert "there is no trace nothing.gtrace" in capsys.readouterr().err
    assert cli.main(["info", "other.gtrace"]) == 2
    assert "gradtrace run other.py" in capsys.readouterr().err
    assert cli.main(["info", "."]) == 2
    err = capsys.readouterr().err
    assert ". is a folder, not a trace" in err
    assert "train.gtrace" in err


@pytest.mark.parametrize("lost", [1, 40, 400, 1000])
def test_a_truncated_trace_still_tells_what_it_has(lost: int, trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = trace.read_bytes()
    trace.write_bytes(data[:-lost])
    assert cli.main(["info", str(trace)]) == 0
    assert "Problems\n" in capsys.readouterr().out
    assert cli.main(["export", str(trace), "-f", "json"]) == 0


# ------------------------------------------------------------------------------------------------------------------ edges
def test_a_bug_is_a_message_and_a_traceback_on_request(
    trace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> FakeViewer:
        raise ZeroDivisionError("inside")

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert cli.main(["open", str(trace)], viewer=broken) == 1
    err = capsys.readouterr().err
    assert err.splitlines()[0] == "gradtrace: error: ZeroDivisionError: inside"
    assert "GRADTRACE_DEBUG=1" in err
    assert "Traceback" not in err
    monkeypatch.setenv("GRADTRACE_DEBUG", "1")
    assert cli.main(["open", str(trace)], viewer=broken) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_interrupting_a_verb_is_no_error(trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> FakeViewer:
        raise KeyboardInterrupt

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert cli.main(["open", str(trace)], viewer=interrupted) == 130
