"""Tensors in f-strings and format."""

import torch

x = torch.tensor(3.14159)
print(f"{x:.2f} {x} {x.item():.3f}")
print(f"{torch.tensor([1.0, 2.0])}", "{:>10}".format("right"))
print([torch.tensor(1), torch.tensor([2.0])], {"key": torch.tensor(3.0)})
