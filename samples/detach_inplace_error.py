"""A write through .detach() to a saved tensor: backward notices and refuses.

In the window: the node in red, MulBackward0, saved a at version 0. The version bump that broke it is the sigmoid_ on
the detached tensor, which shares its counter with a. Compare with the sample data_inplace_silent.

Ends with RuntimeError.
"""

import gradtrace.core as torch

a = torch.ones(3, 4, requires_grad=True)
b = torch.full((3, 4), 0.5, requires_grad=True)
c = a * b
d = c.sum()

a_ = a.detach()
a_.sigmoid_()  # changes a as well: they share their memory and their version
print(a)
print(a._version)

d.backward()  # this line raises
