"""torch.autograd.Variable, from before tensors knew gradients."""

import torch

Variable = torch.autograd.Variable

x = Variable(torch.ones(2), requires_grad=True)
print(x, isinstance(x, Variable), type(x), isinstance(torch.ones(1), Variable))
y = Variable(torch.ones(2))
print(y.requires_grad, Variable(x).requires_grad)
(x * 2).sum().backward()
print(x.grad, x.grad.data)
