"""LU, least squares, the matrix exponential, and solutions from factors."""

import torch
from _helpers import attempt

a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 1.0]], dtype=torch.float64, requires_grad=True)
b = torch.tensor([[1.0], [2.0], [4.0]], dtype=torch.float64, requires_grad=True)
factor = torch.linalg.cholesky(a @ a.mT + torch.eye(3))
for y in (
    torch.linalg.lu(a)[2],
    torch.linalg.lu_factor(a[:, :2])[0],
    torch.linalg.matrix_exp(a / 4),
    torch.cholesky_solve(b, factor),
    torch.cholesky_inverse(factor),
    torch.linalg.vecdot(a, a.detach()),
    torch.linalg.vander(b[:, 0], N=3),
):
    a.grad = b.grad = None
    y.sum().backward(retain_graph=True)
    print(y, a.grad, b.grad)
print(torch.linalg.tensorsolve(a.detach().reshape(3, 3, 1), b.detach()))
print(torch.linalg.lstsq(a[:, :2].detach(), b.detach()).solution)
print(torch.linalg.lu(a.detach()), torch.linalg.lu_factor_ex(a.detach()))
print(torch.lu_unpack(*torch.linalg.lu_factor(a.detach())))
attempt(lambda: torch.linalg.lu_factor(b[0, 0]))
attempt(lambda: torch.linalg.matrix_exp(b))
attempt(lambda: torch.linalg.tensorinv(a, 0))
