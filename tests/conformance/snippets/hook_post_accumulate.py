"""Post-accumulate-grad hooks: an optimizer in backward; errors at registration."""

import torch
from _helpers import attempt

w = torch.tensor([1.0, 2.0], requires_grad=True)


def step(parameter):
    with torch.no_grad():
        parameter -= 0.1 * parameter.grad
    parameter.grad = None


handle = w.register_post_accumulate_grad_hook(step)
for _ in range(2):
    (w * w).sum().backward()
    print(w, w.grad)
handle.remove()
(w * w).sum().backward()
print(w.grad)
attempt(lambda: (w * 2).register_post_accumulate_grad_hook(step))
attempt(lambda: torch.ones(2).register_post_accumulate_grad_hook(step))
attempt(lambda: torch.ones(2).register_hook(print))
