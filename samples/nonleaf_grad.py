"""The gradient of a tensor in the middle: None, unless retain_grad() asked for it.

In the window: the same graph twice. In the second pass a hook of kind retain_grad fires before MulBackward0 runs; that
is where z.grad comes from. The norm of (4, 4) passes (0.7071, 0.7071) down, times 4 gives x.grad.
"""

import gradtrace.core as torch

x = torch.ones(2, requires_grad=True)
z = 4 * x
y = z.norm()
print(z)
print(y)
y.backward()
print(x.grad)
print(z.grad)  # z is no leaf: a warning, and None

x.grad = None
z = 4 * x
z.retain_grad()
y = z.norm()
y.backward()
print(x.grad)
print(z.grad)
