"""_raw_saved_ attributes and their register_hooks."""

import torch
from _helpers import attempt

x = torch.tensor([2.0, 3.0], requires_grad=True)
y = x * x
raw = y.grad_fn._raw_saved_self
print(type(raw).__name__)
raw.register_hooks(lambda t: t * 10, lambda t: t / 5)
print(y.grad_fn._saved_self, y.grad_fn._saved_other)
attempt(lambda: y.grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: t))
y.sum().backward()
print(x.grad)
attempt(lambda: y.grad_fn._raw_saved_self)
attempt(lambda: raw.register_hooks(lambda t: t, lambda t: t))
z = x * 2
attempt(lambda: z.grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: t))
