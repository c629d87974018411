"""as_strided: values, gradients, and what it refuses."""

import torch
from _helpers import attempt

x = torch.arange(8.0, requires_grad=True)
window = x.as_strided((3, 3), (2, 1))
print(window, window.storage_offset() if hasattr(window, "storage_offset") else 0)
print(torch.autograd.grad((window * window).sum(), x))
attempt(lambda: x.as_strided((3, 3), (4, 1)))
attempt(lambda: x.as_strided((3,), (1, 1)))
attempt(lambda: x.as_strided((3,), (-1,)))
attempt(lambda: x.detach()[2:].as_strided((2,), (1,), -1))
print(x.detach()[2:].as_strided((2,), (1,)), x.detach()[2:].as_strided((2,), (1,), 0))
