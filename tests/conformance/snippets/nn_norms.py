"""Layer, group, instance and RMS norm."""

import gradtrace.core as torch

F = torch.nn.functional
x = torch.arange(24.0).reshape(2, 4, 3).sin().requires_grad_()
for y in (F.layer_norm(x, (3,)), F.group_norm(x, 2), F.instance_norm(x), F.rms_norm(x, (3,))):
    print(y)
    print(torch.autograd.grad((y * y[:1]).sum(), x)[0].abs().sum() < 100)
