"""Whole Jacobians: shapes, tuples, history."""

import torch

jacobian = torch.autograd.functional.jacobian
x = torch.tensor([[0.5, 1.0], [1.5, 2.0]])
y = torch.tensor([2.0, 3.0], requires_grad=True)
print(jacobian(lambda t: t.sum(1), x))
print(jacobian(lambda t, u: (t @ u, u * 2), (x, y)))
print(jacobian(lambda u: u.prod(), y))
print(jacobian(lambda u: u**2, y, create_graph=True))
print(jacobian(lambda u: torch.ones(2), y))
print(jacobian(torch.exp, (y,)))
