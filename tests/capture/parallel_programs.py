"""Run by each of two processes: models whose parameters are spread over them, alone and recorded; both must compute the same.

``python parallel_programs.py FOLDER`` records into ``FOLDER/NAME.gtrace``, and writes what differed beside it.
"""

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import gradtrace
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FullyShardedDataParallel, fully_shard
from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel, parallelize_module

Result = list[tuple[str, bytes]]


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up, self.down = nn.Linear(4, 8), nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(self.up(x).relu())


def own(tensor: Any) -> bytes:
    """The part of a tensor that this process has."""
    return getattr(tensor, "_local_tensor", tensor).detach().numpy().tobytes()


def train(model: nn.Module, seed: int) -> Result:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    generator = torch.Generator().manual_seed(seed)
    found: Result = []
    for step in range(3):
        optimizer.zero_grad()
        loss = model(torch.randn(5, 4, generator=generator)).square().mean()
        loss.backward()
        found.append((f"loss {step}", own(loss)))
        found += [(f"gradient {step}", own(parameter.grad)) for parameter in model.parameters()]
        optimizer.step()
    return found + [("parameter", own(parameter)) for parameter in model.parameters()]


def fully_sharded(**options: Any) -> Result:
    torch.manual_seed(0)
    model = Network()
    mesh = init_device_mesh("cpu", (2,))
    for part in (model.up, model.down, model):
        fully_shard(part, mesh=mesh, **options)
    return train(model, dist.get_rank())


def flattened() -> Result:
    torch.manual_seed(0)
    return train(FullyShardedDataParallel(Network(), device_id=torch.device("cpu")), dist.get_rank())


def tensor_parallel() -> Result:
    torch.manual_seed(0)
    plan = {"up": ColwiseParallel(), "down": RowwiseParallel()}
    return train(parallelize_module(Network(), init_device_mesh("cpu", (2,)), plan), 0)


PROGRAMS: dict[str, tuple[Callable[[], Result], str]] = {
    "fully_sharded": (fully_sharded, "values"),
    "kept_whole": (lambda: fully_sharded(reshard_after_forward=False), "stats"),
    "structure": (fully_sharded, "structure"),
    "flattened": (flattened, "values"),
    "tensor_parallel": (tensor_parallel, "values"),
}


def main(folder: Path) -> None:
    meeting = dist.FileStore(str(folder / "meeting"), 2)  # no port that another process could take meanwhile
    rank, world_size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    dist.init_process_group("gloo", store=meeting, rank=rank, world_size=world_size, timeout=timedelta(minutes=5))
    differences = []
    for name, (program, level) in PROGRAMS.items():
        alone = program()
        with gradtrace.record(folder / f"{name}.gtrace", level=level) as recording:
            recorded = program()
        if not recording.events or recording.failure:
            differences.append(f"{name}: was not recorded {recording.failure}")
        differences += [f"{name}: {what}" for (what, one), (_, other) in zip(alone, recorded, strict=True) if one != other]
    (folder / f"differences.{rank}").write_text("\n".join(differences))
    dist.destroy_process_group()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
