"""ctx keeps what is put on it, knows which gradients are needed, and lets go of saved tensors."""

import torch
from _helpers import attempt


class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b, power):
        ctx.power = power
        ctx.save_for_backward(a, b, None)
        print("needs", ctx.needs_input_grad)
        return (a * b) ** power

    @staticmethod
    def backward(ctx, grad_output):
        a, b, nothing = ctx.saved_tensors
        print(nothing, ctx.power, ctx.needs_input_grad)
        return (grad_output * b if ctx.needs_input_grad[0] else None), None, None


a = torch.ones(2, requires_grad=True)
b = torch.full((2,), 3.0)
y = Product.apply(a, b, 1)
node = y.grad_fn
y.sum().backward()
print(a.grad)
attempt(lambda: node.saved_tensors)
attempt(y.sum().backward)
with torch.no_grad():
    print(Product.apply(a, b, 2))
