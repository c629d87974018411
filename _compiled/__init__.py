"""Modules that exist twice: as Python, and compiled from that same Python where a C compiler was found.

:data:`MODULES` lists them. ``setup.py`` compiles each into this folder, under a name that carries the fingerprint of all their
sources; :func:`install` makes ``import`` find them there. They are used together or not at all, and only while the sources are the
ones they were made of: a module that was edited since runs as Python, and so do all others, until ``make compile``. The environment
variable ``GRADTRACE_PURE=1`` does without them. What a program sees is the same either way, but for the time it takes.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

__all__ = ["MODULES", "file_names", "file_stem", "fingerprint", "install", "sources", "state"]

MODULES: tuple[str, ...] = (
    "core.announce",
    "core.blanks",
    "core.fast_templates",
    "core.numpy_calls",
    "core.plain_run",
    "core.product_template",
    "core.saved",
    "core.templates",
    "tracer.capture.torch.calls",
    "tracer.capture.torch.fresh_saves",
    "tracer.capture.torch.graph",
    "tracer.capture.torch.identity",
    "tracer.capture.torch.loaded",
    "tracer.capture.torch.modules",
    "tracer.capture.torch.nodes",
    "tracer.capture.torch.passes",
    "tracer.capture.torch.saved",
    "tracer.capture.torch.session",
    "tracer.capture.torch.writes",
    "tracer.causes",
    "tracer.event_log",
    "tracer.recorder",
    "tracer.statistics",
    "tracer.threads",
    "tracer.user_stack",
    "tracer.weak",
)
"""What is compiled: modules of gradtrace, without the package's name."""

DESCRIBED: tuple[str, ...] = (
    "core.node",
    "core.tensor",
    "core.tensor_base",
    "core.tensor_hooks",
    "core.tensor_values",
)
"""What stays Python, and of which compiled modules know what its objects look like."""

PURE = "GRADTRACE_PURE"
"""The environment variable that switches compiled modules off."""

_HERE = Path(__file__).parent
_ROOT = _HERE.parent
_SOURCE_SUFFIXES = (".py", ".pyx", ".pxd")


def sources(root: Path = _ROOT) -> Iterator[Path]:
    """Every file that the compiled modules are made of."""
    for module in (*MODULES, *DESCRIBED):
        for suffix in _SOURCE_SUFFIXES:
            path = root.joinpath(*module.split(".")).with_suffix(suffix)
            if path.exists():
                yield path


def file_names() -> frozenset[str]:
    """What compiled modules are called in tracebacks."""
    return frozenset(f"gradtrace/{module.replace('.', '/')}{suffix}" for module in MODULES for suffix in (".py", ".pyx"))


def fingerprint(root: Path = _ROOT) -> str:
    """Characters that change with any of the sources."""
    length = checksum = 0
    for path in sources(root):
        content = path.relative_to(root).as_posix().encode() + path.read_bytes()
        length += len(content)
        checksum = zlib.crc32(content, checksum)
    return f"{checksum:08x}{length:x}"


def file_stem(module: str, of_sources: str) -> str:
    """The name, without suffix, of the file with ``module`` compiled from sources of that fingerprint."""
    return f"{module.replace('.', '_')}_{of_sources}"


def state() -> str:
    """For people: whether compiled modules are in use, and if not, why."""
    if _files is not None:
        return "in use"
    if os.environ.get(PURE, "") not in ("", "0"):
        return f"switched off by {PURE}"
    if any(path.suffix in (".so", ".pyd") for path in _HERE.iterdir()):
        return "out of date, not used (sources have changed, or another Python is running): make compile"
    return "not built: make compile (needs a C compiler and Cython)"


def install() -> None:
    """Use the compiled modules from now on, if they are there and up to date."""
    global _files
    if _files is None and MODULES and os.environ.get(PURE, "") in ("", "0"):
        _files = _find()
        if _files is not None:
            sys.meta_path.insert(0, _Finder)


_files: dict[str, Path] | None = None


def _find() -> dict[str, Path] | None:
    """The file of each module, by full name; None unless all are there."""
    package = __name__.rpartition(".")[0]
    present = {path.name: path for path in _HERE.iterdir()}
    of_sources = fingerprint()
    found = {}
    for module in MODULES:
        stem = file_stem(module, of_sources)
        path = next((present[stem + suffix] for suffix in EXTENSION_SUFFIXES if stem + suffix in present), None)
        if path is None:
            return None
        found[f"{package}.{module}"] = path
    return found


class _Finder:
    """Finds compiled modules under the names of those they are made of."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The protocol of ``sys.meta_path``."""
        del path, target
        file = _files.get(name) if _files is not None else None
        return spec_from_file_location(name, file, loader=ExtensionFileLoader(name, str(file))) if file is not None else None
