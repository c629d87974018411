"""Sentences that recordings write into their files, in English, as templates by which readers know them again.

A trace holds them complete, so that any reader can show them; :func:`~gradtrace.tracer.message.recognised` takes them apart for one
that speaks another language. Where the writer is not to know this module (the core, parts of captures) its sentences are here too:
a test compares.
"""

from __future__ import annotations

from .message import template

__all__ = ["GAPS", "MARKS", "NOTES", "NOT_COVERED", "PICKED", "RANGES", "REASONS", "STEPS"]

ARRAYS_TOO_LARGE = template("{count} times an array larger than {limit} bytes was not recorded: see max_value_bytes of record()")
ARRAYS_OVER_ROOM = template("{count} times an array was not recorded as there were enough: see max_total_bytes of record()")
STACK_WAS_FULL = template("{count} events were missed because the program's call stack was full")
STOPPED_EARLY = template("the recording stopped early: {reason}")
FORGOTTEN = template("a part of these steps did not fit into {limit} bytes and was forgotten: see keep_bytes")

NOTES: tuple[str, ...] = (
    ARRAYS_TOO_LARGE,
    ARRAYS_OVER_ROOM,
    STACK_WAS_FULL,
    STOPPED_EARLY,
    FORGOTTEN,
    template("{count} of {total} step were recorded: {which}; asked for: {selection}"),
    template("{count} of {total} steps were recorded: {which}; asked for: {selection}"),
    template("{count} of {total} step were recorded; asked for: {selection}"),
    template("{count} of {total} steps were recorded; asked for: {selection}"),
)
"""What a recording left out on purpose: ``Trace.notes``."""

NOT_COVERED: tuple[str, ...] = (
    template("PyTorch {version} has no {names}: {lost}"),
    template("PyTorch {version} is not recorded: it has no {names}"),
    template("PyTorch {version} is not recorded: {reason}"),
)
"""What a recording does not cover because of PyTorch's version; the other such sentences have no values."""

STEPS: tuple[str, ...] = (template("step {number}"),)
"""How steps are called that the program gave no name."""

GAPS: tuple[str, ...] = (template("step {number} was not recorded"), template("steps {first} to {last} were not recorded"))
"""Marks where steps are missing."""

MARKS: tuple[str, ...] = (
    template("the program records into {path} itself: see there"),
    template("the program's own recording is over"),
)
"""Marks of a recording that makes room for another one."""

PICKED: tuple[str, ...] = (template("those that {function}() picks"),)
"""Steps that a function of the program chose."""

RANGES: tuple[str, ...] = (template("{first} to {last}"),)
"""Steps in a row; several of them come with commas between."""

REASONS: tuple[str, ...] = (
    template("root"),
    template("all {count} gradients arrived"),
    template("its only consumer finished"),
    template("all {count} uses finished"),
    template("a leaf accumulates as soon as it is ready"),
    template("highest sequence number among the {count} ready nodes"),
)
"""Why the engine took a node; several of them come with semicolons between."""
