"""forward without ctx, setup_context beside it; keyword arguments and defaults."""

import torch


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(x, factor=3.0, offset=0.0):
        print(torch.is_grad_enabled())
        return x * factor + offset

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, factor, offset = inputs
        print(inputs, output)
        ctx.factor = factor
        ctx.save_for_backward(x, output)

    @staticmethod
    def backward(ctx, grad_output):
        print(ctx.saved_tensors, ctx.needs_input_grad)
        return grad_output * ctx.factor, None, None


x = torch.tensor([1.0, 2.0], requires_grad=True)
Scale.apply(x).sum().backward()
Scale.apply(x, 4.0, offset=1.0).sum().backward()
print(x.grad)
