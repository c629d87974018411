"""What may be assigned to items: tensors of the same dtype, and numbers."""

import torch
from _helpers import attempt

x, i = torch.arange(12.0).reshape(3, 4), torch.tensor([0, 2])
attempt(lambda: x.__setitem__(0, [1, 2, 3, 4]))
attempt(lambda: x.__setitem__(0, "a"))
attempt(lambda: x.__setitem__(i, x[i].double()))
attempt(lambda: x.__setitem__(x > 3, torch.ones(5)))
x[0] = x[1].double() * 2
x[i, i] = 5
whole = x.long()
whole[1] = 2.7
print(x, whole, 5.0 in x, x[0] in x, 77 in x)
