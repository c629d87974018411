"""Starting a recording for the command line: each way it can fail becomes one clear sentence."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ..ranks import path_of_rank
from ..record import Recording, record
from ..store.errors import TraceError
from .verb import CommandError, naming


def open_recording(stack: ExitStack, output: Path, *, script: Path | None, **options: Any) -> Recording:
    """Enter a recording into ``output``, or this rank's file of that name, on ``stack`` and return it.

    ``options`` are those of :func:`gradtrace.record`. A recording that the program begins itself takes over while it lasts.

    Raises :class:`CommandError` when nothing can be written there.
    """
    output = path_of_rank(output)
    if output.is_dir():
        raise CommandError(f"cannot write the trace: {output} is a folder", hint=f"Try:  -o {output / 'run.gtrace'}")
    if script is not None and output.exists() and output.samefile(script):
        raise CommandError(f"the trace would overwrite the script {script}")
    if output.exists() and output.suffix != ".gtrace" and not os.path.samestat(output.stat(), Path(os.devnull).stat()):
        raise CommandError(
            f"{output} exists and is not a trace; it stays as it is", hint=f"Try:  -o {output.with_suffix('.gtrace')}"
        )
    try:
        recording = record(output, **options)
        recording.gives_way = recording.quiet = True
        return stack.enter_context(recording)
    except TraceError as error:
        raise CommandError(naming(output, str(error))) from error
    except OSError as error:
        raise CommandError(f"cannot write the trace {output}: {error.strerror or error}") from error
