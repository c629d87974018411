"""The arguments of autograd.grad, and its errors."""

import torch
from _helpers import attempt

grad = torch.autograd.grad
a = torch.tensor([2.0, 3.0], requires_grad=True)
b = torch.tensor([1.0, 1.0], requires_grad=True)
y = (a * a).sum()
attempt(lambda: grad(y, b, retain_graph=True))
print(grad(y, [a, b], retain_graph=True, allow_unused=True))
print(grad(y, [a, b], retain_graph=True, materialize_grads=True))
attempt(lambda: grad(y, [a, b], allow_unused=False, materialize_grads=True))
attempt(lambda: grad(y, []))
attempt(lambda: grad(y, torch.ones(2)))
attempt(lambda: grad(a * 2, a))
attempt(lambda: grad(a * 2, a, torch.ones(3)))
attempt(lambda: grad([a * 2, b * 2], a, [torch.ones(2)]))
attempt(lambda: grad(a * 2, a, "text"))
print(grad({"y": y}.values(), {"a": a}, retain_graph=True))
print(grad([y, a.sum()], a, [torch.tensor(2.0), None]))
attempt(lambda: grad(torch.ones(1), a))
