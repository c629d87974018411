"""Singular values, eigenvalues and QR: invariant quantities and their gradients."""

import torch
from _helpers import attempt

a = torch.tensor([[2.0, 1.0, 0.5], [0.0, 3.0, 1.0]], dtype=torch.float64, requires_grad=True)
values = torch.linalg.svdvals(a)
u, s, vh = torch.linalg.svd(a, full_matrices=False)
q, r = torch.linalg.qr(a.mT)
lam, vectors = torch.linalg.eigh(a @ a.mT)
for y in (values, (u * s) @ vh, q @ r, lam, vectors @ lam.diag() @ vectors.mT, r.diagonal().abs()):
    a.grad = None
    y.sum().backward(retain_graph=True)
    print(y, a.grad)
print(torch.linalg.svd(a).Vh.shape, torch.linalg.qr(a, mode="complete").Q.shape, torch.linalg.eigvalsh(a @ a.mT))
attempt(lambda: torch.linalg.qr(a, mode="fast"))
attempt(lambda: torch.linalg.eigh(a))
attempt(lambda: torch.linalg.svd(torch.ones(3)))
attempt(lambda: torch.linalg.qr(a.mT, mode="r").R.sum().backward())
