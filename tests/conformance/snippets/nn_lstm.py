"""An LSTM from a seed."""

import gradtrace.core as torch

torch.manual_seed(5)
lstm = torch.nn.LSTM(2, 3, num_layers=2)
print(lstm)
x = torch.linspace(-1, 1, 12).reshape(3, 2, 2)
output, (hidden, cell) = lstm(x)
print(output.detach())
print(hidden.detach(), cell.detach())
output.sum().backward()
print(lstm.weight_hh_l0.grad.shape, lstm.bias_ih_l1.grad)
del output, hidden, cell  # PyTorch has one node for a whole layer
