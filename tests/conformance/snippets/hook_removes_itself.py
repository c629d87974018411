"""Hooks that remove themselves or each other while running."""

import torch

handles = []


def first(gradient):
    print("first")
    handles[0].remove()


def second(gradient):
    print("second")
    handles[2].remove()


def third(gradient):
    print("third")


x = torch.ones(1, requires_grad=True)
handles += [x.register_hook(function) for function in (first, second, third)]
for _ in range(3):
    x.sum().backward()
    print("--")
handles[1].remove()
handles[1].remove()
with x.register_hook(lambda g: print("within")):
    x.sum().backward()
x.sum().backward()
