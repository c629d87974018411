"""Hooks of AccumulateGrad, with a leaf's own hooks around them."""

import torch

x = torch.tensor([2.0], requires_grad=True)
accumulator = x.expand_as(x).grad_fn.next_functions[0][0]
print(accumulator, accumulator.name(), accumulator.variable is x, accumulator.next_functions)
x.register_hook(lambda g: print("tensor", g))
accumulator.register_prehook(lambda outputs: print("pre", outputs, x.grad))
accumulator.register_hook(lambda inputs, outputs: print("post", inputs, outputs, x.grad))
x.register_post_accumulate_grad_hook(lambda tensor: print("accumulated", tensor.grad))
(x * 5).sum().backward()
(x * 5).sum().backward()
print(torch.autograd.grad(x * 2, x))
