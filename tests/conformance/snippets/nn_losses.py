"""Loss functions as modules."""

import torch

scores = torch.tensor([[1.0, 2.0, 0.5], [0.1, 0.2, 3.0]], requires_grad=True)
target = torch.tensor([1, 2])
loss = torch.nn.CrossEntropyLoss()(scores, target)
print(loss)
loss.backward()
print(scores.grad)
for reduction in ("mean", "sum", "none"):
    print(torch.nn.MSELoss(reduction=reduction)(scores, torch.zeros(2, 3)))
print(torch.nn.CrossEntropyLoss(), torch.nn.MSELoss())
