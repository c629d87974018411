"""Writing to an inference tensor outside of inference mode is refused, in no_grad too; a clone may be written to."""

import torch
from _helpers import attempt

normal = torch.ones(3)
with torch.inference_mode():
    made = torch.ones(3)
    part = made[:2]


def store():
    made[0] = 5.0


for write in (
    lambda: made.add_(1),
    lambda: made.mul_(normal),
    lambda: made.zero_(),
    lambda: made.copy_(normal),
    lambda: made.uniform_(),
    lambda: part.add_(1),
    lambda: torch.add(normal, normal, out=made),
    store,
):
    attempt(write)
with torch.no_grad():
    attempt(lambda: made.add_(1))
attempt(lambda: made.clone().add_(1).is_inference())
attempt(lambda: torch.zeros(3).add_(normal).is_inference())
with torch.inference_mode():
    print(made.zero_(), part.add_(2), made)
