"""The nodes of convolutions, with and without a batch."""

import gradtrace.core as torch

F = torch.nn.functional
x = torch.ones(1, 2, 5, requires_grad=True)
w = torch.ones(3, 2, 2, requires_grad=True)
y = F.conv1d(x, w, torch.zeros(3), stride=2)
print(y)
print([type(node).__name__ for node, _ in y.grad_fn.next_functions])
print(F.conv1d(x[0], w).grad_fn)
print(F.conv_transpose1d(y, torch.ones(3, 1, 2)))
(gradient,) = torch.autograd.grad(y.pow(2).sum(), w, create_graph=True)
print(gradient.requires_grad)
gradient.sum().backward()
print(x.grad)
