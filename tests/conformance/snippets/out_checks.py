"""What out= may be: its dtype, its shape, and its memory."""

import warnings

import torch

E = torch.eye(3)
TWO = torch.tensor([0, 1])
CALLS = {
    "add": lambda out: torch.add(E, 1, out=out),
    "mm": lambda out: torch.mm(E, E, out=out),
    "sum": lambda out: torch.sum(E, 0, out=out),
    "floor": lambda out: torch.floor(E, out=out),
    "clamp": lambda out: torch.clamp(E, 0, 1, out=out),
    "cat": lambda out: torch.cat([E, E], out=out),
    "gt": lambda out: torch.gt(E, 0, out=out),
    "argmax": lambda out: torch.argmax(E, 0, out=out),
    "nonzero": lambda out: torch.nonzero(E, out=out),
    "index_select": lambda out: torch.index_select(E, 0, TWO, out=out),
    "take": lambda out: torch.take(E, TWO, out=out),
    "where": lambda out: torch.where(E > 0, E, E, out=out),
    "dot": lambda out: torch.dot(E[0], E[0], out=out),
    "cumsum": lambda out: torch.cumsum(E, 0, out=out),
    "amax": lambda out: torch.amax(E, 0, out=out),
    "all": lambda out: torch.all(E > 0, 0, out=out),
    "norm": lambda out: torch.norm(E, dim=0, out=out),
    "softmax": lambda out: torch.softmax(E, 0, out=out),
    "quantile": lambda out: torch.quantile(E, 0.5, 0, out=out),
    "tensordot": lambda out: torch.tensordot(E, E, 1, out=out),
    "inv": lambda out: torch.linalg.inv(E, out=out),
    "searchsorted": lambda out: torch.searchsorted(E[0], E[0], out=out),
}
OUTS = {
    "float64": lambda: torch.zeros(0, dtype=torch.float64),
    "int64": lambda: torch.zeros(0, dtype=torch.int64),
    "float32": lambda: torch.zeros(0),
    "too small": lambda: torch.zeros(2),
    "expanded": lambda: torch.zeros(1).expand(3),
}

for name, call in CALLS.items():
    for kind, make in OUTS.items():
        out = make()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                result = call(out)
                print(name, kind, result is out, result.dtype, result.shape, [str(one.message)[:60] for one in caught])
            except (RuntimeError, TypeError) as error:
                print(name, kind, type(error).__name__, str(error).split("\n")[0])

values, indices = torch.zeros(3), torch.zeros(3, dtype=torch.int64)
for function in (torch.max, torch.min, torch.median, torch.mode, torch.cummax):
    found = function(E if function is not torch.cummax else E[0], 0, out=(torch.zeros(0), torch.zeros(0, dtype=torch.int64)))
    print(type(found), found)
try:
    torch.exp(E, out=3)
except TypeError as error:
    print(error)
