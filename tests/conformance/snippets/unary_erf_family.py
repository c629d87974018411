"""The error function, its complement and its inverse, in both precisions."""

import torch

x = torch.linspace(-6, 6, 9, dtype=torch.float64, requires_grad=True)
torch.set_printoptions(precision=14)
print(torch.erf(x).tolist())
print(torch.erfc(x).tolist())
(torch.erf(x) + 2 * torch.erfc(x)).sum().backward()
print(x.grad.tolist())
p = torch.tensor([-1.0, -0.9, -0.25, 0.0, 0.5, 0.999, 1.0], dtype=torch.float64, requires_grad=True)
q = torch.erfinv(p)
print(q.tolist(), q.grad_fn.name())
q[1:-1].sum().backward()
print(p.grad.tolist())
print(torch.erf(torch.tensor([0.5, float("inf"), float("nan"), -float("inf")])))
print(torch.erfinv(torch.tensor([2.0])))
