"""Schedules that look at a loss, go up and down, or are made of others."""

import gradtrace.core as torch
from _helpers import attempt

schedules = torch.optim.lr_scheduler


def fresh(lr=0.5, kind=torch.optim.SGD, **options):
    return kind([torch.ones(1, requires_grad=True)], lr=lr, **options)


def follow(scheduler, steps):
    rates = []
    for _ in range(steps):
        group = scheduler.optimizer.param_groups[0]
        momentum = group["betas"][0] if "betas" in group else group["momentum"]
        rates.append((f"{group['lr']:.6g}", f"{momentum:.4g}"))
        scheduler.optimizer.step()
        scheduler.step()
    print(type(scheduler).__name__, *rates, scheduler.get_last_lr(), scheduler.last_epoch)


losses = [5.0, 4.0, 4.0, 4.1, 4.0, 3.9999, 3.9, 3.9, 3.9, 3.9, 3.9, 3.9, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]
for options in ({"patience": 1}, {"patience": 2, "cooldown": 2, "factor": 0.5}, {"mode": "max", "patience": 3, "min_lr": 0.2}):
    for threshold in ("rel", "abs"):
        scheduler = schedules.ReduceLROnPlateau(fresh(), threshold_mode=threshold, **options)
        rates = []
        for loss in losses:
            scheduler.step(torch.tensor(loss))
            rates.append(f"{scheduler.get_last_lr()[0]:.6g}")
        print(options, threshold, *rates, scheduler.best, scheduler.num_bad_epochs, scheduler.last_epoch)

follow(schedules.CosineAnnealingWarmRestarts(fresh(), 3), 8)
follow(schedules.CosineAnnealingWarmRestarts(fresh(), 2, T_mult=2, eta_min=0.1), 12)
scheduler = schedules.CosineAnnealingWarmRestarts(fresh(), 2, T_mult=2)
for epoch in (0, 0.5, 1.5, 2.5, 7.0, 20.3):
    scheduler.step(epoch)
    print(scheduler.get_last_lr(), scheduler.last_epoch, scheduler.T_i, scheduler.T_cur)
follow(schedules.OneCycleLR(fresh(momentum=0.9), 1.0, total_steps=10), 9)
follow(schedules.OneCycleLR(fresh(momentum=0.9), 1.0, epochs=4, steps_per_epoch=5, three_phase=True, anneal_strategy="linear"), 19)
follow(schedules.OneCycleLR(fresh(kind=torch.optim.Adam), 1.0, total_steps=8, pct_start=0.5, div_factor=5, final_div_factor=10), 7)
follow(schedules.CyclicLR(fresh(momentum=0.9), 0.1, 0.9, step_size_up=3), 9)
follow(schedules.CyclicLR(fresh(momentum=0.9), 0.1, 0.9, step_size_up=2, step_size_down=3, mode="triangular2"), 12)
follow(schedules.CyclicLR(fresh(kind=torch.optim.Adam), 0.1, 0.9, 2, mode="exp_range", gamma=0.9), 9)
follow(schedules.ConstantLR(fresh(), 0.5, 3), 6)
follow(schedules.PolynomialLR(fresh(), 4, 2.0), 7)
follow(schedules.MultiplicativeLR(fresh(), lambda step: 0.9 if step % 2 else 1.1), 5)
optimizer = fresh()
first, second = schedules.ConstantLR(optimizer, 0.1, 2), schedules.ExponentialLR(optimizer, 0.5)
follow(schedules.SequentialLR(optimizer, [first, second], [3]), 7)
optimizer = fresh()
chained = schedules.ChainedScheduler([schedules.ConstantLR(optimizer, 0.1, 2), schedules.ExponentialLR(optimizer, 0.5)])
for _ in range(5):
    optimizer.step()
    chained.step()
    print(chained.get_last_lr())

attempt(lambda: schedules.ReduceLROnPlateau(fresh(), factor=1.5))
attempt(lambda: schedules.ReduceLROnPlateau(fresh(), mode="other"))
attempt(lambda: schedules.ReduceLROnPlateau(fresh(), threshold_mode="other"))
attempt(lambda: schedules.OneCycleLR(fresh(), 1.0))
attempt(lambda: schedules.OneCycleLR(fresh(), 1.0, total_steps=-1))
attempt(lambda: schedules.OneCycleLR(fresh(), 1.0, total_steps=5, anneal_strategy="other"))
attempt(lambda: schedules.OneCycleLR(fresh(kind=torch.optim.Adagrad), 1.0, total_steps=5))
attempt(lambda: schedules.CosineAnnealingWarmRestarts(fresh(), 0))
attempt(lambda: schedules.CosineAnnealingWarmRestarts(fresh(), 1, 0))
attempt(lambda: schedules.CyclicLR(fresh(), 0.1, 1.0, mode="other"))
attempt(lambda: schedules.ConstantLR(fresh(), 2.0))
attempt(lambda: schedules.SequentialLR(fresh(), [], []))
