"""Learning to learn: the outer gradient goes back through the steps of an inner training.

In the window: each task has a grad pass recorded itself (create_graph=True), and the backward of the outer loss runs through all
of them, the inner updates included. The parameters start is a leaf; fast, what an inner step makes of it, is not.
"""

import torch


def loss_of(weights: list[torch.Tensor], x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    hidden = torch.tanh(x @ weights[0] + weights[1])
    return (hidden @ weights[2] + weights[3] - y).square().mean()


torch.manual_seed(0)
shapes = [(1, 8), (8,), (8, 1), (1,)]
start = [torch.randn(shape).mul(0.5).requires_grad_() for shape in shapes]
optimizer = torch.optim.Adam(start, lr=0.01)

for step in range(2):
    outer = torch.zeros(())
    for phase in torch.rand(2).tolist():  # two tasks: sine waves
        x = torch.rand(10, 1) * 6
        y = torch.sin(x + phase)
        fast = start
        for _inner in range(2):
            slopes = torch.autograd.grad(loss_of(fast, x[:5], y[:5]), fast, create_graph=True)
            fast = [weight - 0.1 * slope for weight, slope in zip(fast, slopes, strict=True)]
        outer = outer + loss_of(fast, x[5:], y[5:])
    optimizer.zero_grad()
    outer.backward()
    optimizer.step()
    print(f"step {step}: outer loss {outer.item():.4f}")
