"""Run by each of several processes: every way to use DistributedDataParallel, alone and recorded; both must compute the same.

``python ddp_programs.py FOLDER`` records into ``FOLDER/NAME.gtrace`` and writes what differed into ``FOLDER/differences.RANK``. At
the end rank 1 fails, recorded into ``FOLDER/failing.gtrace``.
"""

import contextlib
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import gradtrace
import torch
import torch.distributed as dist
from tensor_bytes import bytes_of
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

Result = list[tuple[str, bytes]]


class TwoHeads(nn.Module):
    """The second head is used by the ranks that ``used_by`` names."""

    def __init__(self, used_by: frozenset[int]) -> None:
        super().__init__()
        self.body = nn.Linear(3, 4)
        self.first, self.second = nn.Linear(4, 1), nn.Linear(4, 1)
        self.used_by = used_by

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.body(x).tanh()
        out = self.first(hidden)
        return out + self.second(hidden) if dist.get_rank() in self.used_by else out


def train(model: nn.Module, steps: int = 3, accumulate: bool = False) -> Result:
    """A few steps on data of this rank's own; every loss, gradient and parameter as bytes."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    generator = torch.Generator().manual_seed(dist.get_rank())
    found: Result = []
    for step in range(steps):
        optimizer.zero_grad()
        for part in range(2 if accumulate else 1):
            context = model.no_sync() if accumulate and part == 0 else contextlib.nullcontext()
            with context:
                loss = model(torch.randn(5, 3, generator=generator)).square().mean()
                loss.backward()
            found.append((f"loss {step}.{part}", bytes_of(loss.detach())))
        for name, parameter in model.named_parameters():
            gradient = b"none" if parameter.grad is None else bytes_of(parameter.grad)
            found.append((f"gradient of {name} {step}", gradient))
        optimizer.step()
    return found + [(name, bytes_of(parameter.detach())) for name, parameter in model.named_parameters()]


def plain(**options: object) -> nn.Module:
    torch.manual_seed(0)
    module = TwoHeads(frozenset({0, 1})) if not options.get("find_unused_parameters") else TwoHeads(frozenset({1}))
    return DistributedDataParallel(module, **options)


def halved(state: object, bucket: dist.GradBucket) -> torch.futures.Future[Tensor]:
    """A communication hook: the sum over all ranks, halved."""
    work = dist.all_reduce(bucket.buffer(), async_op=True)
    return work.get_future().then(lambda done: done.value()[0] / 2)


def with_communication_hook() -> Result:
    model = plain()
    model.register_comm_hook(None, halved)
    return train(model)


PROGRAMS: dict[str, Callable[[], Result]] = {
    "plain": lambda: train(plain()),
    "no_sync": lambda: train(plain(), accumulate=True),
    "bucket_view": lambda: train(plain(gradient_as_bucket_view=True)),
    "small_buckets": lambda: train(plain(bucket_cap_mb=1e-5)),
    "unused": lambda: train(plain(find_unused_parameters=True)),
    "static_graph": lambda: train(plain(static_graph=True)),
    "communication_hook": with_communication_hook,
}
LEVELS = ("structure", "stats")


def main(folder: Path) -> None:
    meeting = dist.FileStore(str(folder / "meeting"), 2)  # no port that another process could take meanwhile
    rank, world_size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    dist.init_process_group("gloo", store=meeting, rank=rank, world_size=world_size, timeout=timedelta(minutes=5))
    differences = []
    for name, program, level in [
        *((name, PROGRAMS[name], "values") for name in PROGRAMS),
        *((level, PROGRAMS["plain"], level) for level in LEVELS),
    ]:
        alone = program()
        with gradtrace.record(folder / f"{name}.gtrace", level=level) as recording:
            recorded = program()
        if not recording.events or recording.failure:
            differences.append(f"{name}: was not recorded {recording.failure}")
        differences += [f"{name}: {what}" for (what, one), (_, other) in zip(alone, recorded, strict=True) if one != other]
    (folder / f"differences.{dist.get_rank()}").write_text("\n".join(differences))
    model = plain()
    with contextlib.suppress(RuntimeError), gradtrace.record(folder / "failing.gtrace"):
        train(model, steps=1)
        weights = model(torch.ones(2, 3)).exp()
        if dist.get_rank() == 1:
            weights += 1  # exp() has saved it
        weights.sum().backward()  # raises in rank 1, which goes, and so in rank 0, which waits for it


if __name__ == "__main__":
    main(Path(sys.argv[1]))
