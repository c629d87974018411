"""Train y = x * w on three points, one at a time.

In the window: 300 passes of four nodes each. Follow the gradient of w through the passes: from epoch to epoch it
shrinks by the same factor. The update goes through .data, so autograd does not see it; leave out the line that zeroes
the gradient and w never settles.
"""

import gradtrace.core as torch

x_data = [1.0, 2.0, 3.0]
y_data = [2.0, 4.0, 6.0]
w = torch.tensor([1.0])
w.requires_grad = True


def forward(x: float) -> torch.Tensor:
    return x * w


def loss(x: float, y: float) -> torch.Tensor:
    y_pred = forward(x)
    return (y_pred - y) ** 2


print("predict (before training)", 4, forward(4).item())

for epoch in range(100):
    for x, y in zip(x_data, y_data, strict=True):
        l = loss(x, y)  # forward
        l.backward()  # the gradients of all tensors with requires_grad
        print("\tgrad:", x, y, w.grad.item())
        w.data = w.data - 0.01 * w.grad.data

        # gradients add up from one backward to the next, so put them back to zero
        w.grad.data.zero_()
    print("progress:", epoch, l.item())

print("predict (after training)", 4, forward(4).item())
