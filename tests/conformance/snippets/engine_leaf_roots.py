"""backward on a leaf; with hooks; twice."""

import torch
from _helpers import attempt

x = torch.tensor(3.0, requires_grad=True)
x.register_hook(lambda g: g * 2)
x.backward()
x.backward()
print(x.grad)
attempt(torch.tensor(1.0).backward)
attempt(torch.ones(2, requires_grad=True).backward)
attempt(lambda: torch.autograd.backward([x, torch.tensor(1.0)]))
y = torch.ones(2, requires_grad=True)
y.backward(torch.tensor([1.0, 5.0]))
print(y.grad)
y.backward(gradient=torch.tensor([1.0, 5.0], dtype=torch.float64))
print(y.grad)
