"""out= takes the result without history; input=, axis= and keepdims= are other spellings."""

import torch
from _helpers import attempt

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
w = torch.ones(2, 2, requires_grad=True)
out = torch.zeros(2, 2)
result = torch.add(x, x, out=out)
print(out, result is out, out._version)
empty = torch.empty(0)
torch.matmul(x, x, out=empty)
print(empty)
print(torch.sum(input=x, axis=0, keepdims=True), x.mean(axis=1), torch.max(x, axis=1).indices)
attempt(lambda: torch.add(x, w, out=out))
attempt(lambda: torch.mul(x, x, out=torch.zeros(2, 2, dtype=torch.int64)))
attempt(lambda: torch.exp(2.0))
print(torch.sub(2, x), torch.add(2, 3), torch.div(1, x))
