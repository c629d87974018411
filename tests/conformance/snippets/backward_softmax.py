"""softmax, log_softmax, cumsum, sort and topk."""

import torch

x = torch.tensor([1.0, 3.0, 2.0], requires_grad=True)
weights = torch.tensor([1.0, 10.0, 100.0])
for y in (x.softmax(0), x.log_softmax(0), x.cumsum(0), x.sort().values, x.topk(2).values, x.logsumexp(0)):
    print(y, torch.autograd.grad((y * weights[: y.numel()]).sum(), x)[0])
