"""What may be assigned to an item, and what may not."""

import torch
from _helpers import attempt

x = torch.zeros(2, 3)
x[0] = torch.ones(1, 1, 3)
x[:, 1] = torch.tensor([4, 5])
x[1, 2] = True
print(x)
attempt(lambda: x.__setitem__(0, torch.ones(2)))
attempt(lambda: x.__setitem__(torch.tensor([0, 1]), torch.ones(2)))
attempt(lambda: x.__setitem__(5, 1.0))
attempt(lambda: x.__setitem__((0, 0, 0), 1.0))
attempt(lambda: x.__setitem__(slice(None, None, -1), 1.0))
