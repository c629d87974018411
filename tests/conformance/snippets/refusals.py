"""Requests that PyTorch refuses, with its words, and some of their neighbours that it grants."""

import copy
import pickle

import torch
from _helpers import attempt

F = torch.nn.functional


def d(o, n):
    delattr(o, n)


def s(o, n, v):
    setattr(o, n, v)


x = torch.randn((2, 2), requires_grad=True)
attempt(lambda: d(x, "grad"))
attempt(lambda: x.grad)
attempt(lambda: d(x, "data"))
attempt(lambda: s(x, "data", None))
attempt(lambda: s(x, "data", 3))
attempt(lambda: d(x, "requires_grad"))
attempt(lambda: s(x, "requires_grad", "a"))
attempt(lambda: s(x, "grad", 3))
attempt(lambda: s(x, "grad", torch.ones(3)))
attempt(lambda: s(x, "grad", torch.ones(2, 2, dtype=torch.float64)))


class MyFn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, inp):
        return inp.view_as(inp)

    @staticmethod
    def backward(ctx, g):
        return g


a = torch.rand(1, 2)
b = torch.rand(1, requires_grad=True)
v = MyFn.apply(a)


def f():
    global v
    v += b


attempt(f)
attempt(lambda: MyFn.apply(a).copy_(b))
attempt(lambda: a.unbind()[0].copy_(b))
y = torch.ones(3, requires_grad=True) * -1
attempt(lambda: F.leaky_relu_(y, -2).sum().backward())
y = torch.ones(3, requires_grad=True) * -1
attempt(lambda: F.elu_(y, -2).sum().backward())
y = torch.ones(3, requires_grad=True) * -1
attempt(lambda: F.leaky_relu(y, -2).sum().backward())
z = torch.ones(1).expand(3)
attempt(lambda: z.add_(1))
attempt(lambda: z.mul_(2))
attempt(lambda: z.fill_(2))
attempt(lambda: z.zero_())
attempt(lambda: z.copy_(torch.ones(3)))
attempt(lambda: z.sin_())
w = torch.arange(6.0)
attempt(lambda: torch.sin(w[1:], out=w[:-1]))
attempt(lambda: torch.add(w[1:], 1, out=w[:-1]))
attempt(lambda: w[1:].copy_(w[:-1]))
attempt(lambda: w[1:].add_(w[:-1]))
attempt(lambda: torch.sin(torch.ones(3), out=z))
attempt(lambda: torch.repeat_interleave(torch.tensor([0, 1, 2])))
attempt(lambda: torch.repeat_interleave(torch.ones(2, 2, dtype=torch.int64)))
attempt(lambda: torch.repeat_interleave(torch.tensor([1, 2]), 2))
attempt(lambda: torch.repeat_interleave(torch.tensor([1, 2]), torch.tensor([-1, 2])))
attempt(lambda: torch.tensor([1, "a"]))
attempt(lambda: torch.tensor(1 << 63))
attempt(lambda: torch.tensor([1 << 64]))
attempt(lambda: torch.tensor([[1], [2, 3]]))
attempt(lambda: torch.tensor([1, [2]]))
attempt(lambda: torch.ones(3, dtype=torch.bool) - torch.ones(3, dtype=torch.bool))
attempt(lambda: -torch.ones(3, dtype=torch.bool))
attempt(
    lambda: torch.addcmul(
        torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64), value=1.5
    )
)
attempt(lambda: torch.topk(torch.arange(3.0), 4))
attempt(lambda: torch.topk(torch.ones(()), 1))
attempt(lambda: torch.topk(torch.arange(3.0), k=2, dim=1))
attempt(lambda: ~torch.tensor([1, 2], dtype=torch.int8))
attempt(lambda: torch.tensor([1], dtype=torch.int8) + 300)
attempt(lambda: torch.tensor([1], dtype=torch.uint8) - 2)
attempt(lambda: torch.tensor([255], dtype=torch.uint8) + 1)
attempt(lambda: torch.ones(2, 3).expand(-1, 3))
attempt(lambda: torch.ones(2, 1).expand(2, 5).shape)
attempt(lambda: torch.ones(2).expand(0, 2).shape)
attempt(lambda: torch.ones(1).expand(0))
attempt(lambda: torch.ones(2).expand(3, -1).shape)
attempt(lambda: torch.ones(2).expand(-1, 2))
attempt(lambda: torch.tensor([1.0]).new_tensor([1]))
attempt(lambda: torch.DoubleTensor([1]) + 1)
attempt(lambda: torch.tensor(range(3), dtype=float).dtype)
attempt(lambda: torch.ones(2, dtype=float).dtype)
attempt(lambda: torch.ones(2, dtype=int).dtype)
attempt(lambda: torch.ones(2).to(float).dtype)
attempt(lambda: torch.ones(2, dtype=bool))

q = torch.ones(2, requires_grad=True)
attempt(lambda: pickle.loads(pickle.dumps(q)))
attempt(lambda: pickle.loads(pickle.dumps(torch.nn.Linear(2, 1))).weight.shape)
attempt(lambda: copy.deepcopy(q * 2))
attempt(lambda: torch.ones(2).set_())
attempt(lambda: torch.ones(3).bernoulli(1.0))
attempt(lambda: torch.ones(3).bernoulli_(0.0))
attempt(lambda: torch.nn.init.calculate_gain("conv3d"))
attempt(lambda: torch.nn.init.calculate_gain("leaky_relu", "a"))
attempt(lambda: torch.median(torch.tensor([])))
attempt(lambda: torch.stack([torch.ones(2), torch.zeros(2)], out=torch.empty(2, 2)))
attempt(lambda: torch.cat([torch.ones(2)], out=torch.empty(2)))
attempt(lambda: torch.where(torch.tensor([True, False])))
attempt(lambda: torch.argmax(torch.tensor([])))
attempt(lambda: torch.ones(2, 3).max(2))
attempt(lambda: torch.tensor([]).max())
attempt(lambda: torch.ones(2) @ torch.ones(3))
attempt(lambda: torch.ones(2, 3) @ torch.ones(2, 3))
attempt(lambda: torch.mm(torch.ones(2), torch.ones(2)))
attempt(lambda: torch.bmm(torch.ones(2, 2), torch.ones(2, 2)))
attempt(lambda: torch.ones(2, 3) + torch.ones(2))
attempt(lambda: torch.ones(2).view(3))
attempt(lambda: torch.ones(2, 3).t().view(6))
attempt(lambda: torch.ones(2).reshape(3))
attempt(lambda: torch.cat([torch.ones(2), torch.ones(2, 2)]))
attempt(lambda: torch.stack([torch.ones(2), torch.ones(3)]))
attempt(lambda: torch.ones(2).squeeze(3))
attempt(lambda: torch.ones(2).transpose(0, 2))
attempt(lambda: torch.ones(2).permute(1, 0))
attempt(lambda: F.linear(torch.ones(2, 3), torch.ones(2, 2)))
attempt(lambda: F.cross_entropy(torch.ones(2, 3), torch.tensor([0, 3])))
attempt(lambda: F.cross_entropy(torch.ones(2, 3), torch.ones(2)))
attempt(lambda: F.mse_loss(torch.ones(2), torch.ones(3)))
attempt(lambda: F.conv2d(torch.ones(1, 1, 2, 2), torch.ones(1, 2, 1, 1)))
attempt(lambda: F.embedding(torch.tensor([5]), torch.ones(2, 2)))
attempt(lambda: F.nll_loss(torch.ones(2, 3), torch.tensor([0, 1, 2])))
attempt(lambda: torch.ones(2, dtype=torch.int64).mean())
attempt(lambda: torch.ones(2, dtype=torch.int64) @ torch.ones(2))
attempt(lambda: bool(torch.ones(2)))
attempt(lambda: int(torch.ones(2)))
attempt(lambda: float("nan") in torch.ones(1))
attempt(lambda: torch.ones(2).item())
attempt(lambda: len(torch.ones(())))
attempt(lambda: iter(torch.ones(())))
attempt(lambda: hash(torch.ones(1)) is not None)
attempt(lambda: torch.ones(3)[3])
attempt(lambda: torch.ones(3)[1, 1])
attempt(lambda: torch.ones(())[0])
attempt(lambda: torch.ones(3).foo)
attempt(lambda: torch.ones(2) + "a")
attempt(lambda: torch.add(torch.ones(2), "a"))
attempt(lambda: torch.ones(2) * None)
attempt(lambda: torch.ones(2).sum(1))
attempt(lambda: torch.softmax(torch.ones(2), 1))
attempt(lambda: torch.ones(2).backward(foo=1))
