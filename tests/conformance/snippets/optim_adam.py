"""Adam and AdamW."""

import torch

for kind in (torch.optim.Adam, torch.optim.AdamW):
    for options in ({}, {"weight_decay": 0.1}, {"betas": (0.8, 0.9), "amsgrad": True}):
        w = torch.tensor([1.0, -2.0], requires_grad=True)
        optimizer = kind([w], lr=0.1, **options)
        for _ in range(4):
            optimizer.zero_grad()
            (w**2).sum().backward()
            optimizer.step()
        print(kind.__name__, options, w)
