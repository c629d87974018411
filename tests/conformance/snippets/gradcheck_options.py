"""Options of gradcheck."""

import torch
from _helpers import attempt

gradcheck = torch.autograd.gradcheck
x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
y = torch.tensor([2.0, 3.0], dtype=torch.float64)
for options in (
    {"eps": 1e-5},
    {"rtol": 1e-2, "atol": 1e-4},
    {"check_undefined_grad": False},
    {"check_grad_dtypes": True},
    {"nondet_tol": 1e-6},
    {"fast_mode": False},
    {"check_batched_grad": False},
):
    print(options, gradcheck(lambda a, b: (a * b, a.sin().sum()), (x, y), **options))
attempt(lambda: gradcheck(lambda a, b: a * b, (x, y), check_forward_ad=False, check_backward_ad=False))
