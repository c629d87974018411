"""The dtype of mixed operations."""

import torch

names = ("bool", "uint8", "int32", "int64", "float32", "float64")
for first in names:
    for second in names:
        a = torch.ones(2, dtype=getattr(torch, first))
        b = torch.ones(2, dtype=getattr(torch, second))
        print(first, second, (a * b).dtype, (a / b).dtype)
