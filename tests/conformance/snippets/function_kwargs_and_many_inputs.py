"""Many tensor inputs, some without gradients, tensors in lists."""

import torch


class Weighted(torch.autograd.Function):
    @staticmethod
    def forward(ctx, weights, a, b, c):
        ctx.save_for_backward(a, b, c)
        ctx.weights = weights
        return weights[0] * a + weights[1] * b + weights[2] * c

    @staticmethod
    def backward(ctx, grad_output):
        print(ctx.needs_input_grad, [tensor.requires_grad for tensor in ctx.saved_tensors])
        return None, grad_output * ctx.weights[0], grad_output * ctx.weights[1], grad_output * ctx.weights[2]


a, b, c = (torch.tensor([float(i)], requires_grad=i != 1) for i in range(3))
result = Weighted.apply([1.0, 2.0, 3.0], a, b, c)
print(result, result.grad_fn.next_functions[1])
result.backward()
print(a.grad, b.grad, c.grad)
