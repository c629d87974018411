"""Backward that returns too little or too much."""

import torch
from _helpers import attempt


class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        return x * w

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output


class Odd(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, grad_output):
        return torch.ones(5)


x = torch.ones(2, requires_grad=True)
attempt(Wrong.apply(x, x).sum().backward)
attempt(Odd.apply(x).sum().backward)
