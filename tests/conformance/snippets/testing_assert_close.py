"""What ``torch.testing.assert_close`` says."""

import torch
from _helpers import attempt

close = torch.testing.assert_close
one = torch.tensor([1.0, 2.0])
attempt(lambda: close(one, torch.tensor([1.0, 3.0])))
attempt(lambda: close(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[1, 2], [4, 4]])))
attempt(lambda: close(1.0, 2.0))
attempt(lambda: close(1, 1.0))
attempt(lambda: close(one, one.double()))
attempt(lambda: close(one, one[:1]))
attempt(lambda: close({"a": [one]}, {"a": [one + 1]}))
attempt(lambda: close({"a": 1}, {"b": 1}))
attempt(lambda: close([one], [one, one]))
attempt(lambda: close(one, one + 1, msg="different"))
attempt(lambda: close(one, one + 1, rtol=0.1))
attempt(lambda: close(one, "text"))
print(close(one, one + 1e-7), close(torch.tensor(float("nan")), torch.tensor(float("nan")), equal_nan=True))
