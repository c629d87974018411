"""Summing losses keeps every graph alive: ``total += l`` against ``total += l.item()``.

In the window: show all nodes. The first loop leaves a ladder of Add boxes that grows with every step, and each rung
holds on to the graph of its loss. The second loop leaves nothing: item() gives a plain number.
"""

from typing import Any

import gradtrace.core as torch

x_data = [1.0, 2.0, 3.0]
y_data = [2.0, 4.0, 6.0]
w = torch.tensor([1.0], requires_grad=True)


def loss(x: float, y: float) -> torch.Tensor:
    return (x * w - y) ** 2


def count_nodes(node: Any) -> int:
    """How many backward functions a grad_fn keeps alive."""
    seen = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if current is not None and current not in seen:
            seen.add(current)
            stack.extend(following for following, _ in current.next_functions)
    return len(seen)


total: Any = 0
for x, y in zip(x_data, y_data, strict=True):
    l = loss(x, y)
    l.backward()
    total += l  # the mistake: total is a tensor, and part of a graph that grows
    print("sum += l        nodes alive:", count_nodes(total.grad_fn))
print(total)

total = 0
for x, y in zip(x_data, y_data, strict=True):
    l = loss(x, y)
    l.backward()
    total += l.item()
    print("sum += l.item() nodes alive: 0")
print(total)
