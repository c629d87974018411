"""What a Function's node is called, and what kind of object it is."""

import torch


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * 2


x = torch.ones(2, requires_grad=True)
y = Twice.apply(x)
print(y, y.grad_fn, y.grad_fn.name(), type(y.grad_fn))
print(y.grad_fn.next_functions, y.grad_fn.metadata, Twice)
print(y.grad_fn.needs_input_grad, y.grad_fn.saved_tensors)
