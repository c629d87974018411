"""Writes through indices and masks to elements that several places share, or that an operand shares."""

import warnings

import torch

warnings.simplefilter("ignore")
INDEX, MASK = torch.tensor([0, 1]), torch.tensor([True, False, True, False])


def attempt(name, function):
    try:
        result = function()
        print(name, result.tolist() if isinstance(result, torch.Tensor) else result)
    except (RuntimeError, IndexError) as error:
        print(name, type(error).__name__, error)


def assigned(make, key, value):
    target = make()
    target[key] = value
    return target


def expanded():
    return torch.zeros(1).expand(4)


attempt("index_fill_", lambda: expanded().index_fill_(0, INDEX, 1.0))
attempt("index_add_", lambda: expanded().index_add_(0, INDEX, torch.ones(2)))
attempt("index_copy_", lambda: expanded().index_copy_(0, INDEX, torch.ones(2)))
attempt("index_put_", lambda: expanded().index_put_((INDEX,), torch.ones(2)))
attempt("index_reduce_", lambda: expanded().index_reduce_(0, INDEX, torch.ones(2), "prod"))
attempt("masked_fill_", lambda: expanded().masked_fill_(MASK, 1.0))
attempt("masked_scatter_", lambda: expanded().masked_scatter_(MASK, torch.ones(4)))
attempt("scatter_", lambda: expanded().scatter_(0, INDEX, torch.ones(2)))
attempt("scatter_add_", lambda: expanded().scatter_add_(0, INDEX, torch.ones(2)))
attempt("scatter_reduce_", lambda: expanded().scatter_reduce_(0, INDEX, torch.ones(2), "sum"))
attempt("put_", lambda: expanded().put_(INDEX, torch.ones(2)))
for key in (slice(0, 2), slice(0, 1), slice(0, 0), ..., None, 1, INDEX, MASK):
    for value in (1.0, torch.tensor(1.0), torch.ones(1)):
        attempt(f"[{key}] = {value}", lambda key=key, value=value: assigned(expanded, key, value))

for name, function in {
    "add_": lambda a: a[1:].add_(a[:-1]),
    "index_add_": lambda a: a.index_add_(0, INDEX, a[:2]),
    "index_copy_": lambda a: a.index_copy_(0, INDEX, a[2:4]),
    "index_put_": lambda a: a.index_put_((INDEX,), a[:2]),
    "scatter_": lambda a: a.scatter_(0, INDEX, a[:2]),
    "masked_scatter_": lambda a: a.masked_scatter_(a > 3, a),
    "masked_fill_ by an own element": lambda a: a.masked_fill_(a > 2, a[3]),
    "index_fill_ by an own element": lambda a: a[1:].index_fill_(0, INDEX, a[1]),
    "fill_ by an own element": lambda a: a.fill_(a[3]),
    "div_ by an own element": lambda a: a.div_(a[3]),
}.items():
    attempt(name, lambda function=function: function(torch.arange(8.0)))
attempt("masked_fill_ of itself", lambda: (lambda mask: mask.masked_fill_(mask, False))(MASK.clone()))

for key in (True, False, None, (), ..., torch.tensor(True), (True, ...)):
    attempt(f"0-d [{key}] = 5", lambda key=key: assigned(lambda: torch.tensor(1.0), key, 5.0))
attempt("0-d [0] = 5", lambda: assigned(lambda: torch.tensor(1.0), 0, 5.0))
x = torch.tensor(3.0, requires_grad=True)
y = x * 1
y[True] = 2.0
y.backward()
print(y, x.grad)
