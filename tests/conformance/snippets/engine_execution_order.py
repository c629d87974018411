"""The order in which nodes run."""

import torch


def watch(node, seen):
    if node is None or node in seen:
        return
    seen.add(node)
    node.register_hook(lambda *_: print(node.name()))
    for next_node, _ in node.next_functions:
        watch(next_node, seen)


a = torch.tensor([0.5], requires_grad=True)
b = torch.tensor([0.25], requires_grad=True)
c = a.exp()
d = b.sin()
e = c * d
f = d.cos() + a
g = (e / f).tanh() - c
h = g * f.abs()
watch(h.grad_fn, set())
h.backward()
print(a.grad, b.grad)
