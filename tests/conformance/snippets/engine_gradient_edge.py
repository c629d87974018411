"""GradientEdge instead of tensors."""

import torch
from _helpers import attempt

edge_of = torch.autograd.graph.get_gradient_edge
x = torch.tensor([2.0, 3.0], requires_grad=True)
y = x * x
z = y.sum()
edge = edge_of(y)
print(edge.node is y.grad_fn, edge.output_nr, edge_of(x).node.name())
print(torch.autograd.grad(z, edge, retain_graph=True))
print(torch.autograd.grad(edge_of(z), x, retain_graph=True))
torch.autograd.backward(edge, torch.ones(2), retain_graph=True)
print(x.grad)
z.backward(inputs=[edge_of(x)])
print(x.grad)
attempt(lambda: edge_of(torch.ones(1)))
first, second = (x * 1).unbind()
print(edge_of(second).output_nr, torch.autograd.grad(edge_of(second), edge_of(x)))
