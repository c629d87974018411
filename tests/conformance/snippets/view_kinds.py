"""Gradients through every kind of view."""

import torch

x = torch.arange(6.0).reshape(2, 3).requires_grad_()
views = (
    x.view(3, 2),
    x.reshape(-1),
    x.t(),
    x.transpose(0, 1),
    x.permute(1, 0),
    x.unsqueeze(0),
    x[1],
    x[:, 1:],
    x.expand(2, 2, 3),
    x.flatten(),
    x.squeeze(),
    x.narrow(1, 0, 2),
    x.select(0, 1),
    x.diagonal(),
)
for view in views:
    weights = torch.arange(1.0, view.numel() + 1).reshape(view.shape)
    (grad,) = torch.autograd.grad((view * weights).sum(), x)
    print(type(view.grad_fn).__name__, view.shape, grad.tolist())
