"""What recording costs: operations of the core with nobody listening, and recorded at each level.

    python benchmarks/recording.py [--rounds N] [--length N]

Each case is a chain of operations, timed forward and backward separately, in time of the running thread. Within a round every level
takes its turn, so that whatever else the machine does hits all of them alike; a figure is the median over rounds of (level / off),
and only such ratios are worth comparing. In microseconds per operation, for orientation: the column "off", and what each level adds
to it.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import gradtrace
import gradtrace.core as torch
from gradtrace import _compiled
from gradtrace.tracer.record import Level, Recording

LEVELS: tuple[Level | Literal["off"], ...] = ("off", "structure", "stats", "values")


@dataclass(frozen=True)
class Case:
    """A chain: the shape of what goes through it, and one link."""

    name: str
    shape: tuple[int, ...]
    link: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    operations: int
    """How many operations one link is."""


CASES = (
    Case("scalar chain", (), lambda x, w: x * w + w, 2),
    Case("3-vector chain", (3,), lambda x, w: x * w + w, 2),
    Case("64x64 matmul", (64, 64), lambda x, w: x @ w, 1),
)


def listening(level: Level | Literal["off"], folder: Path) -> AbstractContextManager[object]:
    """A recording of this level into a file of its own, or nothing."""
    return nullcontext() if level == "off" else gradtrace.record(folder / f"{time.perf_counter_ns()}.gtrace", level=level)


def measure(case: Case, level: Level | Literal["off"], length: int, folder: Path) -> tuple[float, float]:
    """Seconds per operation, forward and backward, of one chain."""
    start = torch.full(case.shape, 0.5, requires_grad=True)
    weight = torch.full(case.shape, 1.0 / (case.shape[0] if case.shape else 2), requires_grad=True)
    gc.collect()
    with listening(level, folder) as recording:
        x = start
        begin = time.thread_time()
        for _ in range(length):
            x = case.link(x, weight)
        forward = time.thread_time() - begin
        loss = x.sum()
        begin = time.thread_time()
        loss.backward()
        backward = time.thread_time() - begin
        if isinstance(recording, Recording) and not recording.active:
            sys.exit(f"nothing was measured: the recording stopped, {recording.failure}")
    operations = length * case.operations
    return forward / operations, backward / operations


def run_case(case: Case, rounds: int, length: int, folder: Path) -> None:
    """Print the rows of one case."""
    times: dict[Level | Literal["off"], list[tuple[float, float]]] = {level: [] for level in LEVELS}
    for number in range(rounds + 1):
        order = LEVELS[number % len(LEVELS) :] + LEVELS[: number % len(LEVELS)]
        for level in order:
            taken = measure(case, level, length, folder)
            if number:  # the first round warms up
                times[level].append(taken)
        for path in folder.iterdir():
            path.unlink()
    for index, direction in enumerate(("forward", "backward")):
        off = [taken[index] for taken in times["off"]]
        cells = ""
        for level in LEVELS[1:]:
            pairs = [(taken[index], base) for taken, base in zip(times[level], off, strict=True)]
            ratio = statistics.median(taken / base for taken, base in pairs)
            added = statistics.median(taken - base for taken, base in pairs)
            cells += f"{ratio:10.2f}x {added * 1e6:+8.2f} us"
        print(f"{case.name:<16}{direction:<10}{statistics.median(off) * 1e6:9.2f} us{cells}")


def main() -> int:
    """Run all cases."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--length", type=int, default=300, help="links of each chain")
    args = parser.parse_args()
    print(f"compiled modules: {_compiled.state()}")
    print(f"{'':<26}{'off':>12}{''.join(f'{level:>23}' for level in LEVELS[1:])}   (per operation)")
    with tempfile.TemporaryDirectory(prefix="gradtrace-bench-") as folder:
        for case in CASES:
            run_case(case, args.rounds, args.length, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
