"""Full backward hooks: what they see, what they replace, the nodes they add."""

import torch

layer = torch.nn.Linear(2, 2, bias=False)
with torch.no_grad():
    layer.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
x = torch.ones(1, 2, requires_grad=True)
layer.register_full_backward_pre_hook(lambda module, grad_output: print("pre", grad_output))
handle = layer.register_full_backward_hook(lambda module, grad_input, grad_output: (grad_input[0] * 10,))
y = layer(x)
print(y.grad_fn)
y.sum().backward()
print(x.grad, layer.weight.grad)
handle.remove()
layer.register_full_backward_hook(lambda module, grad_input, grad_output: print("hook", grad_input, grad_output))
layer(x * 2).pow(2).sum().backward()
print(x.grad)
