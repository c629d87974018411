"""The same seed gives the same numbers."""

import torch

torch.manual_seed(42)
print(torch.rand(3), torch.randn(2, 2), torch.randint(0, 10, (5,)), torch.randperm(6))
print(torch.randn(20))
print(torch.rand(2, dtype=torch.float64), torch.randn(()), torch.rand_like(torch.ones(2)), torch.randn_like(torch.ones(2)))
torch.manual_seed(42)
print(torch.rand(1), torch.initial_seed())
