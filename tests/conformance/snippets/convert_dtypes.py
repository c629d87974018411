"""to, type, float and the like: which convert, which return the tensor itself, and gradients across dtypes."""

import torch
from _helpers import attempt

x = torch.tensor([1.5, -2.5], requires_grad=True)
print(
    x.to(torch.float32) is x,
    x.float() is x,
    x.double(),
    x.long(),
    x.bool(),
    x.half(),
    x.int().dtype,
    x.to(torch.float32, copy=True),
)
print(
    x.type(),
    x.type(torch.float64),
    x.type("torch.LongTensor"),
    x.type_as(torch.ones(1, dtype=torch.int16)),
    x.to(torch.ones(1).long()),
)
(x.double() * 2).sum().backward()
print(x.grad, x.double().grad_fn.next_functions[0][0].name())
print(x.clone(memory_format=torch.preserve_format), x.contiguous() is x, x.to("cpu") is x, torch.contiguous_format)
print(x.tolist(), x[0].item(), int(x[1].detach()), x.detach().numpy())
attempt(lambda: x.numpy())
attempt(lambda: x.item())
attempt(lambda: x.to("foo"))
attempt(lambda: x.type("torch.FooTensor"))
