"""Less common indices."""

import torch

x = torch.arange(12.0).reshape(3, 4)
i = torch.tensor([0, 2])
unusual = (True, False, (True, 0), (None, True), torch.tensor(True), [], (), (..., ...), (i, slice(None), None), (None, i, None, i))
for key in unusual:
    print(x[key].shape)
print(x[i.int()], x[[True, False, True]], x[range(2)], x[:, [[0, 1], [2, 3]]])
print(x[torch.tensor(1)], x[torch.tensor(1), torch.tensor(2)], x[torch.tensor(1) : 3])
