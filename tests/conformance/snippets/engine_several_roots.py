"""Several roots, one of which is an ancestor of the other, or the same twice."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
z = (y * y).sum()
torch.autograd.backward([z, y], [None, torch.ones(2)])
print(x.grad)
w = (x * x).sum()
torch.autograd.backward([w, w])
print(x.grad)
torch.autograd.backward([x.sum(), x], [None, torch.ones(2)])
print(x.grad)
print(torch.autograd.grad([x, x], x, [torch.ones(2), torch.ones(2) * 2]))
