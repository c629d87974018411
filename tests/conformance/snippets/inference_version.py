"""Inference tensors have no version; views of normal tensors made in inference mode share theirs."""

import torch
from _helpers import attempt

normal = torch.ones(3)
with torch.inference_mode():
    made = torch.ones(3)
    part = normal[:2]
    attempt(lambda: made._version)
    attempt(lambda: normal._version)
    made.add_(1)
    normal.add_(1)
    part.mul_(3)
    print(made, normal, normal._version, part._version)
attempt(lambda: made._version)
attempt(lambda: made[:1]._version)
attempt(lambda: made.view(3)._version)
attempt(lambda: (made * 2)._version)
part.add_(1)
print(normal, normal._version)
