"""What hooks can see of other gradients while the pass runs."""

import torch

x = torch.tensor([1.0], requires_grad=True)
w = torch.tensor([2.0], requires_grad=True)
h = x * w
y = h * w
h.register_hook(lambda g: print("h", x.grad, w.grad))
w.register_hook(lambda g: print("w", g, x.grad))
x.register_hook(lambda g: print("x", g, w.grad))
y.backward()
print(x.grad, w.grad)
