"""Results that are no tensors, lists, None, integers and non-differentiable ones."""

import torch


class Mixed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, kind):
        if kind == "plain":
            return x * 2, "text", None, 3
        if kind == "list":
            return [x * 2]
        if kind == "none":
            return None
        return x * 2, x > 0, x.long()

    @staticmethod
    def backward(ctx, *gradients):
        print(gradients)
        return gradients[0], None


x = torch.tensor([1.0, -1.0], requires_grad=True)
for kind in ("plain", "list", "none", "integers"):
    result = Mixed.apply(x, kind)
    print(kind, result)
    if isinstance(result, tuple):
        result[0].sum().backward()
print(x.grad)
