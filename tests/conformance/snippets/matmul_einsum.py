"""einsum and tensordot: equations, ellipses, diagonals, mistakes."""

import torch
from _helpers import attempt

a = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.arange(12.0).reshape(3, 4).requires_grad_()
s = torch.arange(18.0).reshape(2, 3, 3)
for equation, operands in (
    ("ij,jk->ik", (a, b)),
    ("ij,jk", (a, b)),
    ("ij->ji", (a,)),
    ("ij->", (a,)),
    ("bii->bi", (s,)),
    ("bii", (s,)),
    ("i,j->ij", (a[0], b[0])),
    ("...ij,jk->...ik", (s, b)),
    ("ij,jk,ik->", (a, b, a @ b)),
    ("ij,ij->i", (a, a)),
):
    y = torch.einsum(equation, *operands)
    print(equation, y, type(y.grad_fn).__name__)
torch.einsum("ij,jk->k", a, b).sum().backward()
print(a.grad, b.grad)
print(torch.einsum(a, [0, 1], b, [1, 2], [0, 2]), torch.tensordot(a, b, 1), torch.tensordot(s, s, ([1, 2], [2, 1])))
attempt(lambda: torch.einsum("ij,jk", a))
attempt(lambda: torch.einsum("ij", a, b))
attempt(lambda: torch.einsum("ijk->i", a))
attempt(lambda: torch.einsum("ij->ik", a))
attempt(lambda: torch.einsum("ij,ij", a, b))
attempt(lambda: torch.tensordot(a, b, 3))
