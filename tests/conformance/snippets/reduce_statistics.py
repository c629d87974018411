"""std, var, var_mean and std_mean: unbiased=, correction=, too few elements, integers."""

import torch
from _helpers import attempt

x = torch.tensor([[1.0, 2.0, 4.0], [3.0, 3.0, 3.0]], requires_grad=True)
print(x.std(), x.var(1), x.var(1, unbiased=False), torch.std(x, 1, correction=0), torch.var(x, (0, 1), keepdim=True))
print(torch.var_mean(x, 1), torch.std_mean(x))
for y in (x.std(1), x.var(), sum(torch.var_mean(x, 0)), torch.std_mean(x, 0, correction=0)[0]):
    x.grad = None
    y.sum().backward()
    print(x.grad)
print(torch.zeros(1).var(), torch.zeros(0).std(), torch.std(x.detach(), correction=9))
attempt(lambda: torch.tensor([1, 2]).std())
attempt(lambda: torch.var_mean(torch.tensor([1, 2])))
