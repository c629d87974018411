"""An exception in a hook reaches the caller, and the engine works on afterwards."""

import torch
from _helpers import attempt


def fail(*arguments):
    raise KeyError("hook")


x = torch.ones(2, requires_grad=True)
y = x * 2
handle = y.register_hook(fail)
attempt(y.sum().backward)
handle.remove()
y.grad_fn.register_prehook(fail)
attempt(y.sum().backward)
z = x * 2
z.grad_fn.register_hook(fail)
attempt(z.sum().backward)
handle = x.register_post_accumulate_grad_hook(fail)
attempt((x * 3).sum().backward)
handle.remove()
(x * 4).sum().backward()
print(x.grad, torch.is_grad_enabled())
