"""A write through every kind of view reaches the base, its value and its gradient."""

import torch

makers = {
    "view": lambda b: b.view(6),
    "t": lambda b: b.t(),
    "transpose": lambda b: b.transpose(0, 1),
    "permute": lambda b: b.permute(1, 0),
    "select": lambda b: b[1],
    "slice": lambda b: b[:, ::2],
    "narrow": lambda b: b.narrow(1, 1, 2),
    "unsqueeze": lambda b: b.unsqueeze(1),
    "squeeze": lambda b: b.unsqueeze(0).squeeze(0),
    "diagonal": lambda b: b.diagonal(1),
    "as_strided": lambda b: b.as_strided((2, 2), (1, 2), 1),
    "expand": lambda b: b.expand(1, 2, 3),
    "movedim": lambda b: b.movedim(0, 1),
    "mT": lambda b: b.mT,
    "unflatten": lambda b: b.unflatten(1, (3, 1)),
    "detour": lambda b: b.t()[1].view(2, 1),
}
for name, make in makers.items():
    x = torch.arange(1.0, 7.0).reshape(2, 3).requires_grad_()
    base = x * 1
    view = make(base)
    view.mul_(view.detach() + 1)
    (grad,) = torch.autograd.grad((base * torch.arange(6.0).reshape(2, 3)).sum(), x)
    print(name, type(base.grad_fn).__name__, type(view.grad_fn).__name__, base.tolist(), grad.tolist())
