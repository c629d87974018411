"""Reading _saved_ attributes goes through unpack; an in-place write is not noticed."""

import torch
from _helpers import attempt

kept = {}


def pack(tensor):
    kept[len(kept)] = tensor.detach().clone()
    return len(kept) - 1


x = torch.tensor([2.0, 3.0], requires_grad=True)
a = x * 1
with torch.autograd.graph.saved_tensors_hooks(pack, lambda name: kept[name] * 1):
    y = a * a
    z = a.exp()
print(y.grad_fn._saved_self, y.grad_fn._saved_other, z.grad_fn._saved_result)
print(sorted(kept.items()))
with torch.no_grad():
    a.zero_()
attempt((y + z).sum().backward)
print(x.grad)
attempt(lambda: y.grad_fn._saved_self)
