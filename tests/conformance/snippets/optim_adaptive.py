"""Adadelta, Adamax, NAdam, RAdam, Rprop and ASGD over several steps."""

import gradtrace.core as torch
from _helpers import attempt

CASES = [
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "weight_decay": 0.1}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.1, "betas": (0.5, 0.8), "weight_decay": 0.1}),
    ("NAdam", {"lr": 0.1}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.1, "maximize": True}),
    ("RAdam", {"lr": 0.1}),
    ("RAdam", {"lr": 0.1, "betas": (0.5, 0.9), "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.5, "etas": (0.3, 1.5), "step_sizes": (1e-3, 1.0)}),
    ("ASGD", {}),
    ("ASGD", {"lr": 0.1, "t0": 2, "weight_decay": 0.1, "lambd": 0.01}),
]
for name, options in CASES:
    w = torch.tensor([1.0, -2.0, 0.3], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, name)([w], **options)
    for _ in range(9):
        optimizer.zero_grad()
        ((w - torch.tensor([0.1, 0.2, 0.3])) ** 2 * torch.tensor([1.0, 3.0, 5.0])).sum().backward()
        optimizer.step()
    print(name, options, [round(one, 8) for one in w.tolist()], w._version > 0)
    print(sorted(optimizer.state[w]), sorted(optimizer.param_groups[0]))

w = torch.zeros(1, requires_grad=True)
attempt(lambda: torch.optim.Adadelta([w], lr=-1))
attempt(lambda: torch.optim.Adadelta([w], rho=2))
attempt(lambda: torch.optim.Adamax([w], betas=(1.0, 0.5)))
attempt(lambda: torch.optim.NAdam([w], momentum_decay=-1))
attempt(lambda: torch.optim.RAdam([w], betas=(0.5, 1.0)))
attempt(lambda: torch.optim.Rprop([w], etas=(1.5, 2)))
attempt(lambda: torch.optim.ASGD([w], weight_decay=-1))
