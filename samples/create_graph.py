"""Derivatives of derivatives: create_graph=True makes backward record itself.

In the window: the second pass starts at the result of the first one and runs through nodes that the first backward
made; show all nodes to see the graph grow with every derivative of x**3: 3x**2, 6x, 6.
"""

import gradtrace.core as torch

x = torch.tensor(2.0, requires_grad=True)
y = x**3
print(y)

(first,) = torch.autograd.grad(y, x, create_graph=True)
print(first)

(second,) = torch.autograd.grad(first, x, create_graph=True)
print(second)

(third,) = torch.autograd.grad(second, x)
print(third)
