"""matmul of vectors, matrices and stacks: shapes, names in the graph, gradients."""

import torch
from _helpers import attempt

shapes = [(3,), (2, 3), (3, 2), (4, 2, 3), (4, 3, 2), (1, 3, 2), (5, 1, 2, 3)]
for first in shapes:
    for second in shapes:
        a = torch.ones(first, requires_grad=True)
        b = torch.full(second, 2.0, requires_grad=True)
        try:
            y = a @ b
        except RuntimeError as error:
            print(first, second, error)
            continue
        y.sum().backward()
        print(first, second, y.shape, y.grad_fn.name(), a.grad.sum(), b.grad.sum())
attempt(lambda: torch.ones(2, 2) @ torch.ones(2, 2, dtype=torch.float64))
attempt(lambda: torch.ones(2, 2) @ 2)
attempt(lambda: torch.matmul(torch.ones(2), torch.tensor(1.0)))
