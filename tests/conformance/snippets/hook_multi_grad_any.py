"""register_multi_grad_hook in mode 'any'."""

import torch

a = torch.tensor([2.0], requires_grad=True)
b = torch.tensor([3.0], requires_grad=True)
c = a * b
handle = torch.autograd.graph.register_multi_grad_hook((a, c, b), lambda g: print("once", g), mode="any")
c.sum().backward(retain_graph=True)
c.sum().backward(retain_graph=True)
handle.remove()
c.sum().backward()
