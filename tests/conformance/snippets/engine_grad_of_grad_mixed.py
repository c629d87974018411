"""Second derivatives through accumulated .grad and through autograd.grad."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([3.0, 4.0], requires_grad=True)
loss = (x * w).pow(2).sum()
grads = torch.autograd.grad(loss, [x, w], create_graph=True)
penalty = sum((g * g).sum() for g in grads)
penalty.backward()
print(x.grad, w.grad)
print(grads[0].grad_fn is not None, [g.requires_grad for g in grads])
