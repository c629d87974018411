"""``gradtrace info``: what is in a trace, for people or (``--json``) for programs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..model import Trace
from ..model.comparison import Fact, compare
from ..model.text import count_text, duration_text, number_text, shape_text
from ..ranks import short_names
from .traces import load_trace
from .verb import OK, Verb
from .viewer import ViewerFactory

MOST_ROWS = 20
"""Longer tables lose their middle: the first and the last rows say most."""

Summary = dict[str, Any]
Row = Sequence[str]

_OUTCOMES = {
    "finished": "ran to its end",
    "raised": "ended with an exception",
    "exited": "exited",
    "running": "was still running when this was written",
    "cut off": "was cut off: the recording has no end",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``gradtrace info``."""
    parser.add_argument("traces", type=Path, nargs="+", metavar="TRACE", help="a .gtrace file; several are compared as well")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")


def run(args: argparse.Namespace, viewer: ViewerFactory) -> int:  # noqa: ARG001 - every verb is called alike
    """Print the summary; of several traces also what they have in common."""
    paths: list[Path] = args.traces
    traces = [load_trace(path) for path in paths]
    facts = compare(traces, short_names(paths)) if len(traces) > 1 else []
    if args.json:
        summaries = [trace.summary() for trace in traces]
        several = {"traces": summaries, "comparison": [_fact_summary(fact) for fact in facts]}
        print(json.dumps(several if facts else summaries[0], indent=2, allow_nan=False))
    else:
        texts = [summary_text(trace) for trace in traces]
        print("\n\n\n".join([*texts, comparison_text(facts)] if facts else texts))
    return OK


def _fact_summary(fact: Fact) -> Summary:
    places = {"trace": fact.trace, "event": fact.event}
    return {**asdict(fact), **{key: place if place >= 0 else None for key, place in places.items()}}


def summary_text(trace: Trace) -> str:
    """The summary of a trace, laid out to be read."""
    summary = trace.summary()
    blocks = [section(summary) for section in SECTIONS]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def comparison_text(facts: Sequence[Fact]) -> str:
    """What several traces have in common, laid out to be read."""
    rows = _aligned(("same" if fact.alike else "different", fact.about, fact.text) for fact in facts)
    return "\n".join(["Compared", *_indented(rows)])


# -------------------------------------------------------------------------------------------------------------- sections
def _run(summary: Summary) -> list[str]:
    started = summary["run"]
    name = Path(summary["path"]).name if summary["path"] else "trace"
    command = " ".join(started["argv"])
    outcome = _OUTCOMES.get(started["outcome"], started["outcome"])
    if started["outcome"] == "exited":
        outcome += f" with status {started['status']}"
    versions = ", ".join(f"{package} {version}" for package, version in sorted(started["versions"].items()))
    rows = [
        ("program", f"{command} {outcome}".strip()),
        ("recorded", ", ".join(part for part in (started["host"], versions) if part)),
        ("rank", f"{started['rank']} of {started['world_size']} processes" if started["world_size"] > 1 else ""),
        (
            "events",
            f"{summary['events']['total']:,} in {duration_text(started['duration_ns'])}, "
            f"{count_text(summary['nodes'], 'node')}, level {summary['level']}",
        ),
        ("selected", summary["selection"]["text"] if summary["selection"] else ""),
    ]
    return [name, *_indented(_aligned(row for row in rows if row[1]))]


def _passes(summary: Summary) -> list[str]:
    passes = summary["passes"]
    if not passes:
        return ["Passes", "  none: no backward() was recorded"]
    in_steps = any(pass_["step"] for pass_ in passes)
    rows = [
        (
            f"#{pass_['index'] + 1}",
            *([pass_["step"] or ""] if in_steps else []),
            pass_["call"],
            _where(pass_["source"]),
            count_text(pass_["nodes"], "node"),
            pass_["outcome"],
            "" if pass_["first_nonfinite"] is None else f"NaN or Inf from event {pass_['first_nonfinite']} on",
            f"not observed: {pass_['unobserved']}" if pass_["unobserved"] else "",
        )
        for pass_ in passes
    ]
    how = next((pass_["provenance"] for pass_ in passes if pass_["derived"]), None)
    return [f"Passes ({len(rows)})", *_indented(_shortened(_aligned(rows))), *_indented([how] if how else [])]


def _leaves(summary: Summary) -> list[str]:
    leaves = summary["leaves"]
    if not leaves:
        return ["Leaves", "  none: no tensor that requires a gradient was seen"]
    rows = [
        (leaf["name"], shape_text(tuple(leaf["shape"])), leaf["dtype"], _gradient(leaf), _where(leaf["source"])) for leaf in leaves
    ]
    return [f"Leaves ({len(rows)})", *_indented(_shortened(_aligned(rows)))]


def _gradient(leaf: Summary) -> str:
    """The leaf's ``.grad`` at the end of the run, in a few words."""
    state = leaf["gradient_state"]
    if state == "absent":
        return "no gradient in what was recorded"
    if state in ("none", "zero"):
        cleared = "" if leaf["cleared"] is None else " (cleared)"
        if leaf["cleared_norm"] is not None:
            cleared = f" (norm {_norm(leaf['cleared_norm'])} before it was cleared)"
        return (".grad is None" if state == "none" else ".grad is all zeros") + cleared
    if state == "nonfinite":
        counts = leaf["gradient"]
        return f".grad has {counts['nan']} NaN, {counts['pos_inf'] + counts['neg_inf']} Inf of {counts['count']}"
    if state == "unknown":
        return ".grad recorded without numbers"
    return f".grad norm {_norm(leaf['gradient_norm'])}"


def _norm(norm: float | str) -> str:
    """A norm of the summary: a string when it is too large for a float."""
    return norm if isinstance(norm, str) else number_text(norm)


def _errors(summary: Summary) -> list[str]:
    lines = []
    for error in summary["errors"]:
        place = " of ".join(part for part in (error["node"], error["pass"]) if part)
        first, *more = error["message"].splitlines() or [""]
        lines.append(f"{error['type']}{f' in {place}' if place else ''}: {first}".rstrip(": "))
        lines += [f"  {line}".rstrip() for line in more]
        lines += [f"  at {_where(error['source'])}"] if error["source"] else []
        if error["cause"]:
            at = _where(error["cause"]["source"])
            lines.append(f"  caused by: {error['cause']['description']}{f', at {at}' if at else ''}")
    return ["Errors", *_indented(lines)] if lines else []


def _findings(summary: Summary) -> list[str]:
    lines = [f"{finding['severity']}: {finding['title']}. {finding['detail']}" for finding in summary["findings"]]
    return ["Findings", *_indented(lines)] if lines else []


def _events(summary: Summary) -> list[str]:
    kinds = summary["events"]["by_kind"]
    return ["Events by kind", *_indented(_aligned((kind, f"{count:,}") for kind, count in kinds.items()))] if kinds else []


def _problems(summary: Summary) -> list[str]:
    lines = [*summary["problems"], *summary["notes"]]
    return ["Problems" if summary["problems"] else "Notes", *_indented(f"- {line}" for line in lines)] if lines else []


def _not_covered(summary: Summary) -> list[str]:
    lines = []
    for one in summary["not_covered"]:
        at = _where(one["source"])
        lines.append(f"- {one['text']}{f' ({at})' if at else ''}")
    return ["Not covered in this recording", *_indented(lines)] if lines else []


SECTIONS: tuple[Callable[[Summary], list[str]], ...] = (
    _run,
    _passes,
    _leaves,
    _errors,
    _findings,
    _events,
    _not_covered,
    _problems,
)
"""What is printed, in this order; a section without lines is left out."""


# ---------------------------------------------------------------------------------------------------------------- layout
def _where(source: Summary | None) -> str:
    return f"{Path(source['file']).name}:{source['line']}" if source else ""


def _aligned(rows: Iterable[Row]) -> list[str]:
    """Rows as lines with straight columns."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_ROWS:
        return lines
    head = MOST_ROWS // 2
    return [*lines[:head], f"… {len(lines) - 2 * head} more; --json has all …", *lines[-head:]]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


VERB = Verb(
    add_arguments,
    run,
    "Print what is in a trace: passes, leaves and their gradients, errors, events, problems. Of several traces (the ranks of a "
    "distributed run) also what they have in common.",
)
