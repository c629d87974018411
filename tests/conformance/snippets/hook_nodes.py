"""Pre-hooks and hooks of nodes: their arguments, order and replacements."""

import torch

x = torch.tensor([2.0], requires_grad=True)
w = torch.tensor([3.0], requires_grad=True)
y = x * w
node = y.grad_fn
node.register_prehook(lambda outputs: print("pre", outputs))
node.register_prehook(lambda outputs: (outputs[0] * 10,))
node.register_hook(lambda inputs, outputs: print("post", inputs, outputs))
node.register_hook(lambda inputs, outputs: (inputs[0] + 1, None))
y.register_hook(lambda g: print("tensor", g))
y.sum().backward()
print(x.grad, w.grad)
