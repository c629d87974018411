"""A hook on what the pass does not reach does not run."""

import torch

x = torch.ones(3, requires_grad=True)
values, indices = x.sort()
first, second = x.unbind()[:2]
second.register_hook(lambda g: print("never", g))
first.register_hook(lambda g: print("first", g))
(first * 2).backward()
print(x.grad)
y = x * 2
y.register_hook(lambda g: print("y", g))
torch.autograd.grad(x.sum(), x)
print("done", indices)
