"""Trains with torch.compile and prints what came of it; arguments: the backend, and how to record it ("" for not at all)."""

import contextlib
import json
import sys
import warnings
from pathlib import Path

import gradtrace
import torch
from torch._dynamo.utils import counters

warnings.simplefilter("ignore")
warnings.filterwarnings("error", message=".*global hooks.*")


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, gradient):
        return gradient * 2


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(6, 16)
        self.last = torch.nn.Linear(16, 3)

    def forward(self, x):
        hidden = Double.apply(torch.relu(self.first(x)))
        with torch.no_grad():
            hidden = hidden + 0
        return self.last(hidden + x.sum())


@torch.compiler.disable
def plain(x):
    return x.cos()


def broken_up(x, y):
    z = torch.sin(x) * y
    print("a graph break", file=sys.stderr)
    return plain(z) + x


def train(backend):
    torch.manual_seed(0)
    model = torch.compile(Model(), backend=backend)
    inner = torch.nn.Linear(3, 3)
    inner.compile(backend=backend)
    function = torch.compile(broken_up, backend=backend)
    optimizer = torch.optim.SGD([*model.parameters(), *inner.parameters()], lr=0.001)
    facts = []
    for _ in range(3):
        optimizer.zero_grad()
        out = model(torch.randn(4, 6))
        loss = function(inner(out), out.detach() + 1).pow(2).sum()
        loss.backward()
        optimizer.step()
        facts.append(loss.item())
        for group in optimizer.param_groups:
            facts += [fact.tolist() for one in group["params"] for fact in (one, one.grad) if fact is not None]
    with contextlib.suppress(RuntimeError):
        torch.compile(lambda x: x @ x, backend=backend)(torch.ones(2, 3))
    return facts


def main(backend, how, path):
    torch.set_num_threads(1)
    with gradtrace.record(path, compile=how) if how else contextlib.nullcontext() as recording:
        facts = train(backend)
    compiled = dict(counters["stats"])
    eval_frame = torch._dynamo.eval_frame
    after = vars(eval_frame)["set_eval_frame"]
    json.dump(
        {
            "facts": facts,
            "compiled": compiled,
            "failure": recording.failure if recording else "",
            "restored": type(after).__name__ == "builtin_function_or_method" and not torch._C._len_torch_function_stack(),
            "stance": eval_frame._stance.stance if hasattr(eval_frame, "_stance") else "default",  # not in 2.4
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
