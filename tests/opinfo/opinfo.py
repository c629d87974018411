"""Compare gradtrace.core with PyTorch, operator by operator, on the samples of PyTorch's own operator tests.

    python tests/opinfo/opinfo.py                     every operator: a table, and what differs
    python tests/opinfo/opinfo.py add sum             these operators (exact torch names, or name:variant)
    python tests/opinfo/opinfo.py -k linalg           operators whose label contains this
    python tests/opinfo/opinfo.py --aspect grads      this aspect only (may be repeated)
    python tests/opinfo/opinfo.py --tier 1            tier 1 only
    python tests/opinfo/opinfo.py add -v              every difference, not just the first of each aspect
    python tests/opinfo/opinfo.py --json              the same as JSON
    python tests/opinfo/opinfo.py --markdown          failing operators grouped by aspect
    python tests/opinfo/opinfo.py --update            write agreeing.txt anew from what agrees now

Differences that are explained in exceptions.toml count as agreement.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from opinfo_compare import ASPECTS, Limits, Report, check, first
from opinfo_database import OTHERS, Operator, load_operators

HERE = Path(__file__).parent
AGREEING_FILE = HERE / "agreeing.txt"
EXCEPTIONS_FILE = HERE / "exceptions.toml"
HEADING = """\
# Operators that agree with PyTorch on every sample, and the grad_fn names that occur. A test keeps it so.
# Written by opinfo.py --update.
"""


def read_agreeing() -> dict[str, list[str]]:
    """The operators which are known to agree: names of their ``grad_fn`` by label."""
    lines = AGREEING_FILE.read_text(encoding="utf-8").splitlines()
    return {line.split()[0]: line.split()[1:] for line in lines if line and not line.startswith("#")}


def read_exceptions() -> list[dict[str, str]]:
    """Tables with ``op`` (``*``: any), ``aspect``, ``reason``, and ``differs``, a pattern the excused difference must match."""
    return list(tomllib.loads(EXCEPTIONS_FILE.read_text(encoding="utf-8")).get("exception", []))


def without_exceptions(report: Report, exceptions: Iterable[dict[str, str]]) -> Report:
    """The report without the differences that are excused."""
    left = dict(report.differences)
    for one in exceptions:
        if one["op"] in ("*", report.label, report.label.partition(":")[0]) and one["aspect"] in left:
            pattern = re.compile(one.get("differs", ""), re.DOTALL)
            left[one["aspect"]] = [text for text in left[one["aspect"]] if not pattern.search(text)]
    kept = {aspect: texts for aspect, texts in left.items() if texts}
    return replace(report, differences=kept)


def choose(operators: Sequence[Operator], arguments: argparse.Namespace) -> list[Operator]:
    """The operators asked for. Exits when a name is unknown."""
    known = {operator.label for operator in operators} | {operator.name for operator in operators}
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        sys.exit(f"not in names.txt or without samples: {', '.join(unknown)}")
    return [
        operator
        for operator in operators
        if (not arguments.names or operator.name in arguments.names or operator.label in arguments.names)
        and (not arguments.k or arguments.k in operator.label)
        and (not arguments.tier or operator.tier == arguments.tier)
    ]


def status_line(report: Report) -> str:
    """Label, and the failing aspects with counts."""
    failing = [
        aspect if aspect == "missing" else f"{aspect} {len(report.differences[aspect])}/{report.compared[aspect]}"
        for aspect in ASPECTS
        if aspect in report.differences
    ]
    nothing = not any(report.compared.get(aspect) for aspect in ("values", "dtype"))
    verdict = ", ".join(failing) or ("nothing compared" if nothing else "agrees")
    return f"{report.tier} {report.label:<44} {verdict}"


def print_report(report: Report, aspects: Sequence[str], verbose: bool) -> None:
    """One line, and then the differences."""
    print(status_line(report))
    for aspect in aspects:
        differences = report.differences.get(aspect, [])
        if differences and aspect != "missing":
            for text in differences if verbose else [first(differences)]:
                print(f"  {aspect}: {text}")
    sys.stdout.flush()


def agrees(report: Report) -> bool:
    """Whether something was compared and nothing differs."""
    return not report.differences and any(report.compared.get(aspect) for aspect in ("values", "dtype"))


def summary(reports: Sequence[Report]) -> str:
    """How many agree, by tier."""
    lines = []
    for tier in (1, 2, 3, OTHERS):
        of_tier = [report for report in reports if report.tier == tier]
        if not of_tier:
            continue
        name = "others" if tier == OTHERS else f"tier {tier}"
        lines.append(f"{name}: {sum(map(agrees, of_tier))} of {len(of_tier)} agree")
    return "; ".join([*lines, f"all: {sum(map(agrees, reports))} of {len(reports)}"])


def markdown(reports: Sequence[Report]) -> str:
    """Failing operators grouped by aspect, each with its first difference."""
    lines = [summary(reports), ""]
    for aspect, meaning in ASPECTS.items():
        failing = [report for report in reports if aspect in report.differences]
        if not failing:
            continue
        lines += [f"## {aspect}: {len(failing)} ({meaning})", ""]
        if aspect in ("missing", "aliases"):
            lines += [", ".join(text.removeprefix("there is no torch.") for one in failing for text in one.differences[aspect]), ""]
            continue
        for report in failing:
            count = f"{len(report.differences[aspect])}/{report.compared[aspect]}"
            lines.append(f"- {report.label} (tier {report.tier}, {count}): {report.differences[aspect][0]}")
        lines.append("")
    return "\n".join(lines)


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="torch names, or name:variant")
    parser.add_argument("-k", default="", metavar="TEXT", help="only labels that contain TEXT")
    parser.add_argument("--tier", type=int, choices=(1, 2, 3, 4), help="4: what core has beyond names.txt")
    parser.add_argument("--aspect", action="append", choices=tuple(ASPECTS), help="show this aspect only")
    parser.add_argument("--samples", type=int, default=Limits.float64, help="float64 samples per operator (%(default)s)")
    parser.add_argument("-v", "--verbose", action="store_true", help="all differences")
    parser.add_argument("--raw", action="store_true", help="ignore exceptions.toml")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--update", action="store_true", help="rewrite agreeing.txt")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parse(argv)
    torch.set_num_threads(1)
    exceptions = [] if arguments.raw else read_exceptions()
    aspects = arguments.aspect or list(ASPECTS)
    quiet = arguments.json or arguments.markdown
    reports = []
    for operator in choose(load_operators(), arguments):
        report = without_exceptions(check(operator, Limits(float64=arguments.samples)), exceptions)
        reports.append(report)
        if not quiet and (arguments.aspect is None or any(aspect in report.differences for aspect in aspects)):
            print_report(report, aspects, arguments.verbose)
    if arguments.json:
        print(json.dumps([asdict(report) for report in reports], indent=1))
    elif arguments.markdown:
        print(markdown(reports))
    else:
        print(summary(reports))
    if arguments.update:
        update(reports)
    return 0 if all(map(agrees, reports)) else 1


def update(reports: Sequence[Report]) -> None:
    """Bring agreeing.txt up to date for the operators which were looked at."""
    looked_at = {report.label for report in reports}
    agreeing = {label: names for label, names in read_agreeing().items() if label not in looked_at}
    agreeing |= {report.label: report.grad_fns for report in reports if agrees(report)}
    lines = [" ".join([label, *names]) + "\n" for label, names in sorted(agreeing.items())]
    AGREEING_FILE.write_text(HEADING + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
