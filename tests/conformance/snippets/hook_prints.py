"""A hook sees the gradient of its tensor."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x * 3
h.register_hook(lambda grad: print("h", grad))
x.register_hook(lambda grad: print("x", grad))
(h * h).sum().backward()
