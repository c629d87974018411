"""Records one program with a PyTorch that pretends to lack a name, or several (``"one,another"``); prints what came of it as JSON.

The program runs in forked children, so that PyTorch is imported once.
"""

import collections
import contextlib
import io
import json
import os
import sys
import tempfile
import threading
from pathlib import Path

import gradtrace
import torch
from gradtrace.tracer.capture.torch import lookup

CAPTURE = "gradtrace.tracer.capture.torch."


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return 3 * x**2 * gradient


@torch.jit.script
def scripted(x):
    return x * 2 + 1


def program():
    """A bit of everything; returns all numbers it made."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(inplace=True), torch.nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    facts = []
    for _ in range(2):
        optimizer.zero_grad()
        hidden = model(torch.randn(5, 3)) * 1
        hidden.mul_(2)
        hidden.register_hook(lambda gradient: gradient * 0.5).remove()
        hidden.register_hook(lambda gradient: gradient * 0.5)
        hidden.retain_grad()
        loss = Cube.apply(hidden).mean() + scripted(hidden).sum()
        loss.backward()
        optimizer.step()
        facts += [loss, hidden.grad, *(parameter.grad for parameter in model.parameters()), *model.parameters()]
    model.zero_grad()
    x = torch.ones(3, requires_grad=True)
    (first,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    x.backward(torch.ones(3))
    torch.utils.checkpoint.checkpoint(lambda value: value.exp(), x * first, use_reentrant=True).sum().backward()
    facts += [x.grad, torch.func.grad(lambda value: value.sin().sum())(x.detach())]
    thread = threading.Thread(target=lambda: (x * 3).sum().backward(), name="another")
    thread.start()
    thread.join()
    facts.append(x.grad)
    return [fact.detach().tolist() for fact in facts]


def record(lacking):
    """Run the program alone and recorded."""
    find = lookup.find
    lookup.find = lambda name: lookup.ABSENT if name in lacking.split(",") else find(name)
    alone = program()
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.gtrace"
        with contextlib.redirect_stderr(said), gradtrace.record(path) as recording:
            recorded = program()
        trace = gradtrace.load(path)
        events = collections.Counter(type(event).__name__ for event in trace.events)
        marks = [event.text for event in trace.events if getattr(event, "kind", "") == "not covered"]
    return {
        "same": alone == recorded == program(),
        "failure": recording.failure,
        "said": said.getvalue().splitlines(),
        "events": events,
        "marks": [mark for mark in marks if mark.startswith("version: ")],
    }


def start(lacking):
    """:func:`record` in a child of its own: its process number, and where it writes."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            with os.fdopen(write, "w") as stream:
                json.dump(record(lacking), stream)
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    return child, read


def finish(child, read):
    """What the child has found."""
    with os.fdopen(read) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text or '"crashed"')


def main():
    torch.set_num_threads(1)
    program()  # what PyTorch loads and compiles at first use is then there in all children
    found, running = {}, {}
    for name in ("", *sys.argv[1:]):
        if len(running) >= (os.cpu_count() or 1):
            oldest = next(iter(running))
            found[oldest] = finish(*running.pop(oldest))
        running[name] = start(name)
    found |= {name: finish(*child) for name, child in running.items()}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
