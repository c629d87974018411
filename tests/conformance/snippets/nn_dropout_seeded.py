"""Dropout: the same elements from the same seed."""

import gradtrace.core as torch

torch.manual_seed(4)
x = torch.ones(3, 4, requires_grad=True)
y = torch.nn.functional.dropout(x, 0.4)
print(y)
y.sum().backward()
print(x.grad)
print(torch.nn.Dropout2d(0.5)(torch.ones(2, 3, 1, 2)))
print(torch.nn.functional.dropout(x, training=False) is x)
