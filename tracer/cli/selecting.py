"""The options of ``gradtrace run`` that say what of the run is recorded."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from ..selection import parse_size, select_scopes, select_steps
from ..store.writer import LEAST_BYTES

_Parser = argparse.ArgumentParser

_ONLY_WITH_KEEP_LAST = ("keep_bytes", "always")
_NOT_WITH_KEEP_LAST = ("max_events", "max_file_bytes", "max_total_bytes")


def add_selection(parser: _Parser) -> None:
    """Declare them."""
    which = parser.add_argument_group("what is recorded")
    which.add_argument(
        "--steps",
        type=_checked(select_steps),
        metavar="0:3,100",
        help="only these training steps, from 0 on, ranges as Python writes them; between them the program runs at its own speed",
    )
    which.add_argument(
        "--scope",
        action="append",
        type=_checked(select_scopes),
        metavar="PATTERN",
        help="only what happens in modules and scopes whose path matches (encoder, 'encoder.layers.*'); may be given several times",
    )
    which.add_argument(
        "--keep-last",
        type=_number,
        metavar="N",
        help="keep the last N steps in memory, and write them when the program fails, or at SIGUSR1, SIGTERM or gradtrace.dump()",
    )
    which.add_argument("--keep-bytes", type=_size, metavar="SIZE", help="how much memory --keep-last may take (default: 256M)")
    which.add_argument("--always", action="store_true", default=None, help="with --keep-last: write them also when nothing failed")
    limits = parser.add_argument_group("limits (SIZE: 65536, 64K, 10M, 1.5G)")
    limits.add_argument(
        "--max-value-bytes", type=_size, metavar="SIZE", help="arrays larger than this keep only their statistics (default: 1M)"
    )
    limits.add_argument(
        "--max-total-bytes", type=_size, metavar="SIZE", help="record no more arrays after so many bytes (default: 256M)"
    )
    limits.add_argument("--max-events", type=_number, metavar="N", help="record no more after so many events; the program goes on")
    limits.add_argument("--max-file-bytes", type=_file_size, metavar="SIZE", help="end the recording before the trace is larger")


def selection_of(args: argparse.Namespace) -> dict[str, Any]:
    """What was given of them, as :func:`gradtrace.record` wants it."""
    names = ("steps", "scope", "keep_last", *_ONLY_WITH_KEEP_LAST, "max_value_bytes", *_NOT_WITH_KEEP_LAST)
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    parser: _Parser = args.parser
    for name in _ONLY_WITH_KEEP_LAST if args.keep_last is None else _NOT_WITH_KEEP_LAST:
        if name in given:
            option = f"--{name.replace('_', '-')}"
            parser.error(f"{option} needs --keep-last" if args.keep_last is None else f"--keep-last has --keep-bytes, not {option}")
    return given


def _checked(check: Callable[[str], object]) -> Callable[[str], str]:
    """Refuse what ``check`` raises ValueError for."""

    def read(text: str) -> str:
        try:
            check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
        return text

    return read


def _size(text: str) -> int:
    _checked(parse_size)(text)
    return parse_size(text)


def _file_size(text: str) -> int:
    if _size(text) < LEAST_BYTES:
        raise argparse.ArgumentTypeError(f"{text} is too small for a trace: {LEAST_BYTES >> 10}K is the least")
    return parse_size(text)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)
