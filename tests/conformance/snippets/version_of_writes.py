"""What counts as a write, and whose counter it is."""

import torch

x = torch.zeros(4)
view, detached, data = x[:2], x.detach(), x.data
x.add_(1)
view.mul_(2)
detached.zero_()
print(x._version, view._version, detached._version, data._version)
data.fill_(3)
x[0] = 5
x[torch.tensor([1, 2])] = 6
x.index_add_(0, torch.tensor([0]), torch.ones(1))
x.masked_fill_(x > 5, 0)
x.t_()
x.requires_grad_()
print(x._version, view._version, data._version, x)
copy = x.clone()
print(copy._version, x.view(2, 2)._version)
