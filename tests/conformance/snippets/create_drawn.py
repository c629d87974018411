"""Exponential, Cauchy, geometric and log-normal numbers, and multinomial positions, from a seed."""

import gradtrace.core as torch
from _helpers import attempt

for dtype in (torch.float32, torch.float64):
    torch.manual_seed(3)
    for name, arguments in (("exponential_", ()), ("exponential_", (2.5,)), ("cauchy_", (1.0, 2.0)), ("log_normal_", (0.0, 0.5))):
        print(name, getattr(torch.empty(20, dtype=dtype), name)(*arguments))
    print(torch.empty(8, dtype=dtype).geometric_(0.3), torch.rand(1))
print(torch.empty(4, dtype=torch.int64).geometric_(0.3))
torch.manual_seed(5)
weights = torch.tensor([0.1, 0.5, 0.0, 0.4, 3.0])
for count, replacement in ((1, False), (3, False), (1, True), (12, True)):
    print(torch.multinomial(weights, count, replacement), weights.double().multinomial(count, replacement))
print(torch.multinomial(torch.rand(3, 6), 4), torch.multinomial(torch.rand(3, 6), 7, replacement=True))
print(torch.rand(1))

attempt(lambda: torch.multinomial(weights, 0))
attempt(lambda: torch.multinomial(weights, 6))
attempt(lambda: torch.multinomial(weights[None, None], 1))
attempt(lambda: torch.multinomial(torch.tensor([1, 2]), 1))
attempt(lambda: torch.multinomial(torch.tensor([-1.0, 2]), 1))
attempt(lambda: torch.multinomial(torch.tensor([0.0, 0.0]), 1))
attempt(lambda: torch.multinomial(torch.tensor([-1.0, 2]), 2, True))
attempt(lambda: torch.empty(2).exponential_(-1))
attempt(lambda: torch.empty(2).cauchy_(0, -1))
attempt(lambda: torch.empty(2).geometric_(1.0))
attempt(lambda: torch.empty(2).log_normal_(0, -1))
attempt(lambda: torch.empty(2, dtype=torch.int64).exponential_())
attempt(lambda: torch.empty(2, dtype=torch.int64).log_normal_())
