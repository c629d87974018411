"""An inference tensor may be used outside, but not where it would have to be saved for backward."""

import torch
from _helpers import attempt

weight = torch.ones(3, requires_grad=True)
with torch.inference_mode():
    made = torch.full((3,), 2.0)
    mask = made > 0
    index = torch.tensor([0, 2])


class Times(torch.autograd.Function):
    @staticmethod
    def forward(ctx, first, second):
        ctx.save_for_backward(second)
        return first * second

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.saved_tensors[0], None


for use in (
    lambda: weight * made,
    lambda: weight / made,
    lambda: made @ weight,
    lambda: (weight * 1).mul_(made),
    lambda: weight.masked_fill(mask, 0.0),
    lambda: torch.where(mask, weight, made),
    lambda: weight.gather(0, index),
    lambda: weight[index],
    lambda: torch.nn.functional.linear(torch.ones(1, 3, requires_grad=True), made.view(1, 3)),
    lambda: Times.apply(weight, made),
):
    attempt(use)
for use in (
    lambda: weight + made,
    lambda: torch.stack([weight, made]),
    lambda: (made * 3).is_inference(),
    lambda: weight * made.clone(),
):
    attempt(use)
with torch.no_grad():
    attempt(lambda: weight * made)
(weight + made).sum().backward()
print(weight.grad)
