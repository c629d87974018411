"""The gradient for a tensor that the result does not depend on: None if you allow it, else an error.

In the window: the pill of unused is nowhere in the graph of the pass, which is what the error message says.

Ends with RuntimeError.
"""

import gradtrace.core as torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
unused = torch.tensor([3.0], requires_grad=True)

y = (x * x).sum()
print(torch.autograd.grad(y, [x, unused], allow_unused=True, retain_graph=True))
print(torch.autograd.grad(y, [x, unused]))  # this line raises
