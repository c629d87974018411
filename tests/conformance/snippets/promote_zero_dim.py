"""0-d tensors and Python numbers are weak."""

import torch

vector = torch.ones(2, dtype=torch.float32)
integers = torch.ones(2, dtype=torch.int32)
for weak in (torch.tensor(2.0, dtype=torch.float64), torch.tensor(3), 2, 2.5, True):
    print((vector * weak).dtype, (integers * weak).dtype, (torch.tensor(1) * weak).dtype)
