"""Batch norm: running values in training, their use in evaluation."""

import gradtrace.core as torch

norm = torch.nn.BatchNorm1d(2, momentum=0.5)
x = torch.tensor([[1.0, 2.0], [3.0, 6.0], [5.0, 1.0]], requires_grad=True)
y = norm(x)
print(y)
(y * torch.tensor([1.0, 2.0])).pow(2).sum().backward()
print(norm.weight.grad, norm.bias.grad)
print(norm.running_mean, norm.running_var, norm.num_batches_tracked)
norm.eval()
print(norm(x))
print(sorted(norm.state_dict()))
try:
    torch.nn.BatchNorm1d(2)(x[:1])
except ValueError as error:
    print(error)
