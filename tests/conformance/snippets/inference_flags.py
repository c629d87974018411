"""Which tensors are inference tensors: those made in inference mode, and their views; not views of normal ones."""

import torch

normal = torch.ones(2, 3)
weight = torch.ones(3, requires_grad=True)
with torch.inference_mode():
    made = {
        "created": torch.zeros(2),
        "computed": weight * 2,
        "unary": weight.exp(),
        "reduced": normal.sum(),
        "matmul": normal @ weight,
        "several": normal.max(1)[0],
        "compared": normal > 0,
        "random": torch.randn(2),
        "like": torch.ones_like(normal),
        "clone": normal.clone(),
        "view of normal": normal[:1],
        "part of normal": normal.unbind()[0],
        "view of leaf": weight[:2],
        "transposed": normal.t(),
        "copied by reshape": normal.t().reshape(6),
        "detached normal": weight.detach(),
        "data of normal": weight.data,
        "itself": normal.contiguous(),
        "as_tensor": torch.as_tensor(normal),
        "leaf": torch.ones(2, requires_grad=True),
    }
    made["view of created"] = made["created"][:1]
    made["detached created"] = made["created"].detach()
for name, value in made.items():
    print(name, value.is_inference(), torch.is_inference(value), value.requires_grad, value.is_leaf, value.grad_fn)
created = made["created"]
for value in (created[:1], created.view(2), created.detach(), created.data, created.double(), created.clone(), created * 2):
    print(value.is_inference())
