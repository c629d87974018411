"""Semantics and texts against PyTorch: each snippet runs on both, and must print the same (addresses aside)."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from typing import Any

import gradtrace.core as ours
import pytest

torch = pytest.importorskip("torch")

SNIPPETS_TEXT = """
# non-scalar
x = t.ones(2, requires_grad=True)
err(lambda: (x * 2).backward())

# no graph
err(lambda: t.ones(2).backward())
err(lambda: t.autograd.grad(t.ones(1), t.ones(1, requires_grad=True)))

# freed
x = t.ones(2, requires_grad=True)
y = (x * x).sum()
y.backward()
err(y.backward)
err(lambda: node(y)._saved_self)

# twice without saved tensors
x = t.ones(2, requires_grad=True)
y = (x + 1).sum()
y.backward()
y.backward()
print(x.grad)

# shape of a gradient
x = t.ones(3, requires_grad=True)
err(lambda: (x * 2).backward(t.ones(2)))

# number of gradients
x = t.ones(3, requires_grad=True)
err(lambda: t.autograd.backward([x, x], [t.ones(3)]))

# integer leaf
err(lambda: t.tensor([1], requires_grad=True))
err(lambda: t.ones(1, dtype=t.int64).requires_grad_())

# flag of a non-leaf
y = t.ones(1, requires_grad=True) * 2
err(lambda: y.requires_grad_(False))

def on():
    y.requires_grad = True
err(on)

# in-place on a leaf
x = t.ones(2, requires_grad=True)
err(lambda: x.add_(1))
err(lambda: x[:1].add_(1))
err(lambda: x.zero_())

# in-place on a no_grad view
x = t.ones(2, requires_grad=True)
with t.no_grad():
    v = x.view(2)
err(lambda: v.add_(1))

# in-place on one of several views
x = t.ones(4, requires_grad=True) * 1
err(lambda: x.split(2)[0].mul_(2))
err(lambda: x.unbind()[1].mul_(2))

# in-place after saving
x = t.ones(2, requires_grad=True)
y = x.exp()
y.add_(1)
err(lambda: y.sum().backward())

# in-place through detach
a = t.ones(3, 4, requires_grad=True)
d = (a * a).sum()
a.detach().sigmoid_()
err(d.backward)

# in-place through data
a = t.ones(2, requires_grad=True)
d = (a * a).sum()
a.data.mul_(3)
d.backward()
print(a.grad, a._version)

# in-place saves a copy
x = t.ones(2, requires_grad=True)
w = t.ones(2, requires_grad=True)
y = x * 3
y.mul_(w)
y.sum().backward()
print(w.grad, x.grad)

# in-place dtype and shape
err(lambda: t.ones(2, dtype=t.int64).add_(1.5))
err(lambda: t.ones(2).add_(t.ones(3, 2)))
err(lambda: t.ones(1).expand(3).add_(1))

# versions
x = t.ones(3)
v = x[1:]
d = x.detach()
e = x.data
v.add_(1)
print(x._version, v._version, d._version, e._version)

# views follow writes
x = t.ones(4, requires_grad=True)
b = x * 1
v, u = (b[:2], b[2:])
v.mul_(t.tensor([2.0, 3.0]))
print(b.grad_fn.name(), b, u.grad_fn is not None, u)
(b * b).sum().backward()
print(x.grad)

# views of a tensor without gradient
w = t.ones(2, requires_grad=True)
b = t.zeros(4)
v = b[:2]
u = b[1:]
v.copy_(w * 3)
print(b, u.requires_grad, u)
(u * u).sum().backward()
print(w.grad)

# chain of views
x = t.ones(2, 3, requires_grad=True)
b = x * 2
b.t()[1].mul_(5)
print(b)
b.sum().backward()
print(x.grad)

# setitem
x = t.ones(4, requires_grad=True)
b = x * 2
b[1] = 7
b[2:] = x[:2]
b[[0]] = x[3:]
print(b)
b.sum().backward()
print(x.grad)

# setitem twice differentiated
x = t.tensor([1.0, 2.0], requires_grad=True)
b = t.zeros(3)
b[1:] = x * x
g, = t.autograd.grad((b ** 3).sum(), x, create_graph=True)
print(g.detach(), t.autograd.grad(g.sum(), x))

# non-leaf grad
y = t.ones(1, requires_grad=True) * 2
print(warned(lambda: y.grad))
y.retain_grad()
print(warned(lambda: y.grad))

# assigning grad
x = t.ones(2, requires_grad=True)
for g in (t.ones(3), x, 1.0, t.ones(2, dtype=t.float64)):

    def f():
        x.grad = g
    err(f)

# read-only
x = t.ones(1)

def f():
    x.grad_fn = 1
err(f)

# unused input
x = t.ones(1, requires_grad=True)
err(lambda: t.autograd.grad(x * 2, t.ones(1, requires_grad=True)))
err(lambda: t.autograd.grad(x * 2, t.ones(1)))

# empty inputs
x = t.ones(1, requires_grad=True)
err(lambda: (x * 2).backward(inputs=[]))
err(lambda: t.autograd.grad(x * 2, []))

# numpy
x = t.ones(2, requires_grad=True)
err(x.numpy)
err(x.item)
err(lambda: bool(x))
err(lambda: float(x))

# hooks that misbehave
x = t.ones(2, requires_grad=True)
for bad in (t.ones(3), 3, t.ones(2, dtype=t.float64)):
    y = x * 2
    y.register_hook(lambda g: bad)
    err(lambda: y.sum().backward())
y = x * 2
y.grad_fn.register_prehook(lambda g: 3)
err(lambda: y.sum().backward())
y = x * 2
y.grad_fn.register_hook(lambda g, o: (1, 2, 3))
err(lambda: y.sum().backward())

# hooks without gradient
err(lambda: t.ones(1).register_hook(print))
err(lambda: t.ones(1).retain_grad())
err(lambda: (t.ones(1, requires_grad=True) * 2).register_post_accumulate_grad_hook(print))

# hook order
log = []
x = t.ones(1, requires_grad=True)
y = x * 2
y.retain_grad()
y.register_hook(lambda g: log.append('tensor') or g * 10)
y.grad_fn.register_prehook(lambda g: log.append('pre') or (g[0] * 10,))
y.grad_fn.register_hook(lambda i, o: log.append('post'))
x.register_hook(lambda g: log.append('leaf'))
x.register_post_accumulate_grad_hook(lambda p: log.append('accumulated'))
y.grad_fn.next_functions[0][0].register_prehook(lambda g: log.append('acc pre'))
y.grad_fn.next_functions[0][0].register_hook(lambda i, o: log.append('acc post'))
y.backward()
print(log, y.grad, x.grad)

# retain_grad follows in-place
x = t.ones(1, requires_grad=True)
y = x * 2
y.retain_grad()
y.mul_(5)
y.sum().backward()
print(y.grad)

# create_graph
x = t.tensor([2.0], requires_grad=True)
print(warned(lambda: (x ** 3).backward(create_graph=True)))
print(x.grad)
x.grad.backward()
print(x.grad)

# nodes
x = t.ones(2, requires_grad=True)
y = x * 3
f = y.grad_fn
print(f.name(), [n and n.name() for n, _ in f.next_functions], f._saved_self, f._saved_other, isinstance(f, t.autograd.graph.Node))

# saved of a reduction
f = t.ones(2, 3, requires_grad=True).sum(0).grad_fn
print(f._saved_self_sym_sizes, f._saved_keepdim)

# promotion
print(t.tensor([1, 2]) / 2, t.tensor([1, 2]) * 1.5)
print(t.ones(2) * t.tensor(2, dtype=t.float64), t.tensor([True]) + 1, (t.tensor([1]) > 0).sum())
x = t.ones(2, requires_grad=True)
(x * t.ones(2, dtype=t.float64)).sum().backward()
print(x.grad)

# shapes
x = t.ones(3)
err(lambda: x + t.ones(4))
err(lambda: x.view(2, 2))
err(lambda: x @ t.ones(4))
err(lambda: t.ones(2, 3) @ t.ones(2, 3))
err(lambda: x.expand(2))
err(lambda: x.sum(5))
err(lambda: x[5])
err(lambda: t.ones(2, 3).t().view(6))

# operands
x = t.ones(3)
err(lambda: x + 'a')
err(lambda: t.add(x, 'a'))
err(lambda: x.foo)

# return types
print(t.tensor([[1.0, 3.0], [4.0, 2.0]]).max(1))

# format
x = t.tensor(3.14159, requires_grad=True)
print(f'{x:.2f}', '{}'.format(x), f'{t.ones(2)}')

# backward of nothing
print(t.autograd.backward([]))

# variable
a = t.autograd.Variable(t.ones(1), requires_grad=True)
print(a, isinstance(a, t.autograd.Variable))

# gradients of a Function
class F(t.autograd.Function):
    forward = staticmethod(lambda ctx, x: x * 2)
    backward = staticmethod(lambda ctx, g: answer)
x = t.ones(2, requires_grad=True)
for answer in (t.ones(5), t.ones(3, 2), (t.ones(2), None), (t.ones(2), t.ones(2)), 3):
    x.grad = None
    err(lambda: F.apply(x).sum().backward())
    print(x.grad)

# detach_
y = t.ones(1, requires_grad=True) * 2
y.detach_()
print(y, y.is_leaf)
v = (t.ones(2, requires_grad=True) * 2)[:1]
err(v.detach_)
"""
SNIPPETS = dict(part.split("\n", 1) for part in ("\n" + SNIPPETS_TEXT.strip()).split("\n# ")[1:])


def run(module: Any, source: str) -> str:
    printed = io.StringIO()

    def err(function: Any) -> None:
        try:
            print("no error", function())
        except Exception as error:  # noqa: BLE001  (what is raised is what is compared)
            print(type(error).__name__, error)

    def warned(function: Any) -> list[str]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            function()
        return [f"{one.category.__name__}: {str(one.message).split(' (Triggered')[0]}" for one in caught]

    names = {"t": module, "err": err, "warned": warned, "node": lambda y: y.grad_fn.next_functions[0][0]}
    with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
        warnings.simplefilter("ignore")
        exec(source, names)
    return re.sub(r"0x[0-9a-f]+", "0x", printed.getvalue())


@pytest.mark.parametrize("name", SNIPPETS)
def test_prints_what_torch_prints(name: str) -> None:
    assert run(ours, SNIPPETS[name]) == run(torch, SNIPPETS[name])
