"""`gradtrace demo` and `gradtrace samples`, the window included where it can be drawn."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import gradtrace as gradtrace_package
import pytest
from gradtrace.samples import PYTORCH_SAMPLES, SAMPLES, find
from gradtrace.tracer.cli.samples import check_needs
from gradtrace.tracer.cli.verb import CommandError

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
needs_qt = pytest.mark.skipif(importlib.util.find_spec("PySide6") is None, reason="the window needs the extra 'gui'")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")


@needs_qt
@needs_linux
def test_demo_without_a_display_draws_the_window(gradtrace: Any, tmp_path: Path) -> None:
    ended = gradtrace("demo", env={"QT_QPA_PLATFORM": ""})
    assert ended.status == 0, ended.err
    assert ended.err == ""
    assert "Passes (10)" in ended.out
    assert "fc1.weight" in ended.out
    assert f"The window: {tmp_path / 'demo.png'}" in ended.out
    assert (tmp_path / "demo.png").read_bytes().startswith(PNG_MAGIC)


@needs_qt
def test_demo_of_a_chosen_sample_into_chosen_files(gradtrace: Any, tmp_path: Path) -> None:
    ended = gradtrace("demo", "detach-inplace-error", "-o", "x.gtrace", "--screenshot", "window.png")
    assert ended.status == 0, ended.err
    assert "RuntimeError: one of the variables needed for gradient computation" in ended.err  # the sample's own traceback
    assert "caused by:" in ended.out
    assert "sigmoid_" in ended.out
    assert (tmp_path / "window.png").read_bytes().startswith(PNG_MAGIC)
    assert gradtrace_package.load(tmp_path / "x.gtrace").passes[0].outcome == "raised"
    assert not (tmp_path / "demo.png").exists()


@needs_qt
@pytest.mark.parametrize("size", [(640, 400), (1920, 1200)])
def test_export_png_through_the_real_window(size: tuple[int, int], gradtrace: Any, tmp_path: Path) -> None:
    gradtrace("samples", "matmul_sum", "--run")
    ended = gradtrace("export", "-f", "png", "matmul_sum.gtrace", "--size", "{}x{}".format(*size))
    assert (ended.status, ended.out, ended.err) == (0, "matmul_sum.png\n", "")
    data = (tmp_path / "matmul_sum.png").read_bytes()
    assert data.startswith(PNG_MAGIC)
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == size


def test_an_unknown_sample_names_near_ones(gradtrace: Any) -> None:
    for verb in ("demo", "samples"):
        ended = gradtrace(verb, "chain_add")
        assert ended.status == 2
        assert "there is no sample 'chain_add'" in ended.err
        assert "chain_add_mul" in ended.err


def test_samples_are_listed_with_titles(gradtrace: Any) -> None:
    ended = gradtrace("samples")
    assert (ended.status, ended.err) == (0, "")
    for sample in (*SAMPLES, *PYTORCH_SAMPLES):
        assert f"{sample.name} " in ended.out
        assert sample.title in ended.out


def test_a_sample_can_be_read_and_copied_but_never_over_another_file(gradtrace: Any, tmp_path: Path) -> None:
    source = gradtrace("samples", "chain_add_mul").out
    assert "y.backward()" in source
    assert gradtrace("samples", "chain_add_mul", "--copy", "mine").out == "mine/chain_add_mul.py\n"
    copy = tmp_path / "mine" / "chain_add_mul.py"
    assert copy.read_text() == source
    copy.write_text("changed")
    again = gradtrace("samples", "--copy", "mine")
    assert again.status == 2
    assert "already has chain_add_mul.py; nothing was copied" in again.err
    assert copy.read_text() == "changed"
    assert len(list((tmp_path / "mine").iterdir())) == 1


def test_all_samples_can_be_copied(gradtrace: Any, tmp_path: Path) -> None:
    assert gradtrace("samples", "--copy", "all").status == 0
    assert len(list((tmp_path / "all").glob("*.py"))) == len(SAMPLES) + len(PYTORCH_SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_every_sample_records_and_ends_as_it_says(sample: Any, gradtrace: Any, tmp_path: Path) -> None:
    ended = gradtrace("samples", sample.name, "--run")
    assert ended.status == sample.expected_exit, ended.err
    assert (sample.expected_error or "gradtrace: recorded") in ended.err
    assert ended.err.splitlines()[-1] == f"gradtrace: recorded {sample.name}.gtrace  (next: gradtrace open {sample.name}.gtrace)"
    trace = gradtrace_package.load(tmp_path / f"{sample.name}.gtrace")
    assert trace.problems == []
    assert gradtrace("info", f"{sample.name}.gtrace").status == 0


def test_a_sample_without_its_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    check_needs(find("matmul_sum"))
    with pytest.raises(CommandError, match="the sample mlp needs torch, which is not installed"):
        check_needs(find("mlp"))


def test_which_sample(gradtrace: Any) -> None:
    ended = gradtrace("samples", "--run")
    assert ended.status == 2
    assert "which sample?" in ended.err
