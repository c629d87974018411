"""Tensor hooks, retain_grad, accumulation and post-accumulate hooks, in order."""

import torch

x = torch.tensor([1.0], requires_grad=True)
h = x * 3
h.retain_grad()
h.register_hook(lambda grad: grad * 2)
h.grad_fn.register_prehook(lambda grads: print("node pre", grads))
h.grad_fn.register_hook(lambda grad_inputs, grad_outputs: print("node post", grad_inputs, grad_outputs))
x.register_hook(lambda grad: print("leaf", grad, x.grad))
x.register_post_accumulate_grad_hook(lambda tensor: print("accumulated", tensor.grad))
(h + 1).backward()
print(h.grad, x.grad)
