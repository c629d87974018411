"""A second backward through the same graph: the saved tensors are gone.

In the window: look at the events of the first pass, where MulBackward0 frees what it saved. The second pass starts at
the same root and stops at that node, in red. retain_graph=True in the first call would have kept them.

Ends with RuntimeError.
"""

import gradtrace.core as torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
squares = x * x
loss = squares.sum()

loss.backward()
print(x.grad)

loss.backward()  # this line raises
