"""Activations that write into their input."""

import gradtrace.core as torch

F = torch.nn.functional
x = torch.tensor([-2.0, -0.5, 0.5, 2.0], requires_grad=True)
for function in (F.relu_, F.leaky_relu_, F.elu_, F.selu_, F.celu_, F.hardtanh_):
    y = x * 1
    z = function(y)
    print(z is y, y, y._version)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    print(gradient)
F.relu(x, inplace=True)
