"""backward() of a vector needs a gradient of the same shape.

In the window: three passes that end well, one from a sum and two from vectors; look at the gradient that enters at the
root. The fourth call never reaches the graph: without a scalar there is no gradient to start from.

Ends with RuntimeError.
"""

import gradtrace.core as torch

x = torch.ones(2, requires_grad=True)
z = x + 2
z.sum().backward()
print(x.grad)

x = torch.ones(2, requires_grad=True)
z = x + 2
z.backward(torch.ones_like(z))  # the same as the sum's
print(x.grad)

x = torch.ones(2, requires_grad=True)
z = x * 3
torch.autograd.backward(z, grad_tensors=torch.tensor([1.0, 2.0]))
print(x.grad)

x = torch.ones(2, requires_grad=True)
z = x + 2
z.backward()  # this line raises
