"""cat, stack, split, chunk, unbind, gather."""

import torch

x = torch.arange(6.0).reshape(2, 3).requires_grad_()
print(torch.cat([x, x * 2], dim=1), torch.stack([x, x]))
print(x.split(2, dim=1), x.chunk(3, dim=1), x.unbind(0))
print(x.gather(1, torch.tensor([[0], [2]])), x.index_select(0, torch.tensor([1])))
(torch.cat([x, x]) * torch.arange(12.0).reshape(4, 3)).sum().backward()
print(x.grad)
