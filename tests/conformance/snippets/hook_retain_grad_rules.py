"""retain_grad on leaves, on tensors without gradients, twice; reading .grad of a non-leaf."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
x.retain_grad()
print(x.retains_grad)
attempt(torch.ones(2).retain_grad)
y = x * 2
print(y.retains_grad, y.grad)
y.retain_grad()
y.retain_grad()
z = y.sum()
z.backward(retain_graph=True)
z.backward()
print(y.grad, y.retains_grad, x.grad)
y.grad = None
print(y.grad)
