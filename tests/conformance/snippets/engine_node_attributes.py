"""Nodes: names, next functions, sequence numbers, metadata, saved values."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
z = y * 3
s = z.sum()
print(s.grad_fn.name(), [pair[1] for pair in s.grad_fn.next_functions], z.grad_fn.next_functions[0][0] is y.grad_fn)
print(z.grad_fn.next_functions[1], y.grad_fn.next_functions[0][0].name())
print(y.grad_fn._sequence_nr() < z.grad_fn._sequence_nr() < s.grad_fn._sequence_nr())
print(z.grad_fn.metadata, y.grad_fn._saved_result, z.grad_fn._saved_self, z.grad_fn._saved_other, s.grad_fn._saved_self_sym_sizes)
z.grad_fn.metadata["note"] = 5
print(z.grad_fn.metadata, isinstance(z.grad_fn, torch.autograd.graph.Node))
print(x.sum(0).grad_fn._saved_dim, x.view(2, 1).grad_fn._saved_self_sym_sizes, (x**2).grad_fn._saved_exponent)
print(y.grad_fn(torch.ones(2)), z.grad_fn(torch.ones(2)))
