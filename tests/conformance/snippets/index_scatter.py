"""gather, scatter and scatter_reduce: values and gradients."""

import torch

i = torch.tensor([[0, 1, 1], [1, 0, 0]])
for call in (
    lambda x, s: x.gather(0, i),
    lambda x, s: x.scatter(0, i, s),
    lambda x, s: x.scatter(0, i, 4.0),
    lambda x, s: x.scatter_add(0, i, s),
    lambda x, s: x.scatter_reduce(0, i, s, "prod"),
    lambda x, s: x.scatter_reduce(0, i, s, "mean", include_self=False),
    lambda x, s: x.scatter_reduce(0, i, s, "amax"),
    lambda x, s: x.scatter_reduce(0, i, s, "amin", include_self=False),
    lambda x, s: x.clone().scatter_(0, i, s).scatter_add_(0, i, x),
):
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    s = torch.arange(1.0, 7.0).reshape(2, 3).requires_grad_()
    y = call(x, s)
    print(y, torch.autograd.grad((y * y).sum(), (x, s), allow_unused=True))
