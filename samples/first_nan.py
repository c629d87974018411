"""A finite loss with NaN gradients: find the node where the first NaN arises.

In the window: run to the first NaN. The gradient is finite down to SqrtBackward0: the mask made it 0 for the third
element, but the slope of the square root at 0 is infinite, and 0 times infinity is NaN. From there it spreads to
everything below.
"""

import gradtrace.core as torch

scale = torch.tensor(2.0, requires_grad=True)
squared = torch.tensor([4.0, 1.0, 0.0], requires_grad=True)
mask = torch.tensor([1.0, 1.0, 0.0])

scaled = scale * squared
distance = torch.sqrt(scaled)
masked = distance * mask  # the mask hides the third element in the forward pass only
loss = masked.sum()
print(loss)

loss.backward()
print(squared.grad)
print(scale.grad)
