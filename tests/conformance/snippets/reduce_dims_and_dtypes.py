"""sum, mean and prod over dimensions, of integers and bools, with dtype=."""

import torch
from _helpers import attempt

x = torch.arange(24.0).reshape(2, 3, 4).requires_grad_()
print(x.sum((0, 2)), x.mean(-1, keepdim=True).shape, x.prod(1).shape, x.sum(dim=()))
i = torch.tensor([[1, 2], [3, 4]], dtype=torch.int32)
print(i.sum().dtype, i.sum(dtype=torch.int32).dtype, i.prod(0), torch.tensor([True, True]).sum(), i.float().mean())
print(i.mean(dtype=torch.float64), i.cumsum(1), i.cumprod(0), i.sum(dtype=torch.float32))
attempt(lambda: i.mean())
attempt(lambda: x.sum(3))
attempt(lambda: x.sum((0, 0)))
attempt(lambda: x.mean(dtype=torch.int64))
attempt(lambda: x.cumsum(0, dtype=torch.int64))
print(torch.zeros(0).sum(), torch.zeros(0).prod(), torch.zeros(0).mean())
