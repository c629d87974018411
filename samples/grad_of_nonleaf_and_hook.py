"""Two ways to see a gradient in the middle: autograd.grad and a hook.

In the window: the first pass is a call of grad() and ends at c; no leaf gets a gradient. In the second a hook fires on
its way through c. The third has no hook any more, it was removed.
"""

import gradtrace.core as torch

a = torch.ones(3, 4, requires_grad=True)
b = torch.tensor([[0.31, 0.30, 0.84, 0.68], [0.38, 0.87, 0.24, 0.73], [0.63, 0.09, 0.49, 0.50]], requires_grad=True)

# the first way: ask for it
c = a * b
d = c.sum()
print(torch.autograd.grad(d, c))
print(a.grad)


# the second way: a hook on the tensor
def print_grad(grad: torch.Tensor) -> None:
    print("hook:", grad)


c = a * b
c_hook = c.register_hook(print_grad)
d = c.sum()
d.backward(retain_graph=True)
print(a.grad)

# remove a hook that is no longer needed
c_hook.remove()
d.backward()
print(a.grad)
