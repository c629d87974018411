"""What recording costs a PyTorch program: thread CPU time of a training step, beside what else can look into one.

    python benchmarks/torch_capture.py [--rounds 7] [--models mlp gpt]

A step is zero_grad, forward, loss, backward and SGD with momentum. The cases take turns within a round, and the figures are ratios
of medians over the rounds. "in steps" is the timed steps alone, after one to warm up; "with ends" adds what entering and leaving
costs (a recording is opened and closed, a profiler sorts what it saw), spread over the steps. One thread; what the same thread
writes into the file counts. Microseconds per event are what recording adds to a step, by what it records in one.

Peers that are not installed are left out with a note: ``pip install "gradtrace[bench]"``. torchlens replaces PyTorch's functions
for good, so it runs in a process of its own, and last; it looks at the forward only.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # the profiler would print a line for every start, from when torch is imported on

import gradtrace
import torch
from gradtrace.tracer.record import Recording
from torch_models import PROGRAMS, Program

LEVELS = ("structure", "stats", "values")
ANOMALY, ANOMALY_NAN = "anomaly, no NaN check", "anomaly mode"
BARS = {
    "mlp": {"structure": 2.5, "stats": 3.3},
    "cnn": {"structure": 1.3, "stats": 1.5},
    "gpt": {"structure": 1.2, "stats": 1.5},
    "rnn": {"structure": 3.0, "stats": 4.0},
}
"""How many times as long as alone a step may take when it is recorded: what we aim at."""

Context = contextlib.AbstractContextManager[Any]


@dataclass
class Case:
    """Something around or inside the steps. ``look`` sees the loss before its backward."""

    name: str
    around: Callable[[], Context] = contextlib.nullcontext
    look: Callable[[Any], object] | None = None
    inside: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    events: float = 0.0

    @property
    def median(self) -> float:
        """Seconds of a step."""
        return statistics.median(self.inside)


def cases(folder: Path, program: Program) -> list[Case]:
    """All that is compared; peers that are not installed are missing."""
    profiler = torch.profiler
    found = [Case("alone")]
    found += [Case(level, partial(gradtrace.record, folder / f"{level}.gtrace", level=level)) for level in LEVELS]  # type: ignore[arg-type]
    found += [
        Case(ANOMALY, lambda: torch.autograd.set_detect_anomaly(True, check_nan=False)),
        Case(ANOMALY_NAN, lambda: torch.autograd.set_detect_anomaly(True)),
        Case("profiler", lambda: profiler.profile(activities=[profiler.ProfilerActivity.CPU])),
        Case("profiler with stacks", lambda: profiler.profile(activities=[profiler.ProfilerActivity.CPU], with_stack=True)),
    ]
    if find_spec("torchviz"):
        make_dot = importlib.import_module("torchviz").make_dot
        found.append(Case("torchviz make_dot", look=lambda loss: make_dot(loss, params=dict(program.model.named_parameters()))))
    return found


def stepper(program: Program) -> Callable[[Callable[[Any], object] | None], None]:
    """A training step."""
    optimizer = torch.optim.SGD(program.model.parameters(), lr=1e-3, momentum=0.9)

    def step(look: Callable[[Any], object] | None) -> None:
        optimizer.zero_grad()
        loss = program.loss()
        if look is not None:
            look(loss)
        loss.backward()
        optimizer.step()

    return step


def measure(program: Program, rounds: int, steps: int) -> list[Case]:
    """Run every case once in each round."""
    step = stepper(program)
    with tempfile.TemporaryDirectory() as folder:
        every = cases(Path(folder), program)
        for case in every:  # first calls import, compile and allocate
            with case.around():
                step(case.look)
        for turn in range(rounds):
            for case in every[turn % len(every) :] + every[: turn % len(every)]:
                _run_once(case, step, steps)
    return every


def _run_once(case: Case, step: Callable[[Any], None], steps: int) -> None:
    entering = time.thread_time()
    with case.around() as recording:
        entered = time.thread_time()
        step(case.look)
        counts = isinstance(recording, Recording)
        before = recording.events if counts else 0
        began = time.thread_time()
        for _ in range(steps):
            step(case.look)
        ended = time.thread_time()
        if counts:
            case.events = (recording.events - before) / steps
    left = time.thread_time()
    case.inside.append((ended - began) / steps)
    case.whole.append((ended - began + entered - entering + left - ended) / steps)


# ------------------------------------------------------------------------------------------------------------- torchlens
def torchlens_in_a_process(name: str, rounds: int) -> dict[str, float] | None:
    """Seconds of a step alone, and of a forward that torchlens looks at; None when it cannot be had."""
    if not find_spec("torchlens"):
        return None
    command = [sys.executable, __file__, "--torchlens", name, "--rounds", str(rounds)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        print(f"  torchlens failed: {(ran.stderr.strip().splitlines() or ['?'])[-1]}")
        return None
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def measure_torchlens(program: Program, rounds: int) -> dict[str, float]:
    """In this process, which is no good for anything else afterwards."""
    step = stepper(program)
    step(None)

    def median(run: Callable[[], object]) -> float:
        taken = []
        for _ in range(rounds):
            began = time.thread_time()
            run()
            taken.append(time.thread_time() - began)
        return statistics.median(taken)

    alone = median(lambda: step(None))
    torchlens = importlib.import_module("torchlens")
    torchlens.trace(program.model, program.inputs)
    return {"alone": alone, "forward": median(lambda: torchlens.trace(program.model, program.inputs))}


# ----------------------------------------------------------------------------------------------------------------- report
def verdicts(name: str, every: list[Case]) -> dict[str, list[str]]:
    """What the bars say, by case."""
    by_name = {case.name: case for case in every}
    alone = by_name["alone"].median

    def said(text: str, met: bool) -> str:
        return f"{text}: {'pass' if met else 'MISS'}"

    structure = by_name["structure"].median
    found = {level: [] for level in LEVELS}
    for level, bar in BARS[name].items():
        found[level].append(said(f"<= {bar:g}x", by_name[level].median <= bar * alone))
    found["structure"].append(said("< anomaly, no NaN check", structure < by_name[ANOMALY].median))
    found["structure"].append(said("< anomaly mode", structure < by_name[ANOMALY_NAN].median))
    found["stats"].append(said("< anomaly mode", by_name["stats"].median < by_name[ANOMALY_NAN].median))
    return found


def report(name: str, every: list[Case], lens: dict[str, float] | None) -> Iterator[str]:
    """The table of one model."""
    alone = every[0].median
    nodes = {case.events for case in every if case.events}
    events = f", {max(nodes):.0f} events" if nodes else ""
    yield f"{name}: {PROGRAMS[name].__doc__}  A step alone takes {alone * 1e3:.2f} ms{events}."
    yield f"  {'':24}{'in steps':>10}{'with ends':>11}{'us/event':>10}   bars"
    told = verdicts(name, every)
    for case in every[1:]:
        whole = statistics.median(case.whole) / alone
        each = f"{(case.median - alone) / case.events * 1e6:.2f}" if case.events else ""
        row = f"  {case.name:24}{case.median / alone:>9.2f}x{whole:>10.2f}x{each:>10}   {'; '.join(told.get(case.name, []))}"
        yield row.rstrip()
    if lens is not None:
        yield f"  {'torchlens, forward only':24}{lens['forward'] / lens['alone']:>9.2f}x"
    for peer in ("torchviz", "torchlens"):
        if not find_spec(peer):
            yield f"  {peer:24}{'not installed':>21}"
    yield ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--models", nargs="*", choices=PROGRAMS, default=list(PROGRAMS))
    parser.add_argument("--no-torchlens", action="store_true", help="leave torchlens out: it takes longer than all the rest")
    parser.add_argument("--torchlens", metavar="MODEL", choices=PROGRAMS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    warnings.filterwarnings("ignore", message="Anomaly Detection")
    if options.torchlens:
        print(json.dumps(measure_torchlens(PROGRAMS[options.torchlens](), min(options.rounds, 3))))
        return
    print(f"torch {torch.__version__}; a training step / the step alone, thread CPU time, medians of {options.rounds} rounds\n")
    for name in options.models:
        every = measure(PROGRAMS[name](), options.rounds, options.steps)
        lens = None if options.no_torchlens else torchlens_in_a_process(name, options.rounds)
        print("\n".join(report(name, every, lens)), flush=True)


if __name__ == "__main__":
    main()
