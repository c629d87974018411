"""retain_grad follows a tensor through in-place operations, its hooks do not."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
y.retain_grad()
y.register_hook(lambda g: print("old", g))
y.add_(1)
y.mul_(3)
(y * y).sum().backward()
print(y.grad, x.grad)
base = x * 1
view = base[:1]
view.retain_grad()
view.mul_(4)
view.sum().backward()
print(view.grad, x.grad)
base.retain_grad()
base[1:].mul_(7)
base.sum().backward()
print(base.grad, x.grad)
