"""addmm and its relatives, with beta= and alpha=."""

import torch
from _helpers import attempt

m = torch.arange(6.0).reshape(2, 3).requires_grad_()
v = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
s = torch.arange(12.0).reshape(2, 2, 3)
print(torch.addmm(torch.ones(2), m, m.T, beta=2, alpha=0.5), torch.addmv(torch.ones(2), m, v), torch.addr(m, v[:2], v))
print(torch.baddbmm(torch.ones(2, 2), s, s.mT), torch.addbmm(torch.ones(2, 2), s, s.mT, alpha=2))
print(torch.outer(v, v), torch.inner(v, v), torch.dot(v, v), torch.vdot(v, v), torch.mv(m, v), torch.kron(v, v[:2]))
torch.addmm(torch.full((2, 2), float("nan")), m, m.T, beta=0).sum().backward()
print(m.grad)
attempt(lambda: torch.mm(m, m))
attempt(lambda: torch.mv(m, v[:2]))
attempt(lambda: torch.dot(v, v[:2]))
attempt(lambda: torch.bmm(s, s))
attempt(lambda: torch.addmm(torch.ones(3), m, m.T))
attempt(lambda: torch.outer(m, v))
attempt(lambda: torch.trace(v))
