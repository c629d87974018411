"""fill_ and zero_ with numbers and tensors."""

import torch
from _helpers import attempt

x = torch.ones(3, requires_grad=True)
value = torch.tensor(2.0, requires_grad=True)
for write in (lambda t: t.zero_(), lambda t: t.fill_(4), lambda t: t.fill_(value), lambda t: t[1:].fill_(value)):
    t = x * 3
    write(t)
    print(t, torch.autograd.grad(t.sum(), (x, value), allow_unused=True))
attempt(lambda: torch.zeros(3).fill_(torch.ones(3)))
attempt(lambda: x.zero_())
