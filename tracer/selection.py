"""What of a run is recorded: which steps, which scopes, how much. Reads what users write, and says it back in words.

Steps are numbered from 0. A specification is what users write: ``"0:3,100"``, ``"::50"``, a number, a range, a slice, a collection
of numbers, or a function that says whether a step is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from typing import Any

__all__ = ["ScopeSelection", "StepSelection", "StepSpec", "gap_text", "parse_size", "ranges_text", "select_scopes", "select_steps"]

StepSpec = str | int | slice | range | Iterable[int] | Callable[[int], object]

_UNITS = {"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([BKMGT]?)(?:I?B)?", re.IGNORECASE)
_RANGES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class StepSelection:
    """Which steps are wanted: ``index in selection``; ``text`` is the specification for people."""

    text: str
    _wanted: Callable[[int], object]

    def __contains__(self, index: int) -> bool:
        return bool(self._wanted(index))


def select_steps(spec: StepSpec) -> StepSelection:
    """The selection that a specification means. Raises ValueError, with what would be right, for one that means none."""
    if isinstance(spec, str):
        return _from_text(spec)
    if callable(spec):
        return StepSelection(f"those that {getattr(spec, '__qualname__', type(spec).__qualname__)}() picks", spec)
    if isinstance(spec, int) and not isinstance(spec, bool):
        return _from_text(str(spec))
    if isinstance(spec, slice):
        return _from_text(":".join("" if part is None else str(part) for part in (spec.start, spec.stop, spec.step)))
    if isinstance(spec, Iterable):
        return _from_numbers(spec)
    raise ValueError(f"steps must be text such as '0:3,100', numbers, a range or a function, not {spec!r}")


def _from_text(text: str) -> StepSelection:
    parts = [_part(part.strip()) for part in text.split(",")]
    return StepSelection(",".join(part.strip() for part in text.split(",")), lambda index: any(part(index) for part in parts))


def _part(text: str) -> Callable[[int], bool]:
    numbers = text.split(":")
    if len(numbers) > 3 or not all(re.fullmatch(r"[0-9]*", number.strip()) for number in numbers) or not text:
        raise ValueError(f"{text!r} is not a step, nor a range of steps: write 100, 0:3, 50: or 0:1000:50")
    if len(numbers) == 1:
        only = int(text)
        return lambda index: index == only
    start = int(numbers[0] or 0)
    stop = int(numbers[1]) if numbers[1].strip() else None
    stride = int(numbers[2]) if len(numbers) == 3 and numbers[2].strip() else 1
    if stride == 0:
        raise ValueError(f"{text!r} goes on by 0 steps: write 0:1000:50 for every fiftieth")
    if stop is not None and stop <= start:
        raise ValueError(f"{text!r} is an empty range: the second number is the first step that is left out")
    return lambda index: index >= start and (stop is None or index < stop) and (index - start) % stride == 0


def _from_numbers(numbers: Iterable[Any]) -> StepSelection:
    wanted = numbers if isinstance(numbers, range) else frozenset(numbers)
    wrong = next((one for one in wanted if not isinstance(one, int) or isinstance(one, bool) or one < 0), None)
    if wrong is not None:
        raise ValueError(f"{wrong!r} is not a step: steps are numbered 0, 1, 2, ...")
    if not wanted:
        raise ValueError("steps names no step at all")
    return StepSelection(ranges_text(sorted(wanted)), wanted.__contains__)


def ranges_text(numbers: Sequence[int]) -> str:
    """Ascending numbers for people: ``"0 to 2, 100"``; very many are cut short."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
            if len(ranges) > _RANGES_SHOWN:
                break
    texts = [str(first) if first == last else f"{first} to {last}" for first, last in ranges[:_RANGES_SHOWN]]
    return ", ".join(texts + (["…"] if len(ranges) > _RANGES_SHOWN else []))


def gap_text(first: int, last: int) -> str:
    """What is said where steps are missing."""
    return f"step {first} was not recorded" if first == last else f"steps {first} to {last} were not recorded"


@dataclass(frozen=True, slots=True)
class ScopeSelection:
    """Which scopes are wanted: ``path in selection``, where ``path`` is as traces have it, ``"Net/encoder/layers.0"``."""

    patterns: tuple[str, ...]
    _matches: Callable[[str], object]

    def __contains__(self, path: str) -> bool:
        return bool(self._matches(path))

    @property
    def text(self) -> str:
        """The patterns for people."""
        return ", ".join(self.patterns)


def select_scopes(patterns: str | Iterable[str]) -> ScopeSelection:
    """The selection that glob patterns mean. ``.`` and ``/`` are the same, in patterns and paths.

    A pattern may begin at any level of a path, or at the outermost one when it begins with ``/``. Whatever is inside a scope that
    matches is wanted too. Raises ValueError when there is no pattern.
    """
    given = (patterns,) if isinstance(patterns, str) else tuple(patterns)
    if not given or not all(isinstance(pattern, str) and pattern.strip("./ ") for pattern in given):
        raise ValueError(f"scope needs patterns such as 'encoder' or 'encoder.layers.*', not {patterns!r}")
    matches = re.compile("|".join(map(_pattern, given))).match
    return ScopeSelection(given, lambda path: matches(path.replace("/", ".") + ".") if path else None)


def _pattern(glob: str) -> str:
    """A regular expression for the beginning of a path that ends with a dot."""
    body = translate(glob.strip("./ ").replace("/", ".")).removesuffix(r"\Z").removesuffix(r"\z")
    above = "" if glob.startswith("/") else r"(?:.*\.)?"
    return rf"(?:{above}{body}\.)"


def parse_size(text: str) -> int:
    """A number of bytes: ``"65536"``, ``"64K"``, ``"1.5G"`` (K is 1024). Raises ValueError for anything else."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a size: write 65536, 64K, 10M or 1.5G")
    return int(float(match[1]) * _UNITS[match[2].upper()])
