"""Results that cannot have a gradient."""

import torch

x = torch.tensor([1.5, -2.5, 3.0], requires_grad=True)
for y in (x > 0, x.argmax(), x == 3, x.long(), x.sign(), x.round(), x.int()):
    print(y, y.requires_grad)
