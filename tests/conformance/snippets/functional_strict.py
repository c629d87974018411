"""Strict mode: independence is an error."""

import torch
from _helpers import attempt

functional = torch.autograd.functional
x = torch.tensor([0.5, 1.0])
v = torch.ones(2)


def constant(t):
    return torch.ones(2)


def linear(t):
    return t.sum()


def unused(t, u):
    return t * 2


for name in ("vjp", "jvp", "jacobian"):
    function = getattr(functional, name)
    more = () if name == "jacobian" else (v,)
    attempt(lambda: function(constant, x, *more, strict=True))
    attempt(lambda: function(constant, x, *more))
    pair = () if name == "jacobian" else ((v, v),) if name == "jvp" else (v,)
    attempt(lambda: function(unused, (x, x), *pair, strict=True))
    attempt(lambda: function(lambda t: t * 2, x, *more, strict=True))
for name in ("hessian", "hvp", "vhp"):
    function = getattr(functional, name)
    more = () if name == "hessian" else (v,)
    attempt(lambda: function(linear, x, *more, strict=True))
    attempt(lambda: function(linear, x, *more))
    attempt(lambda: function(lambda t: (t**2).sum(), x, *more, strict=True))
