"""float32 results of small tensors, to the last digit."""

import torch

x = torch.tensor([0.1, 0.7, 1.3, 2.9, -3.3, 10.5])
for name in ("sin", "cos", "exp", "tanh"):
    print(name, [round(value, 9) for value in getattr(torch, name)(x).tolist()])
print([round(value, 9) for value in torch.log(x.abs()).tolist()])
y = torch.tensor(0.5, requires_grad=True)
torch.sin(y).exp().backward()
print(y.grad.item())
