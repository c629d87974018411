"""Functions of mathematics: values at their edges, gradients, and what they refuse."""

import torch
from _helpers import attempt

edges = torch.tensor([0.0, -0.0, -1.0, -2.5, 0.5, 1.0, 3.0, float("inf"), float("nan")])
for name in ("lgamma", "digamma", "i0", "signbit", "isposinf", "isneginf", "isreal", "angle"):
    print(name, getattr(torch, name)(edges))
for name in ("entr", "erfcx", "i0e", "i1", "i1e", "log_ndtr", "ndtr", "expit"):
    print(name, getattr(torch.special, name)(torch.tensor([-3.0, -0.5, 0.0, 0.25, 2.0])))
x = torch.tensor([0.25, 0.5, 0.75], dtype=torch.float64, requires_grad=True)
y = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
for result in (
    torch.polygamma(2, y),
    torch.mvlgamma(y + 1, 2),
    torch.igamma(x.detach(), y),
    torch.special.zeta(2, y),
    torch.special.xlog1py(x, y),
    torch.special.ndtri(x),
    torch.nextafter(x, y),
):
    x.grad = y.grad = None
    result.sum().backward()
    print(result, x.grad, y.grad)
print(torch.frexp(y.detach()))
print(torch.gcd(torch.tensor([12, -18]), torch.tensor([8, 12])), torch.lcm(torch.tensor([4, 6]), torch.tensor([6, 0])))
print(torch.heaviside(torch.tensor([-1.0, 0.0, 2.0]), torch.tensor(0.5)))
attempt(lambda: torch.polygamma(-1, y))
attempt(lambda: torch.mvlgamma(y, 0))
attempt(lambda: torch.gcd(y, y))
attempt(lambda: torch.gcd(torch.tensor(2), 2))
attempt(lambda: torch.heaviside(y, torch.tensor(1)))
attempt(lambda: torch.igamma(x, y).sum().backward())
