"""Forward hooks on modules."""

import torch

layer = torch.nn.Tanh()
layer.register_forward_pre_hook(lambda module, args: print("pre", args))
handle = layer.register_forward_hook(lambda module, args, output: output * 2)
print(layer(torch.tensor([0.5])))
handle.remove()
print(layer(torch.tensor([0.5])))
