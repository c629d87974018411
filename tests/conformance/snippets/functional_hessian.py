"""Hessians, and products with them."""

import torch
from _helpers import attempt

functional = torch.autograd.functional
x = torch.tensor([0.5, 1.0])
y = torch.tensor([2.0, 3.0], requires_grad=True)


def cubes(t):
    return (t**3).sum()


def mixed(t, u):
    return (t**2 * u).sum()


print(functional.hessian(cubes, x))
print(functional.hessian(mixed, (x, y)))
print(functional.hvp(cubes, x, torch.ones(2)))
print(functional.vhp(cubes, x, torch.ones(2)))
print(functional.hvp(mixed, (x, y), (torch.ones(2), torch.ones(2))))
print(functional.vhp(mixed, (x, y), (torch.ones(2), torch.ones(2))))
print(functional.hessian(cubes, y, create_graph=True))
attempt(lambda: functional.hessian(torch.exp, x))
attempt(lambda: functional.hessian(lambda t: (t.sum(), t.sum()), x))
attempt(lambda: functional.hvp(cubes, x))
attempt(lambda: functional.vhp(torch.exp, x, torch.ones(2)))
