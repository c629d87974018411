"""A write through .data to a saved tensor: the gradient is silently wrong.

In the window: MulBackward0 saved a and b at version 0. The sigmoid_ goes through .data, whose version counter is its
own, so backward notices nothing and multiplies by the new numbers: b.grad shows 0.7311 where the forward pass used 1.
"""

import gradtrace.core as torch

a = torch.ones(3, 4, requires_grad=True)
b = torch.full((3, 4), 0.5, requires_grad=True)
print(a.data.requires_grad)

c = a * b
d = c.sum()

a.data.sigmoid_()  # changes a, and autograd does not see it
print(a)
print(a._version)

d.backward()
print(b.grad)  # wrong: it should be all ones
