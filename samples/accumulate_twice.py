"""Two backward calls add up, and need retain_graph=True.

In the window: two passes over one graph. Compare the leaves after each: the second pass adds to .grad what the first
one left there. The saved tensors of MulBackward0 live on after the first pass and are freed by neither, because both
retain the graph.
"""

import gradtrace.core as torch

a = torch.ones(3, requires_grad=True)
b = torch.tensor([0.9373, 0.0556, 0.6426], requires_grad=True)
c = a * b
print(c)

d = c.sum()
d.backward(retain_graph=True)
print(a.grad, b.grad)

e = c.sum()
e.backward(retain_graph=True)
print(b.grad)  # twice as much

f = c.sum()  # no backward: nothing happens to b.grad
print(b.grad)
