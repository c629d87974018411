"""Gradients of gradients of grid_sample."""

import torch

F = torch.nn.functional


def second(dims, mode, padding_mode, align_corners, wanted):
    torch.manual_seed(0)
    image = torch.rand(2, 2, *(3,) * dims, dtype=torch.float64)
    grid = torch.rand(2, *(2,) * dims, dims, dtype=torch.float64) * 2.4 - 1.2
    image.requires_grad_("image" in wanted)
    grid.requires_grad_("grid" in wanted)
    inputs = [one for one in (image, grid) if one.requires_grad]
    result = F.grid_sample(image, grid, mode=mode, padding_mode=padding_mode, align_corners=align_corners)
    cotangent = torch.rand_like(result, requires_grad=True)
    first = torch.autograd.grad(result, inputs, cotangent, create_graph=True)
    total = sum((one * torch.rand_like(one)).sum() + (one**2).sum() for one in first)
    for one in first:
        print(type(one.grad_fn).__name__, one.sum())
    for one in torch.autograd.grad(total, [*inputs, cotangent], allow_unused=True):
        print(None if one is None else (one.sum(), one.square().sum(), one.flatten()[:5]))


for dims, modes in ((2, ("bilinear", "nearest", "bicubic")), (3, ("bilinear", "nearest"))):
    for mode in modes:
        for padding_mode in ("zeros", "border", "reflection"):
            for align_corners in (True, False):
                print(dims, mode, padding_mode, align_corners)
                second(dims, mode, padding_mode, align_corners, ("image", "grid"))
        second(dims, mode, "zeros", False, ("image",))
        if mode != "nearest":
            second(dims, mode, "zeros", False, ("grid",))

image = torch.rand(1, 1, 3, 3, requires_grad=True)
grid = torch.rand(1, 2, 2, 2, requires_grad=True)
(g,) = torch.autograd.grad(F.grid_sample(image, grid, align_corners=False).sum(), grid, create_graph=True)
print(g.requires_grad, [None if node is None else type(node).__name__ for node, _ in g.grad_fn.next_functions])
