"""index_select, index_add, index_copy, index_fill, take, put: values and gradients."""

import torch

i = torch.tensor([2, 0, 2])
for call in (
    lambda x, s: x.index_select(1, i),
    lambda x, s: x.index_add(1, i, s),
    lambda x, s: x.index_add(1, i, s, alpha=3),
    lambda x, s: x.index_copy(1, torch.tensor([2, 0, 1]), s),
    lambda x, s: x.index_fill(1, i, 7.0),
    lambda x, s: x.index_fill(1, i, s.sum()),
    lambda x, s: x.take(torch.tensor([0, 5, -1])),
    lambda x, s: x.put(torch.tensor([0, 1, 5]), s[0], accumulate=True),
    lambda x, s: torch.take_along_dim(x, x.argsort(1), 1),
    lambda x, s: x.clone().index_add_(1, i, s).index_fill_(0, torch.tensor([1]), 0.0),
):
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    s = torch.full((2, 3), 0.5, requires_grad=True)
    y = call(x, s)
    print(y, torch.autograd.grad((y * y).sum(), (x, s), allow_unused=True))
