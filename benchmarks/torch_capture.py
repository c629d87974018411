"""What recording costs a PyTorch program: thread CPU time of a training step, recorded against unrecorded.

    python benchmarks/torch_capture.py [--rounds 7] [--models mlp gpt]

Each case runs one step to warm up and then the timed steps; the cases take turns in every round, and the figures are ratios of
medians over the rounds. ``torch.autograd.set_detect_anomaly`` is there for comparison: it is what PyTorch itself offers for finding
out where a gradient went wrong. One thread; the time in which the file is written by the same thread counts.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradtrace
import torch
from torch import nn
from torch.nn import functional

Step = Callable[[], None]


def train_step(model: nn.Module, loss_of: Callable[[], Any]) -> Step:
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

    def step() -> None:
        optimizer.zero_grad()
        loss_of().backward()
        optimizer.step()

    return step


def mlp() -> Step:
    """20 layers of 64: small operations, where recording weighs most."""
    model = nn.Sequential(*[layer for _ in range(20) for layer in (nn.Linear(64, 64), nn.ReLU())])
    x = torch.randn(32, 64)
    return train_step(model, lambda: model(x).square().mean())


class Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)
        self.norms = nn.ModuleList([nn.BatchNorm2d(width), nn.BatchNorm2d(width)])

    def forward(self, x: Any) -> Any:
        inner = functional.relu(self.norms[0](self.first(x)))
        return functional.relu(x + self.norms[1](self.second(inner)))


def cnn() -> Step:
    """A residual network on images of 24 by 24."""
    model = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), *[Residual(16) for _ in range(5)], nn.Flatten(), nn.LazyLinear(10))
    x, labels = torch.randn(8, 3, 24, 24), torch.randint(0, 10, (8,))
    model(x)
    return train_step(model, lambda: functional.cross_entropy(model(x), labels))


class Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Any) -> Any:
        batch, length, width = x.shape
        heads = self.qkv(self.norms[0](x)).view(batch, length, 3, 4, width // 4).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(heads[0], heads[1], heads[2], is_causal=True)
        x = x + self.out(attended.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(functional.gelu(self.up(self.norms[1](x))))


def gpt() -> Step:
    """Six transformer blocks of width 256 on 128 tokens."""
    model = nn.Sequential(nn.Embedding(512, 256), *[Block(256) for _ in range(6)], nn.LayerNorm(256), nn.Linear(256, 512))
    tokens = torch.randint(0, 512, (1, 128))
    return train_step(model, lambda: functional.cross_entropy(model(tokens).flatten(0, 1), tokens.flatten()))


def rnn() -> Step:
    """A recurrent cell written out over 50 time steps."""
    cell, out = nn.LSTMCell(16, 32), nn.Linear(32, 1)
    series = torch.randn(50, 8, 16)

    def loss() -> Any:
        hidden = torch.zeros(8, 32), torch.zeros(8, 32)
        for values in series:
            hidden = cell(values, hidden)
        return out(hidden[0]).square().mean()

    return train_step(nn.ModuleList([cell, out]), loss)


MODELS = {"mlp": mlp, "cnn": cnn, "gpt": gpt, "rnn": rnn}


def cases(folder: Path) -> dict[str, Callable[[], contextlib.AbstractContextManager[Any]]]:
    """What is around the steps, by name."""

    def recording(level: Any) -> Callable[[], contextlib.AbstractContextManager[Any]]:
        return lambda: gradtrace.record(folder / f"{level}.gtrace", level=level)

    return {
        "alone": contextlib.nullcontext,
        "structure": recording("structure"),
        "stats": recording("stats"),
        "values": recording("values"),
        "anomaly, no NaN check": lambda: torch.autograd.set_detect_anomaly(True, check_nan=False),
        "anomaly": lambda: torch.autograd.set_detect_anomaly(True),
    }


def measure(make: Callable[[], Step], rounds: int, steps: int) -> dict[str, float]:
    """Median seconds of thread CPU time for one step, by case."""
    torch.manual_seed(0)
    step = make()
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        around = list(cases(Path(folder)).items())
        for turn in range(rounds):
            for name, context in around[turn % len(around) :] + around[: turn % len(around)]:
                with context():
                    step()
                    began = time.thread_time()
                    for _ in range(steps):
                        step()
                    times.setdefault(name, []).append((time.thread_time() - began) / steps)
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--models", nargs="*", choices=MODELS, default=list(MODELS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}; recorded / unrecorded step, thread CPU time, medians of {options.rounds} rounds\n")
    names = [name for name in cases(Path()) if name != "alone"]
    print(f"{'':8}{'alone':>10}" + "".join(f"{name:>23}" for name in names))
    for model in options.models:
        medians = measure(MODELS[model], options.rounds, options.steps)
        alone = medians["alone"]
        print(f"{model:8}{alone * 1e3:>7.1f} ms" + "".join(f"{medians[name] / alone:>22.2f}x" for name in names), flush=True)


if __name__ == "__main__":
    import warnings

    warnings.filterwarnings("ignore", message="Anomaly Detection")
    main()
