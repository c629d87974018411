"""Inverses, solutions, determinants and powers of matrices, and matrices that have none."""

import torch
from _helpers import attempt

a = torch.tensor([[4.0, 1.0], [2.0, 3.0]], requires_grad=True)
b = torch.tensor([1.0, 2.0], requires_grad=True)
for y in (
    torch.linalg.inv(a),
    torch.linalg.solve(a, b),
    torch.det(a),
    torch.linalg.slogdet(a).logabsdet,
    torch.logdet(a),
    torch.linalg.cholesky(a @ a.mT),
    torch.linalg.matrix_power(a, 3),
    torch.linalg.matrix_power(a, -2),
    torch.linalg.pinv(a),
):
    a.grad = b.grad = None
    y.sum().backward()
    print(y, a.grad, b.grad)
singular = torch.ones(2, 2, requires_grad=True)
torch.det(singular).backward()
print(singular.grad, torch.linalg.matrix_rank(singular), torch.linalg.slogdet(singular))
attempt(lambda: torch.linalg.inv(singular))
attempt(lambda: torch.linalg.inv(torch.zeros(2, 2, 2)))
attempt(lambda: torch.linalg.solve(singular, b))
attempt(lambda: torch.linalg.cholesky(-singular))
attempt(lambda: torch.linalg.det(torch.ones(2, 3)))
attempt(lambda: torch.linalg.inv(torch.ones(2, 2, dtype=torch.int64)))
attempt(lambda: torch.linalg.solve(a, torch.ones(3)))
print(isinstance(torch.linalg.LinAlgError("x"), RuntimeError))
