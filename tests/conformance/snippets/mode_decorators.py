"""The modes as decorators, with and without parentheses, on generators and recursive functions."""

import torch

x = torch.ones(1, requires_grad=True)


@torch.no_grad()
def quiet():
    return (x * 2).requires_grad


@torch.no_grad
def quiet_too():
    return (x * 2).requires_grad


@torch.enable_grad()
def loud():
    return (x * 2).requires_grad


@torch.set_grad_enabled(False)
def off():
    return (x * 2).requires_grad


@torch.no_grad()
def numbers():
    yield torch.is_grad_enabled()
    yield torch.is_grad_enabled()


@torch.no_grad()
def count(n):
    return [torch.is_grad_enabled()] + (count(n - 1) if n else [])


print(quiet(), quiet_too(), loud(), off(), torch.is_grad_enabled())
for one in numbers():
    print(one, torch.is_grad_enabled())
with torch.no_grad():
    print(loud(), quiet())
print(count(2), quiet.__name__, torch.is_grad_enabled())
