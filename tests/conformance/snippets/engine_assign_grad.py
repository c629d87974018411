"""What may be assigned to .grad."""

import torch
from _helpers import attempt


def assign(value):
    x.grad = value


x = torch.ones(2, requires_grad=True)
attempt(lambda: assign(torch.ones(3)))
attempt(lambda: assign(torch.ones(2, dtype=torch.float64)))
attempt(lambda: assign(5))
attempt(lambda: assign(x))
mine = torch.ones(2) * 7
x.grad = mine
(x * 2).sum().backward()
print(x.grad, x.grad is mine, mine)
del x.grad
print(x.grad)
x.grad = torch.ones(2)
x.grad.data.zero_()
print(x.grad)
