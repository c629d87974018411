"""no_grad as block, as decorator and nested."""

import torch

x = torch.ones(2, requires_grad=True)


@torch.no_grad()
def double(tensor):
    return tensor * 2


print(double(x).requires_grad, torch.is_grad_enabled())
with torch.no_grad():
    print(torch.is_grad_enabled(), (x * 2).requires_grad)
    with torch.enable_grad():
        print(torch.is_grad_enabled(), (x * 2).requires_grad)
    print(torch.is_grad_enabled())
print(torch.is_grad_enabled())
