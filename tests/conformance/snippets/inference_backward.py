"""A backward pass in inference mode makes gradients that are inference tensors; what was computed there has no graph."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
loss = (x * x).sum()
with torch.inference_mode():
    attempt(lambda: (x * 2).sum().backward())
    loss.backward()
    print(x.grad, x.grad.is_inference())
attempt(lambda: (x * x).sum().backward())
x.grad = None
(x * x).sum().backward()
with torch.inference_mode():
    x.sub_(x.grad * 0.25)
    x.grad.zero_()
print(x, x._version, x.grad, x.grad.is_inference())
