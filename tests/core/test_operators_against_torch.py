"""Each operator against PyTorch: value, grad_fn, edges, gradients and their gradients of one expression."""

from __future__ import annotations

import warnings
from typing import Any

import gradtrace.core as ours
import numpy as np
import pytest
from gradtrace.core.registry import OPERATORS

torch = pytest.importorskip("torch")

_random = np.random.default_rng(0)
LEAVES = {
    "x": _random.uniform(0.1, 0.9, (3, 4)),
    "v": _random.uniform(0.1, 0.9, 4),
    "m": _random.uniform(0.1, 0.9, (4, 4)),
    "s": np.array(2.0),
    "b3": _random.uniform(0.1, 0.9, (2, 3, 4)),
    "b4": _random.uniform(0.1, 0.9, (2, 4, 3)),
}

EXPRESSIONS = """
2-x
2/x
2**x
x**2
x**x
x**s
x%2
x%v
torch.fmod(x,2)
torch.fmod(x,v)
x.div(2,rounding_mode='floor')
x.div(v,rounding_mode='trunc')
x.square()
x.clamp(0,1)
x.clamp(min=0)
x.clamp(min=v)
x.clamp_min(0)
x.clamp_max(1)
x.lerp(v,0.5)
x.lerp(v,v)
x.round()
x.sum()
x.sum(0)
x.mean()
x.mean(0)
x.prod()
x.prod(0)
x.max()
x.max(0)[0]
x.min()
x.min(0).values
x.amax(0)
x.std()
x.var(0)
x.norm()
x.norm(1)
x.norm(dim=0)
x.logsumexp(0)
x.cumsum(0)
x.cumprod(0)
x.median()
x.median(0)[0]
x.sort()[0]
x.topk(2)[0]
x@m
x@v
v@v
v@m
b3@b4
b3@m
torch.bmm(b3,b4)
torch.addmm(v,x,m)
torch.outer(v,v)
torch.trace(m)
x.reshape(-1)
x.view(-1)
x.t()
x.T
x.mT
x.t().reshape(-1)
x.t().contiguous()
x.flatten()
x.t().flatten()
x.squeeze()
x.squeeze(0)
x.squeeze((0,1))
x.unsqueeze(0)
x.transpose(0,1)
x.permute(1,0)
x.movedim(0,1)
x.expand(2,3,4)
x.expand_as(b3)
x.repeat(2,1)
x.tile(2)
x.flip(0)
x.roll(1)
x.roll(1,0)
torch.cat([x,x])
torch.stack([x,x])
x.split(2)[0]
x.split([1,2])[0]
x.chunk(2)[1]
x.unbind()[0]
x.narrow(0,0,2)
x.select(0,1)
x.diagonal()
v.diag()
m.diag()
torch.diag_embed(v)
x.tril()
x.triu()
x.unfold(0,2,1)
x[0]
x[0:2]
x[None]
x[...,0]
x[:,1:3]
x[i]
x[0,1]
x[x>0.5]
x[:,i]
x[i,0]
x.index_select(0,i)
x.gather(1,torch.zeros(3,1,dtype=torch.long))
x.scatter(1,torch.zeros(3,1,dtype=torch.long),1.0)
x.take(i)
x.masked_fill(x>0.5,0.)
x.masked_fill(x>0.5,s)
x.masked_select(x>0.5)
torch.where(x>0.5,x,v)
x.index_add(0,i,x[:2])
x.index_copy(0,i,x[:2])
x.index_fill(0,i,1.)
x.index_fill(0,i,s)
x.index_put((i,),x[:2])
x.clone()
x.abs()
x.softmax(1)
F.softmax(x,1)
x.log_softmax(1)
x.relu()
F.relu(x)
F.leaky_relu(x)
F.elu(x)
F.gelu(x)
F.silu(x)
F.softplus(x)
F.hardtanh(x)
F.relu6(x)
F.logsigmoid(x)
F.softsign(x)
F.mish(x)
F.selu(x)
F.celu(x)
F.threshold(x,0.1,0.)
F.linear(x,m)
F.linear(x,m,v)
F.linear(v,m,v)
F.linear(v,m)
F.linear(b3,m,v)
F.linear(b3,m)
F.cross_entropy(x,torch.tensor([0,1,2]))
F.nll_loss(x,torch.tensor([0,1,2]))
F.mse_loss(x,x*2)
F.l1_loss(x,x*2)
F.l1_loss(x,x*2,reduction='sum')
F.smooth_l1_loss(x,x*2)
F.huber_loss(x,x*2)
F.embedding(i,x)
F.layer_norm(x,(4,))
x.add(x,alpha=2)
x.sub(x,alpha=2)
x.add(2)
x.mul(2)
torch.addcmul(x,x,x)
torch.addcdiv(x,x,x)
torch.maximum(x,v)
torch.atan2(x,v)
x.log1p()
x.exp2()
torch.meshgrid(v,v,indexing='ij')[0]
x.repeat_interleave(2,0)
x.swapaxes(0,1)
x.swapdims(0,1)
torch.linalg.norm(x)
torch.dot(v,v)
torch.mv(m,v)
x.nansum()
x.floor()
x.erf()
x.clone().zero_()
x.clone().fill_(1)
x.clone().fill_(s)
x.clone().copy_(x)
torch.zeros(3,4).copy_(x)
x.clone().clamp_(0,1)
x.view_as(x)
x.logaddexp(v)
x.nan_to_num()
torch.linalg.vector_norm(x)
x.sigmoid()
x.ravel()
x.t().ravel()
x.unflatten(1,(2,2))
x.data.clone().index_put_((i,),x[:2])
F.normalize(x)
x.clone().sum()
(x - v) * 2
1 - x
-x
x.std(1, unbiased=False)
x.var()
(x - 0.5).abs()
(x - 0.5).relu()
(x - 0.5).norm(1)
x.norm(3)
x.norm(float('inf'))
x.clone().mul_(x)
x.clone().mul_(2).add_(v)
x.clone().exp_().add(1).sigmoid_()
x.clone().clamp_(0.2, 0.8)
x.clone().t().mul_(2)
x.masked_fill(x > 0.5, 3.0)
x.topk(2, dim=0)[0]
x.sort(descending=True)[0]
x[[0, 2]]
x[torch.tensor([True, False, True])]
x[:, [1, 1]]
x[1:, ::2]
b3.sum((0, 2))
b3.mean((0, 2), keepdim=True)
b3.amax((0, 2))
b3.transpose(0, 2).reshape(-1)
b3.permute(2, 0, 1).flatten(1)
torch.stack([v, v * 2], 1)
torch.cat([x, v.unsqueeze(0)])
torch.where(x > 0.5, x, 0.0)
torch.clamp(x, v, v + 0.1)
torch.clamp(x, max=v)
F.linear(x, m, v).relu().log_softmax(1)
F.layer_norm(x, (4,), v, v)
F.layer_norm(b3, (3, 4))
F.cross_entropy(x, torch.tensor([0, 1, 2]), reduction='sum')
F.cross_entropy(x, torch.tensor([0, 1, 2]), v.detach())
F.cross_entropy(x, torch.tensor([0, -100, 2]))
F.nll_loss(x, torch.tensor([0, 1, 2]), reduction='none')
F.mse_loss(x, x.detach() * 2, reduction='sum')
F.mse_loss(x, x * 2, reduction='none')
F.gelu(x, approximate='tanh')
F.binary_cross_entropy(x, (x.detach() > 0.5).double())
F.binary_cross_entropy_with_logits(x, (x.detach() > 0.5).double())
F.binary_cross_entropy_with_logits(x, x * 0.5, pos_weight=v.detach())
F.kl_div(x.log(), x.detach())
F.embedding(i, x, padding_idx=2)
x.scatter_add(1, torch.tensor([[0, 1, 1, 2]] * 3), x)
x.scatter(1, torch.tensor([[0, 1, 2, 3]] * 3), x * 2)
x.gather(0, torch.tensor([[0, 1, 2, 0], [2, 2, 2, 2]]))
x.index_put((i,), x[:2] * 3, accumulate=True)
x.lerp(v, 0.7)
torch.addcmul(x, v, x, value=3)
torch.addcdiv(x, v, x, value=3)
torch.addmm(x[:, :4], x, m, beta=0.5, alpha=2)
x.prod(1, keepdim=True)
(x * 0).prod(1)
x.cumsum(0).cumprod(1)
x.logsumexp((0, 1))
x.to(torch.float32)
x.float()
x.unfold(1, 2, 2)
x.diagonal(1)
v.diag(1)
m.diag(-1)
x.roll((1, 2), (0, 1))
x.movedim(1, 0)
b3.unbind(1)[2]
b3.split([1, 3], dim=2)[1]
s * s
s + 1
s ** 3
(s - 2).abs()
torch.minimum(x, v)
x.asin()
x.acos()
x.atan()
x.tan()
x.sinh()
x.cosh()
x.tanh()
x.asinh()
(x + 1).acosh()
x.atanh()
x.exp()
x.expm1()
x.log()
x.log2()
x.log10()
x.sqrt()
x.rsqrt()
x.reciprocal()
x.sin()
x.cos()
x.erfc()
x.ceil()
x.trunc()
x.frac()
x.sign()
x[:, :]
x.round(decimals=1)
x.amin(1)
x.contiguous() * 2
x[:]
x.take(torch.tensor([0, 5, 5]))
F.embedding(i, x)
x.to(torch.float32) * 2
x.masked_select(x > 0.3) * 2
x.scatter_add(1, torch.tensor([[0, 1], [1, 2]]), x[:2, :2])
""".strip().splitlines()


def run(module: Any, expression: str) -> dict[str, Any]:
    """Evaluate the expression with ``module`` as ``torch``, differentiate it twice, and return all that shall agree."""
    leaves = {name: module.tensor(value, dtype=module.float64, requires_grad=True) for name, value in LEAVES.items()}
    inputs = list(leaves.values())
    names = {**leaves, "torch": module, "F": module.nn.functional, "i": module.tensor([0, 2])}
    result = eval(expression, names)
    found: dict[str, Any] = {
        "grad_fn": type(result.grad_fn).__name__,
        "edges": [type(node).__name__ for node, _ in result.grad_fn.next_functions],
        "value": result.detach().numpy(),
    }
    weights = module.tensor(np.linspace(0.5, 1.5, result.numel()).reshape(tuple(result.shape))).to(result.dtype)
    first = module.autograd.grad(result, inputs, weights, allow_unused=True, retain_graph=True)
    found["first"] = [None if one is None else one.numpy(force=True).copy() for one in first]
    recorded = module.autograd.grad(result, inputs, weights, allow_unused=True, create_graph=True)
    squares = [(one * one).sum() for one in recorded if one is not None and one.requires_grad]
    found["second"] = [None] * len(inputs)
    if squares:
        second = module.autograd.grad(sum(squares[1:], squares[0]), inputs, allow_unused=True)
        found["second"] = [None if one is None else one.numpy(force=True) for one in second]
    return found


def assert_close(ours_: Any, theirs: Any, what: str) -> None:
    zero = np.zeros(())
    mine = zero if ours_ is None else ours_
    reference = zero if theirs is None else theirs
    np.testing.assert_allclose(mine, reference, 1e-6, 1e-9, err_msg=what)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_agrees_with_torch(expression: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = run(torch, expression)
        mine = run(ours, expression)
    assert mine["grad_fn"] == theirs["grad_fn"]
    assert mine["edges"] == theirs["edges"]
    assert mine["value"].dtype == theirs["value"].dtype
    assert mine["value"].shape == theirs["value"].shape
    assert_close(mine["value"], theirs["value"], "value")
    for order in ("first", "second"):
        for name, one, other in zip(LEAVES, mine[order], theirs[order], strict=True):
            assert_close(one, other, f"{order} derivative for {name}")


ONLY_IN_DERIVATIVES = {"GerBackward0", "PadBackward0", "CropBackward0", "PutBackward0", "MaskedPlaceBackward0"}
"""Operators that exist only for the derivatives of others."""


def graph_names(tensor: Any) -> set[str]:
    """The names of all nodes behind ``tensor``."""
    names: set[str] = set()
    stack = [tensor.grad_fn]
    seen = set()
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        names.add(type(node).__name__)
        stack.extend(next_node for next_node, _ in node.next_functions)
    return names


def test_every_operator_of_the_table_is_compared() -> None:
    reached: set[str] = set()
    for expression in EXPRESSIONS:
        leaves = {name: ours.tensor(value, dtype=ours.float64, requires_grad=True) for name, value in LEAVES.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = eval(expression, {**leaves, "torch": ours, "F": ours.nn.functional, "i": ours.tensor([0, 2])})
        reached |= graph_names(result)
    table = {row.node_name for row in OPERATORS.values() if not row.node_name.endswith("BackwardBackward0")}
    assert table - reached - ONLY_IN_DERIVATIVES == set()
