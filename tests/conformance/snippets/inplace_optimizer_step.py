"""The update by hand."""

import torch

w = torch.tensor([1.0, -1.0], requires_grad=True)
for _ in range(3):
    loss = (w**2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
print(w, w._version, w.is_leaf)
