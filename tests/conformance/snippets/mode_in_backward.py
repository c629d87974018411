"""Which mode holds while hooks and Functions run backwards, and after."""

import torch


class Look(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        print("forward", torch.is_grad_enabled())
        return x * 2

    @staticmethod
    def backward(ctx, grad_output):
        print("backward", torch.is_grad_enabled())
        return grad_output * 2


x = torch.ones(1, requires_grad=True)
x.register_hook(lambda g: print("hook", torch.is_grad_enabled()))
y = Look.apply(x)
with torch.no_grad():
    y.backward(retain_graph=True)
    print(torch.is_grad_enabled())
torch.autograd.grad(y, x, create_graph=True)
print(torch.is_grad_enabled(), x.grad)
