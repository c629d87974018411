"""Runs somebody else's program as ``python SCRIPT`` or ``python -m MODULE`` would.

The program must not notice: ``__main__``, ``sys.argv``, ``sys.path[0]``, exit status, output and tracebacks are plain
Python's.
"""

from __future__ import annotations

import builtins
import difflib
import importlib.util
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType, TracebackType

from ..._compiled import file_names
from .verb import CommandError, ProgramRaisedError

LAUNCHERS = {
    "torchrun": "[its options]",
    "torch.distributed.run": "[its options]",
    "torch.distributed.launch": "--use-env [its options]",
    "accelerate": "launch [its options]",
}
"""Programs that only start others, each in a process of its own, so that there is nothing in them to record; and their options."""


@dataclass(frozen=True)
class Program:
    """A script, or a module to be looked up when it is about to run; and its arguments."""

    name: str
    arguments: tuple[str, ...] = ()
    is_module: bool = False

    @property
    def stem(self) -> str:
        """What to call files about this program: ``train`` for ``train.py`` and for ``-m package.train``."""
        return self.name.rpartition(".")[2] if self.is_module else Path(self.name).stem

    @property
    def command(self) -> list[str]:
        """What follows ``python`` on the command line that runs it plainly."""
        return [*(["-m"] if self.is_module else []), self.name, *self.arguments]

    @property
    def short_name(self) -> str:
        """The name of the script without its folder, or of the module."""
        return self.name if self.is_module else Path(self.name).name

    def check(self) -> None:
        """Raise :class:`CommandError` when there is plainly nothing to run, or to record; imports nothing of the user's."""
        name = self.short_name
        if name in LAUNCHERS:
            launcher = f"python -m {name}" if self.is_module else name
            hint = (
                f"The other way round, each process is recorded:  {launcher} {LAUNCHERS[name]} -m gradtrace run SCRIPT [args ...]"
            )
            raise CommandError(f"{name} starts processes of its own, which would not be recorded", hint=hint)
        if self.is_module:
            self._check_module()
        else:
            self._check_script()

    def _check_script(self) -> None:
        path = Path(self.name)
        if path.is_dir():
            raise CommandError(f"{self.name} is a folder, not a script", hint=_scripts_in(path))
        if not path.exists():
            raise CommandError(f"there is no file {self.name}", hint=_similar(path))
        if not os.access(path, os.R_OK):
            raise CommandError(f"{self.name} cannot be read: permission denied")
        if path.suffix == ".gtrace":
            raise CommandError(f"{self.name} is a trace, not a script", hint=f"To look at it:  gradtrace open {self.name}")

    def _check_module(self) -> None:
        top = self.name.partition(".")[0]
        added = _set_first_path(Path.cwd())
        try:
            found = top in sys.modules or importlib.util.find_spec(top) is not None
        except (ImportError, ValueError):
            found = False
        finally:
            _restore_first_path(added)
        if not found:
            raise CommandError(f"there is no module named {top}", hint="A file is run without -m:  gradtrace run SCRIPT.py")

    def enter(self, main: ModuleType) -> CodeType:
        """Make ``main`` this program's ``__main__``, set ``sys.argv`` and ``sys.path`` to match; returns the code to execute."""
        if self.is_module:
            return self._enter_module(main)
        return self._enter_script(main)

    def _enter_script(self, main: ModuleType) -> CodeType:
        # like the interpreter, which resolves neither symbolic links nor (but on Windows) dots
        file = os.path.abspath(self.name) if os.name == "nt" else os.path.join(os.getcwd(), self.name)  # noqa: PTH100, PTH109, PTH118
        main.__file__ = file
        main.__loader__ = SourceFileLoader("__main__", file)
        main.__spec__ = None
        main.__package__ = None
        main.__dict__["__cached__"] = None
        _set_first_path(Path(os.path.realpath(self.name)).parent)
        sys.argv[:] = [self.name, *self.arguments]
        sys.modules["__main__"] = main
        return compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)

    def _enter_module(self, main: ModuleType) -> CodeType:
        _set_first_path(Path.cwd())
        sys.argv[:] = ["-m", *self.arguments]  # as Python has it while the packages around the module are imported
        spec, code = _find_module(self.name)
        main.__file__ = spec.origin
        main.__loader__ = spec.loader
        main.__spec__ = spec
        main.__package__ = spec.parent
        main.__dict__["__cached__"] = spec.cached
        sys.argv[0] = spec.origin or self.name
        sys.modules["__main__"] = main
        return code


def execute(program: Program, recording: AbstractContextManager[object]) -> None:
    """Run ``program`` in a fresh ``__main__``, to its end and that of its threads, inside ``recording``.

    Raises :class:`ProgramRaisedError` for what the program raised, ``SystemExit`` as it is. ``__main__``, ``sys.argv`` and
    ``sys.path`` stay the program's: its ``atexit`` functions and hooks are still to run.
    """
    main = ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    main.__annotations__ = {}
    try:
        with recording:
            exec(program.enter(main), main.__dict__)
            _end_threads()
    except (SystemExit, CommandError):
        raise
    except BaseException as error:  # noqa: BLE001 - it is raised again, by main
        _hide_own_frames(error)
        raise ProgramRaisedError(error) from None


def _find_module(name: str) -> tuple[ModuleSpec, CodeType]:
    """Spec and code of a module, or of a package's ``__main__``. Imports the packages around it: the program's own code."""
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(error.name + ".")):
            raise  # a package around it misses something else: the program's affair
        spec = None
    if spec is None:
        raise CommandError(f"there is no module named {name}")
    if spec.submodule_search_locations is not None:
        if name.endswith(".__main__"):
            raise CommandError(f"{name} is a package and cannot be run")
        inner = f"{name}.__main__"
        if importlib.util.find_spec(inner) is None:
            raise CommandError(f"{name} is a package without a __main__ module and cannot be run")
        return _find_module(inner)
    code = getattr(spec.loader, "get_code", lambda _: None)(name)
    if not isinstance(code, CodeType):
        raise CommandError(f"the module {name} has no Python code to run")
    return spec, code


def _set_first_path(folder: Path) -> str | None:
    """Put ``folder`` where Python puts the script's folder; returns what was there. ``python -P`` asks for no such entry."""
    if sys.flags.safe_path:
        return None
    previous = sys.path[0]
    sys.path[0] = str(folder)
    return previous


def _restore_first_path(previous: str | None) -> None:
    if previous is not None:
        sys.path[0] = previous


def _hide_own_frames(error: BaseException) -> None:
    """Let the interpreter print ``error`` with a traceback that begins in the program.

    Re-raising puts our frames back at the top of ``error.__traceback__``, so they are cut off at the last moment, in the hook.
    Everything else about the end (status, ``KeyboardInterrupt`` as a signal, a broken hook) is left to the interpreter.
    """
    traceback = _program_part(error.__traceback__)
    previous = sys.excepthook

    def show(kind: type[BaseException], value: BaseException, full: TracebackType | None) -> None:
        sys.excepthook = previous
        if value is error:
            value.__traceback__ = full = traceback
            sys.last_traceback = full
        previous(kind, value, full)

    sys.excepthook = show


def _program_part(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback without what recording put into it: frames of the tracer, and PyTorch's detour to its function mode.

    On that detour a function calls ``torch.overrides``, which calls the capture, which calls the function again.
    """
    tracer = os.path.join(str(Path(__file__).parents[1]), "")  # noqa: PTH118  a prefix needs its final separator
    compiled = file_names()
    detour = os.path.join("torch", "overrides.py")  # noqa: PTH118
    kept: list[TracebackType] = []
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if file.startswith(tracer) or file in compiled:
            if kept and kept[-1].tb_frame.f_code.co_filename.endswith(detour):
                del kept[-2:]
        elif kept or not file.startswith("<frozen importlib"):
            kept.append(traceback)
        traceback = traceback.tb_next
    if not kept:  # a syntax error: nothing of the program ran
        return None
    for frame, inner in zip(kept, [*kept[1:], None], strict=True):
        frame.tb_next = inner
    return kept[0]


def _end_threads() -> None:
    """Wait for the program's threads: what they do belongs to the recording.

    This is the function by which the interpreter itself does so before it ends; a second time it does nothing. Only there is it
    known that threads of a pool are to be told first that no more work will come, and that a thread may wait for the main one.
    """
    if threading.current_thread() is threading.main_thread():
        threading._shutdown()  # type: ignore[attr-defined]


def _similar(path: Path) -> str:
    names = [entry.name for entry in path.parent.glob("*.py")] if path.parent.is_dir() else []
    close = difflib.get_close_matches(path.name, names, n=1)
    return f"Did you mean {path.parent / close[0]}?" if close else ""


def _scripts_in(folder: Path) -> str:
    if (folder / "__main__.py").exists():
        return f"To run its __main__.py:  gradtrace run {folder / '__main__.py'}"
    names: Sequence[str] = sorted(entry.name for entry in folder.glob("*.py"))[:5]
    return f"Scripts in it: {', '.join(names)}" if names else ""
