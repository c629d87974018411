"""``gradtrace run torchrun ... train.py``: what records is put between the launcher and each of the processes that it starts."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from .program import Program, execute
from .verb import CommandError

__all__ = ["UNDERSTOOD", "launch"]

UNDERSTOOD = ("torchrun", "torch.distributed.run")
"""The launchers whose command line can be taken apart."""

_PARSER = "torch.distributed.run"
_OWN = ("help", "module", "program")


def launch(program: Program, args: argparse.Namespace) -> None:
    """Run a launcher, unrecorded, so that each process it starts is ``gradtrace run`` with the options of ``args``.

    Raises :class:`CommandError` when the launcher is not there, or starts something that is no Python program.
    """
    try:
        parser = importlib.import_module(_PARSER)
    except ImportError as error:
        raise CommandError(f"{program.short_name} needs PyTorch, which cannot be imported: {error}") from error
    words = list(program.arguments)
    parsed = parser.parse_args(words)
    if parsed.no_python or getattr(parsed, "run_path", False):
        raise CommandError(
            f"with {'--no-python' if parsed.no_python else '--run-path'} {program.short_name} starts something else than Python",
            hint="Put  gradtrace run  in front of the program itself.",
        )
    place = len(words) - len(parsed.training_script_args) - 1
    module = ["-m"] if parsed.module else []
    own = ["gradtrace", "run", *_options(args), *module, parsed.training_script, *parsed.training_script_args]
    execute(Program(_PARSER, (*words[:place], *([] if parsed.module else ["-m"]), *own), is_module=True), nullcontext())


def _options(args: argparse.Namespace) -> Sequence[str]:
    """The options that ``args`` were made of, but for defaults."""
    words: list[str] = []
    parser: Any = args.parser
    for action in parser._actions:
        value = getattr(args, action.dest, None)
        if not action.option_strings or action.dest in _OWN or value == action.default:
            continue
        option = max(action.option_strings, key=len)
        if action.nargs == 0:
            words.append(option)
        else:
            words += [word for one in (value if isinstance(value, list) else [value]) for word in (option, str(one))]
    return words
