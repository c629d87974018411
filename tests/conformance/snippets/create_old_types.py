"""torch.FloatTensor and its like, new() and the legacy constructor."""

import torch
from _helpers import attempt

attempt(lambda: torch.ones(2).new([1, 2]))
attempt(lambda: torch.ones(2).new(2, 3).shape)
attempt(lambda: torch.ones(2).new())
attempt(lambda: torch.FloatTensor([1, 2]))
attempt(lambda: torch.FloatTensor(2, 3).shape)
attempt(lambda: torch.LongTensor([1, 2]))
attempt(lambda: torch.LongTensor([1.5]))
attempt(lambda: torch.Tensor([1, 2]))
attempt(lambda: torch.Tensor(2, 2).shape)
attempt(lambda: torch.Tensor())
attempt(lambda: torch.Tensor(5).shape)
attempt(lambda: torch.Tensor(torch.ones(2)))
attempt(lambda: torch.FloatTensor)
attempt(lambda: torch.Tensor)
attempt(lambda: torch.FloatTensor([1, 2]).type())
attempt(lambda: isinstance(torch.ones(2), torch.FloatTensor))
attempt(lambda: isinstance(torch.ones(2), torch.LongTensor))
attempt(lambda: torch.ones(2).type(torch.LongTensor))
attempt(lambda: torch.ones(2).type("torch.DoubleTensor"))
attempt(lambda: torch.ones(2).type(torch.int32))
attempt(lambda: torch.ones(2).resize(2, 1))
attempt(lambda: torch.typename(torch.ones(1)))
attempt(lambda: torch.ones(2).map_(torch.ones(2), lambda a, b: a + b))
attempt(lambda: torch.ones(2).apply_(lambda a: a + 1))
