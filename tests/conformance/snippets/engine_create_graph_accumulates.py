"""With create_graph .grad becomes a new tensor with a history."""

import torch

x = torch.tensor([2.0], requires_grad=True)
(x**3).backward(create_graph=True)
first = x.grad
print(first, first.grad_fn is not None)
(x**2).backward(create_graph=True)
print(x.grad is first, x.grad, first)
x.grad.backward()
print(x.grad)
