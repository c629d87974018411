"""The printed form of modules, as PyTorch lays it out."""

from __future__ import annotations


def format_module(name: str, extra: str, children: list[str]) -> str:
    """``Name(extra)`` on one line, or with the children below each other."""
    lines = extra.split("\n") if extra else []
    if not children and len(lines) <= 1:
        return f"{name}({extra})"
    return f"{name}(\n  " + "\n  ".join(lines + children) + "\n)"


def indented(text: str) -> str:
    """``text`` as it stands inside a module: every line but the first two columns further in."""
    return text.replace("\n", "\n  ")
