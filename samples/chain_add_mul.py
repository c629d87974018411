"""A chain of additions and a multiplication: which tensors are leaves, and which get a gradient.

In the window: the leaves are amber pills, x once and w beside each of its two uses. Step the replay: MulBackward0 runs
first, and the gradient of w arrives over two edges, 3 through a and 3 through b; their sum, 6, is what AccumulateGrad
gets.
"""

import warnings

import gradtrace.core as torch

warnings.simplefilter("ignore")  # reading .grad of a non-leaf warns; here that is the point

w = torch.tensor([1.0], requires_grad=True)
x = torch.tensor([2.0], requires_grad=True)

a = torch.add(w, x)
b = torch.add(w, 2)
y = torch.mul(a, b)

y.backward()  # the gradient flows back from y

# which ones are leaves?
print(w.is_leaf, x.is_leaf, a.is_leaf, b.is_leaf, y.is_leaf)
# only the leaves keep their gradient
print(w.grad, x.grad, a.grad, b.grad, y.grad)
