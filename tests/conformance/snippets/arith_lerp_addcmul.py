"""Combined operations: lerp, addcmul, addcdiv; what they ask of dtypes."""

import torch
from _helpers import attempt

a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
b = torch.tensor([4.0, 5.0, 6.0], requires_grad=True)
for weight in (0.25, 0.75, torch.tensor([0.0, 0.5, 1.0])):
    y = torch.lerp(a, b, weight)
    print(y)
print(torch.addcmul(a, a, b, value=0.5), torch.addcdiv(a, a, b, value=2))
(torch.addcmul(a, a, b) + torch.addcdiv(a, a, b)).sum().backward()
print(a.grad, b.grad)
whole = torch.tensor([1, 2, 3])
print(torch.addcmul(whole, whole, whole, value=2))
attempt(lambda: torch.addcdiv(whole, whole, whole))
attempt(lambda: torch.lerp(a, whole, 0.5))
print(a.detach().lerp_(b.detach(), 0.5), a.detach().clone().addcmul_(a.detach(), b.detach(), value=2))
