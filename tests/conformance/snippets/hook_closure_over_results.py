"""Hooks that collect gradients by name."""

import torch

seen = {}
x = torch.tensor([0.5], requires_grad=True)
a = x.sin()
b = a.exp()
for name, tensor in (("a", a), ("b", b), ("x", x)):
    tensor.register_hook(lambda grad, name=name: seen.update({name: grad.item()}))
(b * 2).backward()
print(seen)
