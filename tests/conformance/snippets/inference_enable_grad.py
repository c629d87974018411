"""enable_grad within inference mode changes what is_grad_enabled says, not what is recorded."""

import torch

x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    print(torch.is_grad_enabled())
    with torch.enable_grad():
        y = x * 2
        print(torch.is_grad_enabled(), y.requires_grad, y.is_inference(), y.grad_fn)
        x.add_(1)
        with torch.no_grad():
            print(torch.is_grad_enabled())
        print(torch.is_grad_enabled())
    print(torch.is_grad_enabled())
    torch.set_grad_enabled(True)
    print(torch.is_grad_enabled(), (x * 2).requires_grad)
print(torch.is_grad_enabled(), torch.is_inference_mode_enabled(), (x * 2).requires_grad, x._version)
