"""Several threads go backward through one graph that is kept."""

import threading

import torch

x = torch.full((4,), 0.5, requires_grad=True)
y = (x.sin() * x).sum()
grads = [None] * 4


def work(index):
    grads[index] = torch.autograd.grad(y, x, retain_graph=True)[0]


threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(grads)
