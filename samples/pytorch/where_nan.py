"""NaN from the branch that where() did not choose: the loss is fine, the gradient is not.

In the window: go to the first NaN. SqrtBackward0 gets a gradient of 0 for each element that where() replaced, and 0 times an
infinite or undefined slope is NaN. The cure is to make the input of sqrt harmless before, where its result is not wanted.

Ends with ValueError.
"""

import torch

torch.manual_seed(0)
weight = torch.randn(5, requires_grad=True)
x = torch.randn(4, 5)

product = x * weight
root = torch.where(product > 0, torch.sqrt(product), 0.0)
loss = root.square().mean()
loss.backward()
if not weight.grad.isfinite().all():
    raise ValueError(f"the loss is {loss.item():.4f}, the gradient {weight.grad.tolist()}")
