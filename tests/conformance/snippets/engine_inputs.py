"""backward(inputs=…): leaves, non-leaves, unrelated ones, dicts, wrong ones."""

import torch
from _helpers import attempt

a = torch.tensor([2.0], requires_grad=True)
b = torch.tensor([3.0], requires_grad=True)
c = a * b
d = c.exp()
d.backward(inputs=[b], retain_graph=True)
print(a.grad, b.grad)
d.backward(inputs=c, retain_graph=True)
print(a.grad, c.grad)
d.backward(inputs={"a": a, "b": b}, retain_graph=True)
print(a.grad, b.grad)
attempt(lambda: d.backward(inputs=[]))
attempt(lambda: d.backward(inputs=[torch.ones(1)]))
other = torch.ones(1, requires_grad=True)
d.backward(inputs=[other], retain_graph=True)
print(other.grad)
d.backward(inputs=[a, d])
print(a.grad, d.grad)
