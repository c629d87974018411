"""A step size that is far too large.

gradtrace: loss has NaN. The first in its graph: SubBackward0 (made at training_diverges.py:18) gave 16 NaN in 16
elements.
gradtrace: First NaN/Inf in backward #10: PowBackward0 (training_diverges.py:18) got finite gradients and gave 2 +Inf, 3
-Inf in 16 elements. Gradients had grown before: the largest norm was 102.9 in backward #1 and 2.258e+35 in backward #9.
Training diverges (a smaller step size or clipping would help).
"""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=50.0)
x, y = torch.randn(16, 4) * 10, torch.randn(16, 1)
for step in range(100):
    loss = (model(x) - y).square().mean()
    assert not torch.isnan(loss), f"step {step}"
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
