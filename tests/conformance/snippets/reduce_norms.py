"""Norms of vectors and matrices, at zero too."""

import torch
from _helpers import attempt

x = torch.tensor([[3.0, -4.0], [0.0, 12.0]], requires_grad=True)
for p in ("fro", "nuc", 0, 0.5, 1, 1.5, 2, 3, float("inf"), -float("inf")):
    x.grad = None
    y = torch.norm(x, p)
    y.backward() if y.requires_grad else None
    print(p, y, x.grad)
for p in ("nuc", 1, -1, 2, -2, float("inf")):
    print(p, torch.linalg.norm(x, p), torch.linalg.matrix_norm(x, p, keepdim=True))
print(torch.linalg.vector_norm(x, 2, dim=0), torch.linalg.norm(x), torch.linalg.cond(x))
zero = torch.zeros(3, requires_grad=True)
zero.norm().backward()
print(zero.grad)
attempt(lambda: torch.norm(torch.tensor([1, 2])))
attempt(lambda: torch.linalg.matrix_norm(x, 3))
attempt(lambda: torch.linalg.norm(torch.zeros(2, 2, 2), 2))
