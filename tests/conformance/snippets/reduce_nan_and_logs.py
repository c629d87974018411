"""nansum, nanmean, logsumexp, logcumsumexp, all and any."""

import torch
from _helpers import attempt

nan, inf = float("nan"), float("inf")
x = torch.tensor([[1.0, nan, 3.0], [nan, 5.0, 6.0]], requires_grad=True)
print(x.sum(), x.nansum(), x.nanmean(1), x.max(), torch.nansum(x, 0), x.isnan().any(1), x.isfinite().all())
x.nanmean().backward()
print(x.grad)
y = torch.tensor([[1000.0, 1000.5], [-1000.0, -inf]], requires_grad=True)
print(y.logsumexp(1), y.logsumexp((0, 1)), y.logcumsumexp(1), torch.logsumexp(torch.tensor([1, 2]), 0))
y.logsumexp(1).sum().backward()
print(y.grad)
print(torch.tensor([1, 0], dtype=torch.uint8).all(), torch.zeros(0).all(), torch.zeros(0).any(), x.count_nonzero(0))
attempt(lambda: torch.any(x, 4))
attempt(lambda: torch.nanmean(torch.tensor([1])))
