"""Pooling: values, indices, gradients."""

import gradtrace.core as torch

F = torch.nn.functional
x = torch.tensor([[[1.0, 5.0, 2.0, 2.0], [3.0, 4.0, 2.0, 0.0], [7.0, 1.0, 6.0, 8.0], [0.0, 7.0, 8.0, 1.0]]], requires_grad=True)
values, indices = F.max_pool2d(x, 2, return_indices=True)
print(values)
print(indices)
values.sum().backward()
print(x.grad)
print(F.avg_pool2d(x, 3, stride=1, padding=1))
print(F.adaptive_avg_pool2d(x, (1, 3)))
print(F.adaptive_max_pool2d(x, 3))
print(F.max_pool1d(x[0], 3, ceil_mode=True))
