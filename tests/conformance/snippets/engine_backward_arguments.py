"""Odd arguments of backward."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
attempt(lambda: (x * 2).backward(torch.ones(3)))
attempt(lambda: (x * 2).backward("text"))
attempt(lambda: torch.autograd.backward([x * 2, x * 3], [torch.ones(2)]))
attempt(lambda: torch.autograd.backward([x.sum(), x.sum()], torch.tensor(1.0)))
attempt(lambda: torch.autograd.backward(x * 2, grad_tensors=[torch.ones(2)]))
attempt(lambda: torch.autograd.backward(x * 2, grad_variables=torch.ones(2)))
attempt(lambda: torch.autograd.backward(x * 2, torch.ones(2), grad_variables=torch.ones(2)))
weights = torch.ones(2, requires_grad=True)
(x * 2).backward(weights)
print(x.grad, weights.grad)
(gradient,) = torch.autograd.grad(x * 2, x, weights, create_graph=True)
print(gradient)
