"""What convolutions say about shapes that do not fit."""

import gradtrace.core as torch

F = torch.nn.functional
x, w = torch.ones(2, 3, 4, 4), torch.ones(5, 3, 3, 3)
for call in (
    lambda: F.conv2d(x[0, 0], w),
    lambda: F.conv2d(x[:, :2], w),
    lambda: F.conv2d(x, w, torch.ones(3)),
    lambda: F.conv2d(x[:, :, :2], w),
    lambda: F.conv2d(x, w, stride=0),
    lambda: F.conv2d(x, w, padding="same", stride=2),
    lambda: F.max_pool2d(x, 5),
    lambda: F.max_pool2d(x, 2, padding=2),
):
    try:
        call()
    except (RuntimeError, ValueError) as error:
        print(type(error).__name__, error)
