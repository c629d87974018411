"""Each thread has its own modes and saved-tensor hooks."""

import threading

import torch

x = torch.ones(2, requires_grad=True)
found = []


def work():
    found.append(torch.is_grad_enabled())
    with torch.no_grad():
        found.append((x * 2).requires_grad)
    found.append((x * 2).requires_grad)


with torch.no_grad(), torch.autograd.graph.saved_tensors_hooks(lambda t: 1 / 0, lambda t: t):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    found.append(torch.is_grad_enabled())
print(found)
