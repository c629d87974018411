"""Replicas drift apart: one loss goes around DistributedDataParallel, and nobody averages its gradients.

Two processes, started by torchrun, are recorded into a trace each; compared, they have different gradients at the third step of the
optimizer. From there on every rank trains a model of its own, without a word from PyTorch. (Run as it is, in a single process, it
has nobody to part from.)

In the window: the list beside the passes has the ranks, and going over to another keeps the place. At the end of each pass but the
third the hooks of DistributedDataParallel put the average into every .grad.
"""

import os

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

if "RANK" in os.environ:  # torchrun has started this process
    dist.init_process_group("gloo")
else:
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)  # type: ignore[attr-defined]
rank = dist.get_rank()


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Linear(2, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(torch.tanh(self.encoder(x)))


torch.manual_seed(0)  # the same parameters in every rank
net = DistributedDataParallel(Net())
optimizer = torch.optim.SGD(net.parameters(), lr=0.5)

torch.manual_seed(1 + rank)  # and its own data
for step in range(4):
    points = torch.randn(16, 2)
    labels = (points[:, 0] * points[:, 1] > 0).long()
    model = net.module if step == 2 else net  # the mistake: net.module is not a replica, only what it wraps
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(points), labels)
    loss.backward()
    optimizer.step()
    print(f"rank {rank}, step {step}: loss {loss.item():.4f}, head.bias {net.module.head.bias.tolist()}", flush=True)

dist.destroy_process_group()
