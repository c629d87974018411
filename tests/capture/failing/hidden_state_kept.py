"""A hidden state carried over from one batch to the next.

gradtrace: MulBackward0 (made at hidden_state_kept.py:16) had its saved tensors freed by the backward at
hidden_state_kept.py:18; retain_graph=True there keeps them
gradtrace: backward #2 (hidden_state_kept.py:18) needs what an earlier one has freed: its own graph goes back into the
earlier one, as AddmmBackward0 (hidden_state_kept.py:16) was given hidden of AddBackward0 (hidden_state_kept.py:16).
Unless both are to be trained together, detach() it in between.
"""

import torch
from torch import nn

cell, head = nn.GRUCell(3, 5), nn.Linear(5, 1)
hidden = torch.zeros(2, 5)
for _ in range(2):
    hidden = cell(torch.randn(2, 3), hidden)
    loss = head(hidden).square().mean()
    loss.backward()
