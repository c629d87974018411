"""Saved-tensor hooks and higher derivatives, and save_on_cpu."""

import torch

x = torch.tensor([0.5], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach() * 1, lambda t: t):
    y = (x**3).exp()
(first,) = torch.autograd.grad(y, x, create_graph=True)
second = float(torch.autograd.grad(first, x)[0])
print(first, second)
with torch.autograd.graph.save_on_cpu():
    z = x.tanh() * x
z.backward()
print(x.grad)
