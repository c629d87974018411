"""Names along a chain, through next_functions."""

import torch

x = torch.tensor([0.5, 1.5], requires_grad=True)
y = ((x.exp() * x.sin()) + x.cos()).log().sum()
node = y.grad_fn
while node is not None:
    print(type(node).__name__, node.name())
    node = node.next_functions[0][0] if node.next_functions else None
