"""The traces of one run of several processes: a file for each rank, named alike, so that they find each other again.

``run.gtrace`` becomes ``run.rank0.gtrace``, ``run.rank1.gtrace``, ... when a launcher such as ``torchrun`` has started several
processes. A worker that the launcher has restarted leaves what it recorded before alone: ``run.rank0.restart1.gtrace``.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .environment import process_place
from .store.errors import TraceError
from .store.peek import peek_header

__all__ = ["RankName", "path_of_rank", "rank_name", "short_names", "traces_of_run"]

_NAME = re.compile(r"(?P<stem>.+)\.rank(?P<rank>\d+)(?:\.restart(?P<restart>\d+))?(?P<suffix>\.[^.]+)")
_RESTARTS = "TORCHELASTIC_RESTART_COUNT"


@dataclass(frozen=True, order=True)
class RankName:
    """What the name of a rank's trace says: ``run.rank1.gtrace``. Sorts by run, rank and restart."""

    stem: str
    suffix: str
    rank: int
    restart: int = 0

    def __str__(self) -> str:
        restart = f".restart{self.restart}" if self.restart else ""
        return f"{self.stem}.rank{self.rank}{restart}{self.suffix}"


def rank_name(path: Path) -> RankName | None:
    """What the file's name says about its rank; None for a trace of a single process."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    return RankName(match["stem"], match["suffix"], int(match["rank"]), int(match["restart"] or 0))


def path_of_rank(path: Path) -> Path:
    """Where this process records when the program, the same one in every rank, asks for ``path``.

    A single process records into ``path`` itself. So does one whose ``path`` carries a rank already or is a device.
    """
    rank, size = process_place()
    if size == 1 or rank_name(path) is not None or (path.exists() and not path.is_file()):
        return path
    restart = os.environ.get(_RESTARTS, "")
    name = RankName(path.stem, path.suffix or ".gtrace", rank, int(restart) if restart.isdecimal() else 0)
    return path.with_name(str(name))


def traces_of_run(path: Path) -> list[Path]:
    """All traces of the run that ``path`` belongs to, by rank; ``[path]`` for one of a single process.

    What is left of an older run with more processes does not belong to it. A file that cannot be read does: whoever opens it is
    told why.
    """
    own = rank_name(path)
    if own is None or not path.is_file():
        return [path]
    size = _world_size(path)
    found = []
    for file in path.parent.iterdir():
        name = rank_name(file)
        if name is None or (name.stem, name.suffix) != (own.stem, own.suffix) or not file.is_file():
            continue
        if file.name == path.name or (size in (0, _world_size(file)) and name.rank < (size or math.inf)):
            found.append((name, path.with_name(file.name)))
    return [file for _, file in sorted(found)]


def short_names(paths: Sequence[Path]) -> list[str]:
    """What to call traces that are looked at together: ``rank 0``, ``rank 1`` within one run, else what tells the files apart."""
    ranks = [name for path in paths if (name := rank_name(path)) is not None]
    runs = {(path.parent, name.stem) for path, name in zip(paths, ranks, strict=False)}
    if len(ranks) == len(paths) and len(runs) == 1:
        return [f"rank {name.rank}" + (f", restart {name.restart}" if name.restart else "") for name in ranks]
    names = [path.name for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def _world_size(path: Path) -> int:
    """How many processes the run had, as the file's head says; 0 when it does not."""
    try:
        size = peek_header(path).get("world_size", 0)
    except (TraceError, OSError):
        return 0
    return size if isinstance(size, int) else 0
