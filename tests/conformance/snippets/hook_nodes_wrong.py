"""Node hooks that return something else than a fitting tuple."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
for wrong in ((1, 2, 3), "text", (torch.ones(5), None), (torch.ones(2).double(), None), (torch.ones(2),), [torch.ones(2), None]):
    y = x * x.detach()
    y.grad_fn.register_hook(lambda inputs, outputs, wrong=wrong: wrong)
    attempt(lambda y=y: y.sum().backward())
for wrong in ((1,), (torch.ones(5),), (torch.ones(2), torch.ones(2))):
    y = x * x.detach()
    y.grad_fn.register_prehook(lambda outputs, wrong=wrong: wrong)
    attempt(lambda y=y: y.sum().backward())
print(x.grad)
