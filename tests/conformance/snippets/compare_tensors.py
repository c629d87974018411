"""Comparisons, closeness and logic: never in the graph, strict about dtypes."""

import torch
from _helpers import attempt

x = torch.tensor([1.0, 2.0, float("nan")], requires_grad=True)
print(x == 1, x != x, x < 2, torch.ge(x, torch.tensor(2)), x.isnan(), x == None, x == "a")  # noqa: E711
print((x > 1).requires_grad, torch.equal(x, x), torch.equal(x, x[:2]), torch.allclose(x, x), torch.allclose(x, x, equal_nan=True))
print(torch.isclose(x, x + 1e-6), torch.isclose(x, x * 1.1, rtol=0.2), torch.logical_and(x, x - 1), torch.logical_not(x))
attempt(lambda: torch.allclose(x, x.double()))
attempt(lambda: torch.isclose(x, 1))
attempt(lambda: torch.isclose(x, x, rtol=-1))
attempt(lambda: torch.logical_or(x, 1))
attempt(lambda: x < "a")
attempt(lambda: x > torch.zeros(2))
attempt(lambda: bool(x == x))
y = torch.tensor([1.0, 3.0])
print(y.eq_(1), y.lt_(0.5), torch.tensor([True]) > torch.tensor([0.5]))
