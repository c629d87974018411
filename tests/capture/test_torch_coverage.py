"""What is not covered: one list for the documentation, and for the recordings that met such a thing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace.core import events as ev
from gradtrace.tracer.capture.torch.coverage import GAPS
from gradtrace.tracer.cli.info import summary_text
from gradtrace.tracer.model import Trace

DOCUMENT = Path(gradtrace.__file__).parent / "docs" / "pytorch.md"


def test_the_documentation_has_the_same_list() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").partition("## What is not recorded")[2]
    listed = [" ".join(entry.split()) for entry in f"\n{text}".split("\n- ")[1:]]
    assert listed == [f"**{gap.title}**: {gap.explanation}" for gap in GAPS.values()]


def test_every_name_that_is_looked_up_is_in_the_documented_table() -> None:
    assert "probing.py" in DOCUMENT.read_text(encoding="utf-8")


def a_transformation(torch: Any) -> None:
    torch.func.vmap(lambda value: value * 2)(torch.ones(2, 2))


def a_scripted_function(torch: Any) -> None:
    function = torch.jit.script(_double)
    x = torch.ones(2, requires_grad=True)
    function(x).sum().backward()


def _double(x):
    return x * 2


def a_write_to_a_view(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True) * 2
    x[0].mul_(3)
    x.sum().backward()


def a_checkpoint(torch: Any) -> None:
    from torch.utils.checkpoint import checkpoint  # noqa: PLC0415  optional

    checkpoint(lambda value: value.sin().exp(), torch.ones(2, requires_grad=True), use_reentrant=False).sum().backward()


def a_sparse_tensor(torch: Any) -> None:
    torch.nn.functional.embedding(torch.tensor([0]), torch.ones(2, 2, requires_grad=True), sparse=True).sum().backward()


def a_device(torch: Any) -> None:
    (torch.ones(2, requires_grad=True, device="meta") * 2).sum().backward()


def nothing_special(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    (x * x).sum().backward()
    x.backward(torch.ones(2))


@pytest.mark.parametrize(
    ("program", "keys"),
    [
        (a_transformation, ["transforms"]),
        (a_scripted_function, ["scripted"]),
        (a_write_to_a_view, ["copy_slices"]),
        (a_checkpoint, ["packed"]),
        (a_sparse_tensor, ["storage"]),
        (a_device, ["devices"]),
        (nothing_special, []),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_recording_says_what_it_met(program: Callable[[Any], None], keys: list[str], tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    with gradtrace.record(tmp_path / "run.gtrace") as recording:
        program(torch)
        program(torch)
    assert recording.failure == ""
    trace = gradtrace.load(tmp_path / "run.gtrace")
    assert [one.key for one in trace.not_covered] == keys
    assert [one.text for one in trace.not_covered] == [GAPS[key].met for key in keys]
    if keys:
        (one,) = trace.not_covered
        assert one.source is not None
        assert one.source.file == __file__
        assert f"- {one.text} (test_torch_coverage.py:{one.source.line})" in summary_text(trace)
        assert trace.summary()["not_covered"][0]["key"] == keys[0]
    else:
        assert "Not covered" not in summary_text(trace)


def test_nodes_from_before_the_recording_are_late(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    loss = (torch.ones(2, requires_grad=True) * 2).sum()
    with gradtrace.record(tmp_path / "run.gtrace"):
        loss.backward()
    assert [one.key for one in gradtrace.load(tmp_path / "run.gtrace").not_covered] == ["late"]


def test_names_of_threads_and_gaps_are_read_back() -> None:
    trace = Trace.from_events(
        [
            ev.RunStarted(id=0),
            ev.Marked(id=1, text="loader", kind="thread", thread=3),
            ev.Marked(id=2, text="hello"),
            ev.Marked(id=3, text="future: something: new", kind="not covered"),
        ]
    )
    assert trace.thread_names == {3: "loader"}
    assert [(one.key, one.text, one.event) for one in trace.not_covered] == [("future", "something: new", 3)]
    described = [trace.describe(event) for event in trace.events][1:]
    assert described == ["Thread loader began", "Mark: hello", "Not covered: something: new"]
