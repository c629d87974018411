"""Small programs to record and look at, each showing one thing.

Every file is a plain script written as for PyTorch: it imports ``gradtrace.core as torch``, and runs on PyTorch itself
when that name is swapped; those in ``pytorch`` are for PyTorch alone. The first line of its docstring is the title; the
next paragraph says what to look at in the window; a last line ``Ends with RuntimeError.`` says that the program is meant
to fail, which is then what there is to debug.

:data:`SAMPLES` and :data:`PYTORCH_SAMPLES` are read from the files' docstrings, without importing them.
"""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import dataclass
from pathlib import Path

_ENDS_WITH = re.compile(r"^Ends with (\w+)\.$", re.MULTILINE)


class UnknownSampleError(LookupError):
    """There is no sample of this name; the message lists near ones, or all."""


@dataclass(frozen=True)
class Sample:
    """One program: its name (the file's, without ``.py``), title, what to look at, and how it ends.

    ``needs`` is the library it does not run without, or ``""``.
    ``expected_error`` is the name of the exception that ends it, or ``""``; ``expected_exit`` the interpreter's exit status.
    """

    name: str
    title: str
    description: str
    path: Path
    expected_error: str
    needs: str = ""

    @property
    def expected_exit(self) -> int:
        """0, or 1 for a program that ends with an exception."""
        return 1 if self.expected_error else 0


def _read(path: Path, needs: str = "") -> Sample:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if not docstring:
        raise ValueError(f"{path}: a sample needs a docstring whose first line is its title")
    title, _, rest = docstring.partition("\n")
    error = _ENDS_WITH.search(rest)
    return Sample(
        name=path.stem,
        title=title.rstrip("."),
        description=_ENDS_WITH.sub("", rest).strip(),
        path=path,
        expected_error=error[1] if error else "",
        needs=needs,
    )


_FOLDER = Path(__file__).parent

SAMPLES: tuple[Sample, ...] = tuple(_read(path) for path in sorted(_FOLDER.glob("[!_]*.py")))
"""The samples that run on gradtrace's own core, sorted by name."""

PYTORCH_SAMPLES: tuple[Sample, ...] = tuple(_read(path, "torch") for path in sorted((_FOLDER / "pytorch").glob("[!_]*.py")))
"""The samples that need PyTorch, sorted by name; their names are different from those above."""


def find(name: str) -> Sample:
    """The sample of this name; ``-`` counts as ``_``, and a ``.py`` at the end is ignored. Raises :class:`UnknownSampleError`."""
    wanted = name.removesuffix(".py").replace("-", "_")
    by_name = {sample.name: sample for sample in (*SAMPLES, *PYTORCH_SAMPLES)}
    if wanted in by_name:
        return by_name[wanted]
    near = difflib.get_close_matches(wanted, by_name, n=3) or [one for one in by_name if wanted and wanted in one]
    hint = f"did you mean {' or '.join(near)}?" if near else f"the samples are: {', '.join(by_name)}"
    raise UnknownSampleError(f"there is no sample '{name}'; {hint}")
