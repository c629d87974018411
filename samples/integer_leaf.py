"""Integers cannot require gradients: the program fails at its first tensor.

In the window: no graph at all. The event list ends with the error and the source view marks the line that raised it.

Ends with RuntimeError.
"""

import gradtrace.core as torch

w = torch.tensor([1], requires_grad=True)  # no floating point numbers: this line raises
x = torch.tensor([2], requires_grad=True)

a = torch.add(w, x)
b = torch.add(w, 2)
y = torch.mul(a, b)

y.backward()
print(w.grad)
