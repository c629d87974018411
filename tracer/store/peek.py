"""A look at the header of a trace without reading the rest of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..message import Message
from .errors import TraceFormatError
from .frames import FILE_MAGIC, Budget, Damage, FrameType, RandomAccessFile, decode_json, scan
from .head import read_head

__all__ = ["peek_header"]

_BUDGET = 1 << 24


def peek_header(path: Path | str) -> Mapping[str, Any]:
    """What :class:`~gradtrace.tracer.store.writer.TraceWriter` was given as ``header``, and the file's format and version.

    Raises TraceFormatError when the file is no trace or has no readable header, OSError when it cannot be opened.
    """
    file = RandomAccessFile(Path(path))
    try:
        if file.read(0, len(FILE_MAGIC)) != FILE_MAGIC:
            raise TraceFormatError(Message("{path} is not a gradtrace trace", path=path))
        damage: list[Damage] = []
        for frame, body in scan(file, damage, Budget(_BUDGET)):
            if frame.type == FrameType.HEAD:
                return read_head(decode_json(body))[0]
        raise TraceFormatError(Message("{path} has no readable header", path=path))
    finally:
        file.close()
