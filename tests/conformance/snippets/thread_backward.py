"""Several threads go forward and backward at once, into the same leaf."""

import threading

import torch

x = torch.ones(50, requires_grad=True)


def work(factor):
    for _ in range(20):
        ((x * factor) ** 2).sum().backward()  # whole numbers: their sum is the same in any order


threads = [threading.Thread(target=work, args=(factor,)) for factor in (1.0, 2.0, 3.0, 4.0)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(x.grad[:3], x.grad.sum())
