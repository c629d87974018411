"""A matrix product, a bias and a sum: the gradients of all three inputs.

In the window: Sum turns the gradient 1 into a matrix of ones, MmBackward0 makes two products of it, one for x and one
for w. The bias was broadcast over the rows, so its gradient is summed over them.
"""

import gradtrace.core as torch

# the input
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
# the weights
w = torch.tensor([[5.0, 6.0], [7.0, 8.0]], requires_grad=True)
# the bias
b = torch.tensor([[9.0, 10.0]], requires_grad=True)

# the graph
y = torch.matmul(x, w) + b
z = torch.sum(y)

z.backward()

print(x.grad)
print(w.grad)
print(b.grad)
