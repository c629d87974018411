"""A Function under no_grad, and one of tensors that need no gradient: nothing is recorded."""

import torch


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        print(ctx.needs_input_grad, torch.is_grad_enabled())
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 2 * x * grad_output


x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    print(Square.apply(x))
print(Square.apply(torch.ones(2)), Square.apply(x.detach()))
print(Square.apply(x).requires_grad, Square.apply(x.long().float()).requires_grad)
