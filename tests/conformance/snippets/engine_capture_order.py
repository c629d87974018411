"""grad() of intermediate values: hooks run before the capture, nodes beyond do not run."""

import torch

x = torch.tensor([0.5], requires_grad=True)
y = x * 3
z = y.exp()
y.register_hook(lambda g: print("y hook") or g * 10)
x.register_hook(lambda g: print("x hook"))
y.grad_fn.register_hook(lambda *_: print("Mul ran"))
y.grad_fn.register_prehook(lambda *_: print("Mul pre"))
print(torch.autograd.grad(z, y, retain_graph=True))
print(torch.autograd.grad(z, [x, y], retain_graph=True))
print(torch.autograd.grad(z, [z, x]))
