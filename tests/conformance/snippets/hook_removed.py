"""A removed hook does not run; removing twice is harmless."""

import torch

x = torch.tensor([1.0], requires_grad=True)
handle = x.register_hook(lambda grad: print("hook", grad))
(x * 2).backward()
handle.remove()
handle.remove()
(x * 2).backward()
print(x.grad)
