"""register_multi_grad_hook in mode 'all'."""

import torch
from _helpers import attempt

a = torch.ones(2, requires_grad=True)
b = torch.ones(2, requires_grad=True)
c = a * b
d = a * b


def hook(gradients):
    print([g is not None for g in gradients])


handle = torch.autograd.graph.register_multi_grad_hook((a, b, c, d), hook)
c.sum().backward(retain_graph=True)
c.sum().backward(inputs=(a,), retain_graph=True)
(c.sum() + d.sum()).backward(retain_graph=True)
handle.remove()
c.sum().backward(retain_graph=True)
attempt(lambda: torch.autograd.graph.register_multi_grad_hook((a,), hook, mode="some"))
