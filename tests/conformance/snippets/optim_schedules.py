"""RMSprop, Adagrad and learning rates that change."""

import gradtrace.core as torch

for name in ("RMSprop", "Adagrad"):
    w = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = getattr(torch.optim, name)([w], lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)
    for _ in range(4):
        optimizer.zero_grad()
        (w * w).sum().backward()
        optimizer.step()
        scheduler.step()
        print(w.detach(), scheduler.get_last_lr())
optimizer = torch.optim.SGD([w], lr=1.0)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 4)
for _ in range(6):
    optimizer.step()
    scheduler.step()
    print(scheduler.get_last_lr())
