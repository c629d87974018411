"""SGD, with momentum, Nesterov's, and weight decay."""

import torch
from _helpers import attempt

for options in (
    {},
    {"momentum": 0.9},
    {"momentum": 0.9, "nesterov": True},
    {"weight_decay": 0.1},
    {"momentum": 0.5, "dampening": 0.1},
):
    w = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1, **options)
    for _ in range(3):
        optimizer.zero_grad()
        (w**2).sum().backward()
        optimizer.step()
    print(options, w)
attempt(lambda: torch.optim.SGD([w], lr=-1))
attempt(lambda: torch.optim.SGD([], lr=0.1))
attempt(lambda: torch.optim.SGD([w * 2], lr=0.1))
