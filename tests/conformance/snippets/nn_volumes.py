"""Pooling of volumes, unpooling, shuffles and grid sampling, and the inputs they refuse."""

import torch
from _helpers import attempt

F = torch.nn.functional
volume = torch.arange(64.0).reshape(1, 1, 4, 4, 4).requires_grad_()
print(F.max_pool3d(volume, 2), F.avg_pool3d(volume, 2), F.adaptive_max_pool3d(volume, 1, return_indices=True))
image = torch.randn(1, 4, 4, 4, requires_grad=True)
pooled, places = F.max_pool2d(image, 2, return_indices=True)
unpooled = F.max_unpool2d(pooled, places, 2)
unpooled.sum().backward()
print(unpooled, image.grad.sum())
print(F.pixel_shuffle(image, 2).shape, F.pixel_unshuffle(image, 2).shape, F.channel_shuffle(image, 2)[0, :, 0, 0])
print(F.lp_pool2d(image, 2, 2), F.local_response_norm(image, 2)[0, 0])
theta = torch.tensor([[[0.0, -1.0, 0.2], [1.0, 0.0, 0.0]]], requires_grad=True)
for padding in ("zeros", "border", "reflection"):
    for mode in ("bilinear", "nearest", "bicubic"):
        grid = F.affine_grid(theta, (1, 4, 3, 3), align_corners=False)
        sampled = F.grid_sample(image, grid, mode, padding, align_corners=False)
        print(padding, mode, sampled[0, 0], torch.autograd.grad(sampled.sum(), [image, theta]))
attempt(lambda: F.max_pool3d(image[0, 0], 2))
attempt(lambda: F.pixel_shuffle(image, 3))
attempt(lambda: F.max_unpool2d(pooled, places, 2, output_size=(9, 9)))
attempt(lambda: F.grid_sample(image, torch.zeros(1, 2, 2, 3)))
attempt(lambda: F.channel_shuffle(image, 3))
