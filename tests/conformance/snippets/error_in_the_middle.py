"""An exception that escapes: its type, text and line are compared."""

import torch

x = torch.ones(2, 3, requires_grad=True)
y = x.sigmoid()
loss = (y * y).sum()
print(loss)
y.zero_()
loss.backward()
print("never")
