"""Write the tables of docs/core.md anew: what core has, from its namespaces, its table of operators and the operator test's lists.

    python docs/make_core_tables.py            rewrite the page
    python docs/make_core_tables.py --check    exit with 1 if the page is out of date

A table stands between ``<!-- begin: name -->`` and ``<!-- end: name -->``. PyTorch is not needed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradtrace.core as core
from gradtrace.core.registry import OPERATORS
from gradtrace.core.unsupported import DTYPES, FUNCTIONS, NAMESPACES, TENSOR_METHODS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "core.md"
NAMES_FILE = ROOT / "tests" / "opinfo" / "names.txt"
AGREEING_FILE = ROOT / "tests" / "opinfo" / "agreeing.txt"
EXCEPTIONS_FILE = ROOT / "tests" / "opinfo" / "exceptions.toml"


def agreeing() -> dict[str, list[str]]:
    """Names of grad_fn by label, for every operator that agrees with PyTorch."""
    lines = AGREEING_FILE.read_text(encoding="utf-8").splitlines()
    return {line.split()[0]: line.split()[1:] for line in lines if line and not line.startswith("#")}


def listed() -> Iterator[tuple[str, str, list[str]]]:
    """Family, name, and labels of the rows in PyTorch's database."""
    family = ""
    for line in NAMES_FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            family = line.strip("[]")
        elif line[:1].isdigit():
            _, name, *variants = line.split()
            labels = [name if variant == "=" else f"{name}:{variant}" for variant in variants or ["="] if variant != "-"]
            yield family, name, labels


def look_up(path: str) -> Any:
    """The function, or method of Tensor, of a torch name; None if there is none."""
    found: Any = core
    for part in path.split("."):
        found = getattr(found, part, None)
    return getattr(core.Tensor, path, None) if found is None else found


def in_place(name: str) -> str:
    """The in-place form's name, or nothing."""
    return f"`{name}_`" if not name.startswith("__") and "." not in name and hasattr(core.Tensor, f"{name}_") else ""


def status(name: str, labels: list[str]) -> str:
    """What the operator test says about a name."""
    if look_up(name) is None:
        return "missing"
    if not labels:
        return "no samples"
    known = agreeing()
    agree = [label for label in labels if label in known]
    return "agrees" if len(agree) == len(labels) else "differs in some" if agree else "differs"


def families() -> str:
    """For each family of ``names.txt`` a table of its operators."""
    known = agreeing()
    tables: dict[str, list[str]] = {}
    for family, name, labels in listed():
        grad_fns = dict.fromkeys(grad_fn for label in labels for grad_fn in known.get(label, ()))
        shown = name.replace("nn.functional.", "F.")
        cells = (f"`{shown}`", in_place(name), ", ".join(f"`{grad_fn}`" for grad_fn in grad_fns), status(name, labels))
        tables.setdefault(family, []).append(f"| {' | '.join(cells)} |".replace("|  |", "| |"))
    head = "| name | in-place | `grad_fn` in the samples | samples |\n|---|---|---|---|"
    return "\n\n".join("\n".join([f"### {family}", "", head, *rows]) for family, rows in tables.items())


def totals() -> str:
    """How many agree, in a sentence."""
    statuses = [status(name, labels) for _, name, labels in listed()]
    counts = {kind: statuses.count(kind) for kind in ("agrees", "differs in some", "differs", "missing", "no samples")}
    others = sum(label.partition(":")[0] not in {name for _, name, _ in listed()} for label in agreeing())
    return "\n".join(
        [
            f"Of the {len(statuses)} names below {counts['agrees']} agree with PyTorch in everything compared,",
            f"{counts['differs in some']} in some of their variants, {counts['differs']} differ somewhere,",
            f"{counts['missing']} are missing, and for {counts['no samples']} there are no samples.",
            f"Beyond the list, {others} more rows of PyTorch's database agree.",
        ]
    )


def others() -> str:
    """Public names which are not in ``names.txt``, by namespace."""
    named = {name for _, name, _ in listed()}
    known = {label.partition(":")[0] for label in agreeing()}
    places = {
        "torch": (core, ""),
        "torch.nn.functional": (core.nn.functional, "nn.functional."),
        "torch.linalg": (core.linalg, "linalg."),
    }
    lines = []
    for title, (place, prefix) in places.items():
        found = [name for name in sorted(dir(place)) if _is_function(place, name) and prefix + name not in named]
        lines.append(f"* `{title}`: " + ", ".join(f"`{name}`{'' if prefix + name in known else '°'}" for name in found))
    lines.append("* `torch.nn`: " + ", ".join(f"`{name}`" for name in sorted(dir(core.nn)) if name[0].isupper()))
    lines.append("* `torch.optim`: " + ", ".join(f"`{name}`" for name in sorted(dir(core.optim)) if name[0].isupper()))
    lines.append("* `torch.autograd`: " + ", ".join(f"`{name}`" for name in sorted(core.autograd.__all__)))
    return "\n".join(lines)


def _is_function(place: Any, name: str) -> bool:
    value = getattr(place, name)
    return not name.startswith("_") and callable(value) and not isinstance(value, type) and value is not Any


def nodes() -> str:
    """Names of all backward nodes in the table of operators, by file."""
    files: dict[str, set[str]] = {}
    for row in OPERATORS.values():
        formula = row.joint or next(iter(row.derivatives.values()))
        files.setdefault(formula.__module__.rpartition(".")[2], set()).add(row.node_name)
    return "\n".join(f"* `core/ops/{file}.py`: {', '.join(f'`{name}`' for name in sorted(files[file]))}" for file in sorted(files))


def refused() -> str:
    """The names that say they are not there."""
    parts = {
        "functions": [f"torch.{name}" for name in FUNCTIONS],
        "modules": [f"torch.{name}" for name in NAMESPACES],
        "dtypes and layouts": [f"torch.{name}" for name in DTYPES],
        "methods": [f"Tensor.{name}" for name in TENSOR_METHODS],
    }
    return "\n".join(f"* {kind}: {', '.join(f'`{name}`' for name in names)}" for kind, names in parts.items())


def exceptions() -> str:
    """The differences that are meant to stay, with their reasons."""
    rows: dict[str, list[str]] = {}
    for one in tomllib.loads(EXCEPTIONS_FILE.read_text(encoding="utf-8"))["exception"]:
        operator = "any operator" if one["op"] == "*" else f"`{one['op']}`"
        rows.setdefault(one["reason"], []).append(f"{operator} ({one['aspect']})")
    return "\n".join(f"* {', '.join(dict.fromkeys(where))}: {reason}." for reason, where in rows.items())


TABLES: dict[str, Callable[[], str]] = {
    "totals": totals,
    "exceptions": exceptions,
    "refused": refused,
    "families": families,
    "others": others,
    "nodes": nodes,
}


def renewed(text: str) -> str:
    """The page with its tables made anew."""
    for name, make in TABLES.items():
        begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
        pattern = re.compile(f"({re.escape(begin)}\n).*?({re.escape(end)})", re.DOTALL)
        if not pattern.search(text):
            raise SystemExit(f"{PAGE}: there is no place for the table {name!r}; put back the lines {begin} and {end}")
        text = pattern.sub(lambda match: f"{match[1]}{make()}\n{match[2]}", text)  # noqa: B023  (called at once)
    return text


def main(arguments: list[str]) -> int:
    """Rewrite or check."""
    old = PAGE.read_text(encoding="utf-8")
    new = renewed(old)
    if "--check" in arguments:
        if new != old:
            print(f"{PAGE.name} is out of date: run python docs/make_core_tables.py", file=sys.stderr)
        return int(new != old)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
