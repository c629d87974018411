"""What programs ask about dtypes and shapes."""

import torch
from _helpers import attempt

attempt(lambda: torch.iinfo(torch.int32))
attempt(lambda: torch.iinfo(torch.int32).max)
attempt(lambda: torch.iinfo(torch.float32))
attempt(lambda: torch.finfo(torch.float32))
attempt(lambda: torch.finfo().eps)
attempt(lambda: torch.finfo(torch.float64).tiny)
attempt(lambda: torch.finfo(torch.int32))
attempt(lambda: torch.promote_types(torch.int32, torch.float16))
attempt(lambda: torch.result_type(torch.ones(2), 1))
attempt(lambda: torch.result_type(torch.ones(2, dtype=torch.int32), 1.5))
attempt(lambda: torch.result_type(1, 2.0))
attempt(lambda: torch.can_cast(torch.float32, torch.int32))
attempt(lambda: torch.broadcast_shapes((2, 1), (3,)))
attempt(lambda: torch.broadcast_shapes((2,), (3,)))
attempt(lambda: torch.is_complex(torch.ones(2)))
attempt(lambda: torch.is_nonzero(torch.ones(1)))
attempt(lambda: torch.is_storage(1))
attempt(lambda: torch.pi)
attempt(lambda: torch.e)
attempt(lambda: torch.inf)
attempt(lambda: torch.nan)
attempt(lambda: torch.newaxis)
