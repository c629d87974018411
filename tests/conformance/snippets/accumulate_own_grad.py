"""A gradient the user puts there is added to."""

import torch
from _helpers import attempt

w = torch.tensor([1.0, 2.0], requires_grad=True)
w.grad = torch.tensor([10.0, 20.0])
(w * w).sum().backward()
print(w.grad)
attempt(lambda: setattr(w, "grad", torch.ones(3)))
attempt(lambda: setattr(w, "grad", 1.0))
attempt(lambda: setattr(w, "grad", w))
