"""An operation of one's own: a torch.autograd.Function that rounds, and lets gradients pass as if it had not.

In the window: RoundStraightThroughBackward is a node like any other. RoundBackward0, the real derivative, would give zeros; here
the gradient leaves as it came, but where the input was out of range.
"""

from typing import Any

import torch


class RoundStraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, limit: float) -> torch.Tensor:
        ctx.save_for_backward(x)
        ctx.limit = limit
        return x.clamp(-limit, limit).round()

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        (x,) = ctx.saved_tensors
        return gradient * (x.abs() <= ctx.limit), None


torch.manual_seed(0)
weight = torch.randn(4, 3, requires_grad=True)
x, wanted = torch.randn(6, 4), torch.randn(6, 3)
for step in range(3):
    rounded = RoundStraightThrough.apply(weight * 4, 7.0) / 4
    loss = (x @ rounded - wanted).square().mean()
    loss.backward()
    with torch.no_grad():
        weight -= 0.1 * weight.grad
        weight.grad = None
    print(f"step {step}: loss {loss.item():.4f}")
