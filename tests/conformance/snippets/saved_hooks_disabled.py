"""disable_saved_tensors_hooks."""

import torch
from _helpers import attempt

graph = torch.autograd.graph
hooks = graph.saved_tensors_hooks(lambda t: t, lambda t: t)


def within():
    with graph.disable_saved_tensors_hooks("not here"), hooks:
        print("never")


def around():
    with hooks, graph.disable_saved_tensors_hooks("nor here"):
        print("never")


attempt(within)
attempt(around)
x = torch.ones(2, requires_grad=True)
with graph.disable_saved_tensors_hooks("unused"):
    (x * x).sum().backward()
with hooks:
    (x * x).sum().backward()
print(x.grad)
