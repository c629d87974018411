"""What is packed when, and unpacked when: inputs, results, and hooks within hooks."""

import torch


def block(name):
    def pack(tensor):
        print(name, "pack", tensor, tensor.grad_fn is not None, torch.is_grad_enabled())
        return tensor.detach().clone()

    def unpack(kept):
        print(name, "unpack", kept)
        return kept

    return torch.autograd.graph.saved_tensors_hooks(pack, unpack)


x = torch.tensor([2.0], requires_grad=True)
with block("outer"):
    y = x.exp()
    with block("inner"):
        z = y * y
    w = z.sin()
w.backward()
print(x.grad)
