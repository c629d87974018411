"""What counts as a node, of an operator and of a Function."""

import torch


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * 2


Node = torch.autograd.graph.Node
x = torch.ones(2, requires_grad=True)
y = Twice.apply(x)
z = y.sum()
print(isinstance(y.grad_fn, Node), isinstance(z.grad_fn, Node), isinstance(z, Node))
print(z.grad_fn.next_functions[0][0] is y.grad_fn, isinstance(y.grad_fn.next_functions[0][0], Node))
edge = torch.autograd.graph.get_gradient_edge(y)
print(edge.node is y.grad_fn, torch.autograd.grad(z, edge))
