"""inference_mode: nothing is recorded."""

import torch

x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    y = x * 2
    print(y.requires_grad, torch.is_grad_enabled(), torch.is_inference_mode_enabled())
print(torch.is_inference_mode_enabled(), torch.is_grad_enabled())


@torch.inference_mode()
def compute():
    return torch.is_inference_mode_enabled()


print(compute(), torch.is_inference_mode_enabled())
with torch.inference_mode(False):
    print((x * 2).requires_grad)
del y
