"""How fast is the core, beside PyTorch, HIPS autograd, MyGrad and NumPy by hand?

    python benchmarks/core.py [--quick] [--rounds N] [--only TEXT]

Every library runs the same small programs on one thread. Within a round each takes its turn, so that whatever else the machine does
hits all alike; a figure is the median over rounds of (gradtrace / peer), and only such ratios are worth comparing. Where there is a
bar, the table says whether it is met. A peer that is not installed is left out (``pip install "gradtrace[bench]"`` has them).
"""

# ruff: noqa: E402  (the number of threads is chosen before NumPy is imported)

from __future__ import annotations

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"  # read when NumPy and PyTorch are imported

import argparse
import gc
import statistics
import sys
import tempfile
import timeit
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import core_by_hand as by_hand
import core_peers
import core_programs as programs
import gradtrace
import gradtrace.core
from core_data import Maker, Phases, Run

OURS, TORCH, HIPS, MYGRAD, BY_HAND = "gradtrace", "PyTorch", "HIPS", "MyGrad", "NumPy"


@dataclass(frozen=True)
class Program:
    """Something to run, and the bars of its phases: how many times slower than a peer it may be."""

    name: str
    make: Maker
    bars: dict[str, dict[str, float]]
    by_hand: Callable[[], Run] | None = None
    rounds: float = 1.0
    """Share of the rounds it gets."""
    repeat: int = 1
    """Runs per turn; the fastest counts."""


SMALL = {
    "forward": {TORCH: 1.5, HIPS: 0.20},
    "backward": {TORCH: 0.70, HIPS: 0.33},
    "both": {TORCH: 0.9, HIPS: 0.25},
}
PROGRAMS = (
    Program("chain of scalars", programs.chain(()), SMALL, repeat=3),
    Program("chain of 3-vectors", programs.chain((3,)), SMALL, repeat=3),
    Program("chain under no_grad", programs.chain_without_grad, {"forward": {TORCH: 0.9}}, repeat=3),
    Program("mlp", programs.mlp, {"both": {TORCH: 1.0, HIPS: 0.36, BY_HAND: 1.5}}, by_hand.mlp, repeat=10),
    Program("cnn", programs.cnn, {"both": {TORCH: 1.1, HIPS: 0.12, BY_HAND: 1.0}}, by_hand.cnn, repeat=3),
    Program(
        "transformer block",
        programs.transformer_block,
        {"both": {TORCH: 1.25, HIPS: 0.20, BY_HAND: 1.45}},
        by_hand.transformer_block,
        repeat=3,
    ),
    Program("cubic fit", programs.cubic_fit, {"both": {TORCH: 0.9, HIPS: 0.28}}, by_hand.cubic_fit, repeat=10),
    Program("long chain", programs.long_chain, {"both": {TORCH: 0.5, HIPS: 0.35}}, rounds=0.3),
    Program("fan", programs.fan, {"both": {TORCH: 1.0}}, rounds=0.5),
)


@dataclass
class Competitor:
    """A library, ready to run one program, and what was measured."""

    name: str
    run: Run
    taken: list[Phases] = field(default_factory=list)


def optional_peers() -> tuple[object | None, dict[str, core_peers.Programs]]:
    """PyTorch, if it is installed, and the programs of the other installed peers."""
    try:
        import torch  # noqa: PLC0415  optional

        torch.set_num_threads(1)
    except ImportError:
        torch = None
        print("PyTorch is not installed: left out")
    others = {}
    for name, load in ((HIPS, core_peers.hips), (MYGRAD, core_peers.mygrad)):
        try:
            others[name] = load()
        except ImportError:
            print(f"{name} is not installed: left out")
    return torch, others


def competitors(program: Program, torch: object | None, others: dict[str, core_peers.Programs]) -> list[Competitor]:
    """Who takes part in ``program``."""
    found = [Competitor(OURS, program.make(gradtrace.core))]
    if torch is not None:
        found.append(Competitor(TORCH, program.make(torch)))
    found += [Competitor(name, peer[program.name]()) for name, peer in others.items() if program.name in peer]
    if program.by_hand is not None:
        found.append(Competitor(BY_HAND, program.by_hand()))
    return found


def measure(program: Program, taking_part: list[Competitor], rounds: int) -> None:
    """Let each take its turn in every round; the first round warms up."""
    for number in range(rounds + 1):
        first = number % len(taking_part)
        for competitor in taking_part[first:] + taking_part[:first]:
            gc.collect()
            runs = [competitor.run() for _ in range(program.repeat)]
            if number:
                competitor.taken.append({phase: min(run[phase] for run in runs) for phase in runs[0]})


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"


def report(program: Program, taking_part: list[Competitor]) -> int:
    """Print the rows of one program; returns how many bars were missed."""
    missed = 0
    ours = taking_part[0]
    for phase, bars in program.bars.items():
        own = statistics.median(taken[phase] for taken in ours.taken)
        cells = []
        for peer in taking_part[1:]:
            ratio = statistics.median(a[phase] / b[phase] for a, b in zip(ours.taken, peer.taken, strict=True))
            bar = bars.get(peer.name)
            verdict = ""
            if bar is not None:
                verdict = f" (bar {bar:g}: {_verdict(ratio <= bar)})"
                missed += ratio > bar
            cells.append(f"{peer.name} {ratio:.2f}x{verdict}")
        print(f"{program.name:<20}{phase:<10}{own * 1e6:12.2f} us   {' · '.join(cells)}")
    return missed


# ------------------------------------------------------------------------------------------------------------- the event seam
RUNS = 10
"""Chains in one recording, of which the average counts: what has gathered is written now and then, at the end of a pass."""


def report_recording(rounds: int) -> int:
    """What listening costs: with nobody there, and recorded at the level ``structure``; bars +2 % and +1 us an operation."""
    run = programs.chain((3,))(gradtrace.core)
    off: list[Phases] = []
    recorded: list[Phases] = []
    with tempfile.TemporaryDirectory(prefix="gradtrace-bench-") as folder:
        for number in range(rounds):
            gc.collect()
            off.append(_average([run() for _ in range(RUNS)]))
            with gradtrace.record(Path(folder) / f"{number}.gtrace", level="structure"):
                recorded.append(_average([run() for _ in range(RUNS)]))
    test = _cost_of_one_test()
    missed = 0
    for phase, tests in (("forward", 1), ("backward", 4)):
        own = statistics.median(taken[phase] for taken in off)
        share = tests * test / own
        extra = statistics.median(b[phase] - a[phase] for a, b in zip(off, recorded, strict=True))
        missed += (share > 0.02) + (extra > 1e-6)
        seam = f"nobody listening: {tests} tests, +{share:.1%} (bar 2 %: {_verdict(share <= 0.02)})"
        listening = f"recorded: +{extra * 1e6:.2f} us (bar 1: {_verdict(extra <= 1e-6)})"
        print(f"{'events, 3-vectors':<20}{phase:<10}{own * 1e6:12.2f} us   {seam} · {listening}")
    return missed


def _average(runs: list[Phases]) -> Phases:
    return {phase: statistics.fmean(run[phase] for run in runs) for phase in runs[0]}


def _cost_of_one_test() -> float:
    """Seconds for ``if sink is not None`` on a module's attribute."""
    test = "if events.sink is not None: pass"
    ten, none = (
        min(timeit.repeat(statement, "from gradtrace.core import events", number=50_000, repeat=9)) / 50_000
        for statement in ("\n".join([test] * 10), "pass")
    )
    return (ten - none) / 10


def main() -> int:
    """Run all programs; the exit status says nothing about bars, which depend on the machine's mood."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="few rounds, no program that takes seconds")
    parser.add_argument("--only", default="", help="programs whose name has this text in it")
    args = parser.parse_args()
    rounds = 5 if args.quick else args.rounds
    torch, others = optional_peers()
    missed = 0
    for program in PROGRAMS:
        if args.only not in program.name or (args.quick and program.rounds < 1):
            continue
        try:
            taking_part = competitors(program, torch, others)
            gc.collect()
            gc.freeze()  # nobody's garbage collections have to look through the peers' modules
            measure(program, taking_part, max(3, round(rounds * program.rounds)))
        except AttributeError as error:  # an operation that the core does not have
            print(f"{program.name:<20}not measured: {error}")
            continue
        missed += report(program, taking_part)
    if args.only in "events, 3-vectors":
        missed += report_recording(rounds)
    print(f"{missed} bars missed" if missed else "every bar met")
    return 0


if __name__ == "__main__":
    sys.exit(main())
