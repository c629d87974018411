"""After a write through one view, the gradient of another is taken from the rewritten base."""

import torch

x = torch.arange(6.0, requires_grad=True)
y = torch.full((3,), 5.0, requires_grad=True)
base = x * 2
left, whole, strided = base[:3], base.view(2, 3), base.as_strided((3,), (2,), 1)
left.copy_(y)
for view in (left, whole, strided):
    print(type(view.grad_fn).__name__, torch.autograd.grad(view.pow(2).sum(), (x, y), retain_graph=True, allow_unused=True))
