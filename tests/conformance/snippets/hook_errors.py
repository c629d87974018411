"""Where hooks cannot go, and what they raise."""

import torch
from _helpers import attempt

attempt(lambda: torch.ones(2).register_hook(print))
x = torch.ones(2, requires_grad=True)


def fail(grad):
    raise ValueError("from the hook")


x.register_hook(fail)
attempt((x * 2).sum().backward)
print(x.grad)
attempt(lambda: (x * 2).register_post_accumulate_grad_hook(print))
