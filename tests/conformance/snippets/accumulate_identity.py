""".grad stays the same object while it is added to."""

import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
(w * 2).sum().backward()
first = w.grad
(w * 3).sum().backward()
print(first is w.grad, first)
(w * w).sum().backward(create_graph=False)
print(first is w.grad, w.grad.requires_grad)
