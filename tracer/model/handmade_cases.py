"""Hand-made traces for the situations every view must survive, by name in :data:`CASES`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from ...core.events import (
    NONE,
    BackwardEnded,
    DataWritten,
    Edge,
    ErrorRaised,
    Event,
    GraphCut,
    LeafCreated,
    LeafNamed,
    Marked,
    OptimizerStepped,
    SavedFreed,
)
from .handmade import EventScript


def product_of_sums() -> list[Event]:
    """``a = w + x; b = w + 1; y = a * b; y.backward()`` with w = 2, x = 1: the classic first example. ``w.grad`` is 6."""
    script = EventScript()
    w, x = script.leaf("w"), script.leaf("x")
    a = script.node("AddBackward0", [w, x], target="a")
    b = script.node("AddBackward0", [w, Edge(NONE, 0)], target="b")
    y = script.node("MulBackward0", [a, b], target="y", saves=("self", "other"))
    script.backward(y, factors={(y, 0): 3.0, (y, 1): 3.0})
    return script.end()


def inplace_error() -> list[Event]:
    """A tensor saved for backward is written in place; the backward raises, and the error names the write as its cause."""
    script = EventScript()
    w = script.leaf("w")
    a = script.node("ExpBackward0", [w], target="a", saves=("result",))
    y = script.node("MulBackward0", [a, a], target="y", saves=("self",))
    bump = script.bump(a, "mul_")
    script.backward(y, fail_at=a, cause=bump)
    script.add(ErrorRaised, type="RuntimeError", message="left the program", cause=bump)
    return script.end("raised")


def hooks() -> list[Event]:
    """A tensor hook that replaces a gradient, a node pre-hook, a node hook, retain_grad and a post-accumulate hook."""
    script = EventScript()
    w = script.leaf("w")
    a = script.node("MulBackward0", [w], target="a")
    y = script.node("SumBackward0", [a], target="y")
    script.hook(a, "tensor", returns=10.0, function="clip")
    script.hook(a, "node_pre", function="watch")
    script.hook(a, "retain_grad")
    script.hook(a, "node_post", function="after")
    script.hook(w, "post_accumulate_grad", function="step_now")
    script.backward(y, factors={(a, 0): 2.0})
    return script.end()


def double_backward() -> list[Event]:
    """``grad(create_graph=True)`` makes nodes during the first pass; the second pass runs through them."""
    script = EventScript()
    x = script.leaf("x")
    y = script.node("PowBackward0", [x], target="y")
    script.backward(y, call="grad", create_graph=True, factors={(y, 0): 4.0}, inputs=(script.tensor_of(x),))
    g = script.node("MulBackward0", [y, x], target="g")
    script.backward(g, factors={(g, 0): 2.0, (g, 1): 0.5})
    return script.end()


def two_steps() -> list[Event]:
    """Two steps of a training loop: zero_grad, forward, backward, optimizer, with the second one's gradient zeroed, not None."""
    script = EventScript()
    w = script.leaf("w")
    for step in range(2):
        script.add(Marked, text=str(step), kind="step", source=script.position())
        script.zero_grad(w, to="none" if step == 0 else "zero")
        with script.scope("model"):
            with script.scope("layer"):
                h = script.node("MulBackward0", [w], target="h")
            loss = script.node("MeanBackward0", [h], target="loss")
        script.backward(loss, factors={(h, 0): 2.0 + step})
        script.add(OptimizerStepped, optimizer="SGD", tensors=(script.tensor_of(w),), source=script.position())
        script.bump(w, "add_", before=step)
    return script.end()


def accumulation() -> list[Event]:
    """Three backward calls without zero_grad: the gradient of ``w`` goes 1, 3, 6; then it is zeroed and set to None."""
    script = EventScript()
    w = script.leaf("w")
    for factor in (1.0, 2.0, 3.0):
        y = script.node("MulBackward0", [w], target="y")
        script.backward(y, factors={(y, 0): factor})
    script.zero_grad(w, to="zero")
    script.zero_grad(w, to="none")
    return script.end()


def squared() -> list[Event]:
    """``y = x * x``: two edges between the same two nodes."""
    script = EventScript()
    x = script.leaf("x")
    y = script.node("MulBackward0", [x, x], target="y", saves=("self", "other"))
    script.backward(y, factors={(y, 0): 3.0, (y, 1): 3.0})
    return script.end()


def split() -> list[Event]:
    """A node with two outputs, whose two input gradients arrive separately; one of its consumers sends none."""
    script = EventScript()
    x = script.leaf("x")
    parts = script.node("SplitBackward0", [x], outputs=3, target="parts")
    first = script.node("MulBackward0", [Edge(parts, 0)], target="first")
    second = script.node("MulBackward0", [Edge(parts, 1)], target="second")
    third = script.node("SignBackward0", [Edge(parts, 2)], target="third")
    y = script.node("AddBackward0", [first, second], target="y")
    z = script.node("AddBackward0", [y, third], target="z")
    script.backward(z, factors={(first, 0): 3.0, (second, 0): 4.0, (third, 0): None})
    return script.end()


def nonfinite() -> list[Event]:
    """``sqrt`` at zero: an infinite gradient, multiplied by zero on the way to ``w``."""
    script = EventScript()
    w = script.leaf("w")
    a = script.node("MulBackward0", [w], target="a")
    b = script.node("SqrtBackward0", [a], target="b")
    y = script.node("SumBackward0", [b], target="y")
    script.backward(y, factors={(b, 0): math.inf, (a, 0): 0.0})
    return script.end()


def made_before() -> list[Event]:
    """The graph's lower part was made before recording began: the trace knows only the ids 901 and 902 and what flowed."""
    script = EventScript()
    w = script.leaf("w")
    script.made_before(902, [w])
    script.made_before(901, [902])
    y = script.node("MulBackward0", [w, 901], target="y")
    script.backward(y)
    return script.end()


def no_backward() -> list[Event]:
    """A forward computation only, part of it cut off from the graph."""
    script = EventScript()
    w = script.leaf("w")
    a = script.node("ExpBackward0", [w], target="a", saves=("result",))
    script.node("SumBackward0", [a], target="y")
    script.add(GraphCut, tensor=script.tensor_of(a), result=77, how="detach", source=script.position())
    return script.end()


def empty_run() -> list[Event]:
    """A recording in which nothing happened."""
    return EventScript().end()


def no_events() -> list[Event]:
    """A trace without one event."""
    return []


def cut_off() -> list[Event]:
    """The program was killed after the first node of a backward: neither BackwardEnded nor RunEnded."""
    script = EventScript()
    w, x = script.leaf("w"), script.leaf("x")
    a = script.node("AddBackward0", [w, x], target="a")
    y = script.node("ExpBackward0", [a], target="y")
    script.backward(y, cut_after=1)
    return script.events


def restricted() -> list[Event]:
    """``grad(y, [b])``: the pass stops at ``b``, and the nodes below it are in its graph but never run."""
    script = EventScript()
    w = script.leaf("w")
    a = script.node("ExpBackward0", [w], target="a")
    b = script.node("SinBackward0", [a], target="b")
    y = script.node("SumBackward0", [b], target="y")
    pass_ = script.backward(y, call="grad", inputs=(script.tensor_of(b),), cut_after=1)
    script.add(BackwardEnded, pass_=pass_)
    return script.end()


def freed_buffers() -> list[Event]:
    """A second backward through nodes whose saved tensors the first one freed."""
    script = EventScript()
    w = script.leaf("w")
    y = script.node("ExpBackward0", [w], target="y", saves=("result",))
    script.backward(y)
    freed = next(event.id for event in script.events if isinstance(event, SavedFreed))
    script.backward(y, fail_at=y, cause=freed)
    return script.end("raised")


def silent_write() -> list[Event]:
    """A saved tensor is written through ``.data`` before the backward that uses it; the same again after it, which is harmless."""
    script = EventScript()
    w = script.leaf("w")
    y = script.node("MulBackward0", [w], target="y", saves=("self",))
    tensor = script.tensor_of(w)
    script.add(DataWritten, tensor=99, storage=tensor, op="sigmoid_", source=script.position())
    script.backward(y)
    script.add(DataWritten, tensor=99, storage=tensor, op="zero_", source=script.position())
    return script.end()


def detached() -> list[Event]:
    """What is computed from ``w`` is detached before the loss, and ``spare`` is never used: neither gets a gradient."""
    script = EventScript()
    w, v = script.leaf("w"), script.leaf("v")
    script.add(LeafCreated, tensor=500, name="spare", dtype="float32", source=script.position())
    a = script.node("ExpBackward0", [w], target="a")
    script.add(GraphCut, tensor=script.tensor_of(a), result=77, how="detach", source=script.position())
    y = script.node("MulBackward0", [v], target="y")
    script.backward(y)
    return script.end()


def hook_breaks() -> list[Event]:
    """A hook turns a finite gradient into NaN."""
    script = EventScript()
    w = script.leaf("w")
    y = script.node("MulBackward0", [w], target="y")
    script.hook(y, returns=math.nan, function="normalise")
    script.backward(y)
    return script.end()


def not_in_optimizer() -> list[Event]:
    """Two layers are trained, and the optimizer knows one of them."""
    script = EventScript()
    known, forgotten = script.leaf("w"), script.leaf("v")
    script.add(LeafNamed, tensor=script.tensor_of(known), name="first.weight", source=script.position())
    script.add(LeafNamed, tensor=script.tensor_of(forgotten), name="second.weight", source=script.position())
    for step in range(2):
        hidden = script.node("MulBackward0", [known], target="hidden")
        loss = script.node("MulBackward0", [hidden, forgotten], target="loss")
        script.backward(loss)
        script.add(OptimizerStepped, optimizer="SGD", tensors=(script.tensor_of(known),), source=script.position())
        script.bump(known, "SGD.step", before=step)
    return script.end()


def not_cleared() -> list[Event]:
    """Three steps of an optimizer, and nothing empties ``.grad`` in between."""
    script = EventScript()
    weight = script.leaf("w")
    for step in range(3):
        script.backward(script.node("MulBackward0", [weight], target="loss"))
        script.add(OptimizerStepped, optimizer="SGD", tensors=(script.tensor_of(weight),), source=script.position())
        script.bump(weight, "SGD.step", before=step)
    return script.end()


CASES: Mapping[str, Callable[[], list[Event]]] = {
    case.__name__: case
    for case in (
        product_of_sums,
        inplace_error,
        hooks,
        double_backward,
        two_steps,
        accumulation,
        squared,
        split,
        nonfinite,
        made_before,
        no_backward,
        empty_run,
        no_events,
        cut_off,
        restricted,
        freed_buffers,
        silent_write,
        detached,
        hook_breaks,
        not_in_optimizer,
        not_cleared,
    )
}
"""Every case by name, each a function that returns a fresh list of events."""
