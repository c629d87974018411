"""A Function that uses another one in forward and in backward."""

import torch


class Inner(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * 2


class Outer(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        inner = Inner.apply(x)
        print(inner.requires_grad)
        return inner + 1

    @staticmethod
    def backward(ctx, grad_output):
        return Inner.apply(grad_output)


class Reentrant(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            ctx.x = x.detach().requires_grad_()
            ctx.y = (ctx.x**2).sum()
        return ctx.y.detach()

    @staticmethod
    def backward(ctx, grad_output):
        with torch.enable_grad():
            ctx.y.backward()
        return ctx.x.grad * grad_output


x = torch.tensor([1.0, 2.0], requires_grad=True)
Outer.apply(x).sum().backward()
print(x.grad)
(Reentrant.apply(x) * 3).backward()
print(x.grad)
