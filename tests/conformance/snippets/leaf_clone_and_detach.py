"""clone keeps the history, detach drops it, and both copies say so."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
copy = x.clone()
alias = x.detach()
print(copy, alias)
alias[0] = 5.0
print(x, copy)
copy.sum().backward()
print(x.grad)
