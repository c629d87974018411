"""Products with Jacobians."""

import torch
from _helpers import attempt

functional = torch.autograd.functional


def both(x, y):
    return x.exp() * y, (x + y).sum()


x = torch.tensor([0.5, 1.0])
y = torch.tensor([2.0, 3.0], requires_grad=True)
print(functional.vjp(torch.exp, x, torch.ones(2)))
print(functional.vjp(both, (x, y), (torch.ones(2), torch.tensor(2.0))))
print(functional.vjp(lambda t: t.sum(), x))
print(functional.jvp(torch.exp, x, torch.tensor([1.0, 2.0])))
print(functional.jvp(both, (x, y), (torch.ones(2), torch.ones(2))))
print(functional.vjp(torch.exp, y, torch.ones(2), create_graph=True))
print(functional.jvp(torch.exp, y, torch.ones(2), create_graph=True)[1].requires_grad)
attempt(lambda: functional.vjp(torch.exp, x))
attempt(lambda: functional.jvp(torch.exp, x))
attempt(lambda: functional.vjp(torch.exp, x, torch.ones(3)))
attempt(lambda: functional.vjp(both, (x, y), torch.ones(2)))
attempt(lambda: functional.jvp(both, (x, y), (torch.ones(2), torch.ones(3))))
attempt(lambda: functional.vjp(torch.exp, [x], torch.ones(2)))
attempt(lambda: functional.vjp(lambda t: 5, x, torch.ones(2)))
