"""A recurrent network written as a Python loop: the same three parameters at every time step.

In the window: follow the gradient from the loss back through time, tanh by tanh, and watch its norm shrink on the way. The gradient
of recur is the sum of twelve contributions, one for each step.
"""

import torch

torch.manual_seed(0)
series = torch.sin(torch.linspace(0, 6, 13))
enter = torch.randn(1, 6).mul(0.5).requires_grad_()
recur = torch.randn(6, 6).mul(0.3).requires_grad_()
leave = torch.randn(6, 1).mul(0.5).requires_grad_()

hidden = torch.zeros(1, 6)
for value in series[:-1]:
    hidden = torch.tanh(value.reshape(1, 1) @ enter + hidden @ recur)
loss = (hidden @ leave - series[-1]).square().sum()
loss.backward()
print(f"loss {loss.item():.4f}, gradient norms {enter.grad.norm():.4f}, {recur.grad.norm():.4f}, {leave.grad.norm():.4f}")
