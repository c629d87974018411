"""What a recording can be asked to do with a library."""

from __future__ import annotations

from typing import Literal, get_args

__all__ = ["COMPILE", "Compile"]

Compile = Literal["opaque", "eager"]
"""What becomes of compiled code while recording: it runs as it does alone, unseen; or it runs uncompiled and is recorded."""

COMPILE: tuple[Compile, ...] = get_args(Compile)
