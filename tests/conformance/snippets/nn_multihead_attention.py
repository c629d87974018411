"""Multi-head attention from a seed."""

import gradtrace.core as torch

torch.manual_seed(2)
attention = torch.nn.MultiheadAttention(4, 2)
x = torch.linspace(-1, 1, 24).reshape(3, 2, 4)
y, weights = attention(x, x, x)
print(y)
print(weights)
y.pow(2).sum().backward()
print(attention.in_proj_bias.grad)
