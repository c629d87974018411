"""sort, topk, kthvalue, unique, searchsorted."""

import torch

x = torch.tensor([[3.0, 1.0, 2.0], [5.0, 9.0, 7.0]], requires_grad=True)
print(x.sort(), x.sort(0, descending=True), x.sort(stable=True)[0].grad_fn)
print(x.topk(2), x.topk(1, 0, largest=False), x.kthvalue(2), x.kthvalue(1, 0, keepdim=True))
print(x.argsort(descending=True), torch.msort(x))
for y in (x.sort()[0][:, 0], x.topk(2)[0], x.kthvalue(2).values, x.cummax(1)[0]):
    print(torch.autograd.grad((y * y).sum(), x))
n = torch.tensor([2, 1, 2, 2, 3])
print(n.unique(return_inverse=True, return_counts=True), torch.unique_consecutive(n, return_counts=True))
print(torch.searchsorted(torch.tensor([1, 3, 5]), n), torch.bucketize(x.detach(), torch.tensor([2.0, 5.0]), right=True))
