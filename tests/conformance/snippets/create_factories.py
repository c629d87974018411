"""Ways to make a tensor."""

import torch

for tensor in (
    torch.zeros(2, 3),
    torch.ones(2),
    torch.full((2,), 7.5),
    torch.full((2,), 7),
    torch.arange(5),
    torch.arange(1, 2, 0.25),
    torch.linspace(0, 1, 5),
    torch.eye(2),
    torch.zeros_like(torch.ones(2, dtype=torch.int64)),
    torch.tensor([[1, 2], [3, 4.5]]),
    torch.tensor(5),
    torch.Tensor([1, 2]),
    torch.ones(()),
):
    print(tensor, tensor.dtype, tensor.shape)
