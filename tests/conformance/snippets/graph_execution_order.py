"""The order in which nodes run."""

import torch

order = []
x = torch.tensor([0.5], requires_grad=True)
a = x.exp()
b = x.sin()
c = a * b
d = b + x.cos()
e = (c * d).log()
for tensor in (a, b, c, d, e):
    name = type(tensor.grad_fn).__name__
    tensor.grad_fn.register_prehook(lambda grads, name=name: order.append(name))
x.register_hook(lambda grad: order.append("x"))
e.backward()
print(order)
