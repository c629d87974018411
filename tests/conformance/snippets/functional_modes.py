"""Under no_grad, and of what is captured."""

import torch

functional = torch.autograd.functional
x = torch.tensor([0.5, 1.0], requires_grad=True)
with torch.no_grad():
    print(functional.vjp(torch.exp, x, torch.ones(2)))
    print(functional.jacobian(torch.sin, x))
    print(functional.hessian(lambda t: (t**3).sum(), x))
print(functional.jacobian(lambda t: t * x, x))
print(x.grad)
