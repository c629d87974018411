"""Interpolation of every mode."""

import gradtrace.core as torch

F = torch.nn.functional
x = torch.tensor([[[1.0, 3.0, 2.0]]], requires_grad=True)
print(F.interpolate(x, 6))
y = F.interpolate(x, scale_factor=2, mode="linear")
print(y)
y.sum().backward()
print(x.grad)
image = torch.arange(4.0).reshape(1, 1, 2, 2)
print(F.interpolate(image, (3, 3), mode="bilinear", align_corners=True))
print(F.interpolate(image, scale_factor=2, mode="bicubic"))
