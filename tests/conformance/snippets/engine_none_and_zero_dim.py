"""Empty tensors, 0-d tensors and integer inputs in a graph."""

import torch

x = torch.ones(0, 3, requires_grad=True)
x.sum().backward()
print(x.grad, x.grad.shape)
y = torch.tensor(2.0, requires_grad=True)
index = torch.tensor([0, 1])
(y * index).sum().backward()
print(y.grad)
z = torch.ones(3, requires_grad=True)
z[index].sum().backward()
print(z.grad)
(z * True + z * 2).sum().backward()
print(z.grad)
