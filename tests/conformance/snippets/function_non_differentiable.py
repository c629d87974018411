"""mark_non_differentiable: of a result, and of an input returned as it is."""

import torch


class Sort(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        values = x * 2
        ranks = x * 3
        ctx.mark_non_differentiable(ranks)
        return values, ranks

    @staticmethod
    def backward(ctx, g_values, g_ranks):
        print(g_values, g_ranks)
        return g_values * 2


class Same(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_non_differentiable(x)
        return x

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output


x = torch.ones(2, requires_grad=True)
values, ranks = Sort.apply(x)
print(values, ranks, ranks.requires_grad)
values.sum().backward()
print(x.grad, Same.apply(x), Same.apply(x) is x)
