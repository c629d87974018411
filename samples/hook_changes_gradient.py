"""A hook that returns a gradient replaces the one that flows.

In the window: the hook's mark on hidden says that it changed the gradient; the inspector shows it before and after. All
nodes below get the clipped one.
"""

import gradtrace.core as torch


def clip(grad: torch.Tensor) -> torch.Tensor:
    return grad.clamp(-1, 1)


x = torch.tensor([0.5, -2.0, 3.0], requires_grad=True)

hidden = x * x
loss = (hidden * 10).sum()
loss.backward()
print("without hook:", x.grad)

x.grad = None
hidden = x * x
hidden.register_hook(clip)
loss = (hidden * 10).sum()
loss.backward()
print("with hook:   ", x.grad)
