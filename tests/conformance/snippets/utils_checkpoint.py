"""Checkpointing, both ways, alone and in segments."""

import torch

torch.manual_seed(0)
ck = torch.utils.checkpoint.checkpoint
lin = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Dropout(0.5), torch.nn.Linear(4, 1))
inp = torch.randn(2, 3, requires_grad=True)
for r in (True, False):
    calls = []

    def f(v):
        calls.append(1)
        return lin(v)

    out = ck(f, inp, use_reentrant=r)
    print(type(out.grad_fn).__name__, out)
    lin.zero_grad()
    inp.grad = None
    out.sum().backward()
    print(inp.grad, lin[0].weight.grad, len(calls))
    torch.rand(1)
out = torch.utils.checkpoint.checkpoint_sequential(lin, 2, inp, use_reentrant=False)
out.sum().backward()
print(inp.grad)
try:
    ck(lambda v, k: v, inp, k=1, use_reentrant=True)
except (ValueError, RuntimeError) as e:
    print(type(e), e)
n = [0]


def g(v):
    n[0] += 1
    return v.sin() if n[0] == 1 else v.sin().exp()


try:
    ck(g, inp, use_reentrant=False).sum().backward()
except (ValueError, RuntimeError) as e:
    print(type(e).__name__, str(e).split("\n")[:2])
