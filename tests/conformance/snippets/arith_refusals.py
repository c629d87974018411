"""Operands that arithmetic refuses, leaves to Python, or hands to NumPy."""

import warnings

import numpy as np
import torch
from _helpers import attempt


class Foreign:
    pass


numbers, mask = torch.tensor([1.0, 2.0]), torch.tensor([True, False])
attempt(lambda: numbers - mask)
attempt(lambda: mask - numbers)
attempt(lambda: mask - mask)
attempt(lambda: 1 - mask)
attempt(lambda: torch.rsub(numbers, mask))
attempt(lambda: numbers.sub_(mask))
attempt(lambda: numbers + Foreign())
attempt(lambda: numbers < Foreign())
print(numbers.__iadd__(Foreign()), numbers.__ior__(Foreign()), numbers == Foreign())
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PyTorch's way to be called by NumPy is an old one
    print(np.float64(2.0) * numbers, np.sin(numbers), numbers * 2.0)
print(list(reversed(torch.arange(4).reshape(2, 2))), numbers.__rdiv__(2.0), numbers.__rmatmul__(numbers))
attempt(lambda: numbers.__delitem__(0))
print(torch.median(torch.tensor([[1.0, float("nan"), 2.0], [3.0, 1.0, 2.0]]), 1))
print(torch.exp_(torch.zeros(2)), torch.is_signed(mask), torch.linspace(0, 1, 3))
