"""Indices that gather, scatter and their like refuse."""

import torch
from _helpers import attempt

x = torch.arange(12.0).reshape(3, 4)
i, wide = torch.tensor([[0, 1], [2, 1]]), torch.zeros(1, 9, dtype=torch.long)
attempt(lambda: x.gather(0, i[0]))
attempt(lambda: x.gather(2, i))
attempt(lambda: x.gather(0, i + 3))
attempt(lambda: x.gather(0, i.float()))
attempt(lambda: x.gather(0, wide))
attempt(lambda: x.scatter(0, i, x[:1]))
attempt(lambda: x.scatter(0, i, x.double()))
attempt(lambda: x.scatter_reduce(0, i, x, "median"))
attempt(lambda: x.index_select(0, i))
attempt(lambda: x.index_add(0, i[0], x))
attempt(lambda: x.index_copy(0, i[0], x))
attempt(lambda: x.index_fill(0, i[0] + 5, 1.0))
attempt(lambda: x.take(torch.tensor([12])))
attempt(lambda: x.masked_fill(x, 1.0))
attempt(lambda: x.masked_select(x))
attempt(lambda: torch.where(x, x, x))
