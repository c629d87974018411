"""Programs that start two processes themselves, which know their rank from an argument: ``python rank_programs.py KIND FOLDER``.

Each process records into ``FOLDER/run.gtrace``, before it joins the group.
"""

import multiprocessing
import os
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import gradtrace
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.distributed import init_process_group
from torch.nn.parallel import DistributedDataParallel


def train(rank: int, size: int, meeting: str, kind: str) -> None:
    options: dict[str, Any] = {"init_method": f"file://{meeting}"}
    if kind == "store":
        options = {"store": dist.FileStore(meeting, size)}
    torch.manual_seed(0)
    before = torch.ones(2, requires_grad=True)
    before.sum().backward()
    init_process_group("gloo", rank=rank, world_size=size, **options)
    os.chdir("/")  # where the trace is does not depend on it
    model = DistributedDataParallel(nn.Linear(3, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        model(torch.full((2, 3), float(rank + 1))).sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    dist.destroy_process_group()


def work(rank: int, size: int, meeting: str, kind: str, folder: str) -> None:
    os.chdir(folder)
    options: dict[str, Any] = {"keep_last": 2, "always": True} if kind == "flight" else {}
    with gradtrace.record("run.gtrace", **options) as recording:
        train(rank, size, meeting, kind)
        assert recording.path.name == f"run.rank{rank}.gtrace"


def alone(number: int, folder: str, begun: Any, over: Any) -> None:
    """No group at all: two processes that record under one name."""
    with gradtrace.record(f"{folder}/run.gtrace"):
        torch.full((2,), float(number), requires_grad=True).sum().backward()
        begun.wait(60)
        gradtrace.dump()
        over.wait(60)


def main(kind: str, folder: str) -> None:
    meeting = str(Path(mkdtemp(dir=folder)) / "meeting")
    if kind == "spawn":
        mp.spawn(work, args=(2, meeting, kind, folder), nprocs=2)
        return
    context = multiprocessing.get_context("spawn" if kind == "alone" else "fork")
    begun, over = context.Barrier(2), context.Barrier(2)
    processes = [
        context.Process(target=alone, args=(number, folder, begun, over))
        if kind == "alone"
        else context.Process(target=work, args=(number, 2, meeting, kind, folder))
        for number in (0, 1)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    sys.exit(max(abs(process.exitcode or 0) for process in processes))


if __name__ == "__main__":
    main(*sys.argv[1:])
