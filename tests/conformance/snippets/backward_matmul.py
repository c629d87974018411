"""Products of matrices and vectors in all forms."""

import torch

a = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.arange(12.0).reshape(3, 4).requires_grad_()
v = torch.tensor([1.0, -1.0, 2.0], requires_grad=True)
for y in (a @ b, a @ v, v @ b, v @ v, torch.mm(a, b)):
    print(y)
    y.sum().backward()
print(a.grad, b.grad, v.grad)
