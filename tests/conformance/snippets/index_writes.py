"""Assignment to items of every kind."""

import torch

keys = {
    "number": 1,
    "pair": (0, 2),
    "slice": slice(1, None),
    "stepped": (slice(None), slice(None, None, 2)),
    "none": (None, 0),
    "dots": (..., 1),
    "list": [0, 1],
    "tensor": torch.tensor([1, 0]),
    "two tensors": (torch.tensor([0, 1]), torch.tensor([2, 0])),
    "mixed": (slice(None), torch.tensor([0, 2])),
    "mask": torch.tensor([[True, False, True], [False, True, False]]),
    "row mask": torch.tensor([True, False]),
    "true": True,
}
for name, key in keys.items():
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    value = torch.tensor(10.0, requires_grad=True)
    y = x * 1
    y[key] = value
    y[key] = y[key] * 2
    print(name, type(y.grad_fn).__name__, y.tolist())
    print([one.tolist() for one in torch.autograd.grad((y * x.detach()).sum(), (x, value))])
