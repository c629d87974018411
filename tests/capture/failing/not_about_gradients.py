"""An exception that has nothing to do with gradients gets no notes."""

import torch

weight = torch.ones(3, requires_grad=True)
(weight * 2).sum().backward()
{}["learning_rate"]
