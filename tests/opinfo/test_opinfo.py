"""What agrees with PyTorch stays so: every operator of agreeing.txt on the samples of PyTorch's own operator tests.

``python tests/opinfo/opinfo.py`` shows the same comparison for all operators, and what differs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from opinfo_workbench import Workbench

AGREEING = [
    line.split()[0]
    for line in Path(__file__).with_name("agreeing.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize("label", AGREEING)
def test_still_agrees(label: str, bench: Workbench) -> None:
    assert bench.excused(bench.report(label)).differences == {}


def test_the_list_is_complete(bench: Workbench) -> None:
    """No failure, but a note when more could be in the list."""
    more = [label for label in bench.operators if label not in AGREEING and bench.agrees(label)]
    if more:
        pytest.skip(f"these agree now, too; run `python tests/opinfo/opinfo.py --update`: {', '.join(more)}")


def test_names_are_those_of_the_database(bench: Workbench) -> None:
    lines = bench.database.NAMES_FILE.read_text(encoding="utf-8").splitlines()
    listed = {line.split()[1]: line.split()[2:] for line in lines if line[:1].isdigit()}
    rows: dict[str, list[str]] = {name: [] for name in listed}
    for operator in bench.operators.values():
        if operator.name in rows:
            rows[operator.name].append(operator.info.variant_test_name or "=")
    assert listed == {name: [] if variants == ["="] else variants or ["-"] for name, variants in rows.items()}
    assert set(AGREEING) <= set(bench.operators)


def test_exceptions_are_needed(bench: Workbench) -> None:
    """Each exception names a known operator and aspect, and excuses something."""
    for exception in bench.exceptions:
        assert exception["aspect"] in bench.compare.ASPECTS
        labels = [one.label for one in bench.operators.values() if exception["op"] in ("*", one.label, one.name)]
        reports = map(bench.report, labels)
        excuses = (bench.excused(report, [exception]).differences != report.differences for report in reports)
        assert any(excuses), f"nothing needs this exception any more: {exception}"
