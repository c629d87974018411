"""Integers, booleans and other dtypes."""

import torch

print(torch.tensor([1, -20, 300]))
print(torch.tensor([True, False]))
print(torch.tensor([1, 2], dtype=torch.int32), torch.tensor([1.0], dtype=torch.float64), torch.tensor(7))
print(torch.tensor([[1, 2], [3, 4]], dtype=torch.uint8))
