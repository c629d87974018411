"""What users write to select steps, scopes and sizes, and what they are told when it means nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradtrace
import pytest
from gradtrace.tracer.selection import gap_text, parse_size, ranges_text, select_scopes, select_steps


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("0:3,100", [0, 1, 2, 100]),
        (" 1 , 3 ", [1, 3]),
        ("98:", [98, 99, 100, 101]),
        (":2", [0, 1]),
        ("::50", [0, 50, 100]),
        ("0:60:25", [0, 25, 50]),
        (7, [7]),
        ([3, 1, 3], [1, 3]),
        (range(0, 100, 30), [0, 30, 60, 90]),
        (slice(2, 4), [2, 3]),
        (slice(None, None, 50), [0, 50, 100]),
        (lambda index: index in (5, 6), [5, 6]),
    ],
)
def test_a_specification_selects_steps(spec: Any, wanted: list[int]) -> None:
    selection = select_steps(spec)
    assert [index for index in range(102) if index in selection] == wanted


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("3:x", "'3:x' is not a step, nor a range of steps"),
        ("", "'' is not a step"),
        ("1,,2", "'' is not a step"),
        ("-1", "'-1' is not a step"),
        ("1:2:3:4", "'1:2:3:4' is not a step"),
        ("5:5", "'5:5' is an empty range"),
        ("0:9:0", "'0:9:0' goes on by 0 steps"),
        ([], "steps names no step at all"),
        ([1, -2], "-2 is not a step"),
        (1.5, "steps must be text such as '0:3,100'"),
        (True, "steps must be text such as '0:3,100'"),
    ],
)
def test_a_specification_that_means_nothing_is_refused(spec: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        gradtrace.record(tmp_path / "run.gtrace", steps=spec)
    assert not list(tmp_path.iterdir())


def test_a_selection_says_what_it_is() -> None:
    assert select_steps("0:3, 100").text == "0:3,100"
    assert select_steps([4, 5, 6, 9]).text == "4 to 6, 9"

    def rarely(index: int) -> bool:
        return index % 1000 == 0

    assert "rarely() picks" in select_steps(rarely).text


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("encoder", "Net/encoder", True),
        ("encoder", "Net/encoder/layers.0/linear1", True),
        ("encoder", "Net/decoder", False),
        ("encoder", "Net/encoder2", False),
        ("encoder.*", "Net/encoder/layers.0", True),
        ("encoder.*", "Net/encoder", False),
        ("encoder.layers.0", "Net/encoder/layers.0/linear1", True),
        ("encoder/layers.[01]", "Net/encoder.layers.1", True),
        ("Net/encoder", "Net/encoder", True),
        ("/encoder", "Net/encoder", False),
        ("/Net/enc*", "Net/encoder", True),
        ("layers.?", "train/Net/encoder/layers.3", True),
        ("*", "Net", True),
        ("*", "", False),
    ],
)
def test_patterns_match_paths(pattern: str, path: str, matches: bool) -> None:
    assert (path in select_scopes(pattern)) is matches


def test_one_of_several_patterns_is_enough() -> None:
    selection = select_scopes(["encoder", "head"])
    assert "Net/head/fc" in selection
    assert "Net/decoder" not in selection
    assert selection.text == "encoder, head"


@pytest.mark.parametrize("patterns", ["", " . ", [], [""], [3]])
def test_patterns_that_mean_nothing_are_refused(patterns: Any) -> None:
    with pytest.raises(ValueError, match="scope needs patterns such as 'encoder'"):
        select_scopes(patterns)


@pytest.mark.parametrize(
    ("text", "size"), [("65536", 65536), ("64K", 65536), ("64kB", 65536), ("1.5G", 3 << 29), ("2 MiB", 2 << 20), ("0", 0)]
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "K", "-1", "1X", "1,5M"])
def test_what_is_no_size_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a size: write 65536, 64K"):
        gradtrace.record(tmp_path / "run.gtrace", max_value_bytes=text)


def test_numbers_for_people() -> None:
    assert ranges_text([0, 1, 2, 100]) == "0 to 2, 100"
    assert ranges_text([]) == ""
    assert ranges_text(range(0, 100, 2)).endswith("…")
    assert gap_text(3, 3) == "step 3 was not recorded"
    assert gap_text(3, 9) == "steps 3 to 9 were not recorded"


def test_options_that_contradict_one_another_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="keep_last must be at least 1"):
        gradtrace.record(tmp_path / "run.gtrace", keep_last=0)
    with pytest.raises(ValueError, match="bounded by keep_bytes"):
        gradtrace.record(tmp_path / "run.gtrace", keep_last=3, max_events=10)
