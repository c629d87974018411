"""Which tensors are leaves, and which require a gradient."""

import torch

data = torch.ones(2)
leaf = torch.ones(2, requires_grad=True)
result = leaf * 2
detached = result.detach()
constant = data * 2
for tensor in (data, leaf, result, detached, constant):
    print(tensor.is_leaf, tensor.requires_grad, tensor.grad_fn)
