"""``gradtrace samples``: list the sample programs; show, record or copy one."""

from __future__ import annotations

import argparse
import importlib.util
import shutil
from pathlib import Path

from ...samples import PYTORCH_SAMPLES, SAMPLES, Sample, UnknownSampleError, find
from .program import Program
from .run import SUFFIX, record_program
from .verb import OK, CommandError, Verb
from .viewer import ViewerFactory


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``gradtrace samples``."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="print this sample; without a name: list them all")
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--run", dest="record", action="store_true", help="run it and record it into NAME.gtrace, here")
    doing.add_argument(
        "--copy", type=Path, metavar="DIR", help="copy it into this folder, to change it (without a name: copy them all)"
    )


def run(args: argparse.Namespace, viewer: ViewerFactory) -> int:  # noqa: ARG001 - every verb is called alike
    """List, show, record or copy."""
    if args.name is None:
        if args.record:
            raise CommandError("which sample? name one to run it", hint="To see them:  gradtrace samples")
        return _list() if args.copy is None else _copy((*SAMPLES, *PYTORCH_SAMPLES), args.copy)
    sample = find_sample(args.name)
    if args.copy is not None:
        return _copy((sample,), args.copy)
    if args.record:
        check_needs(sample)
        record_program(Program(str(sample.path)), Path(sample.name + SUFFIX))
        return OK
    print(sample.path.read_text(encoding="utf-8"), end="")
    return OK


def find_sample(name: str) -> Sample:
    """The sample of this name. Raises :class:`CommandError` that names near ones."""
    try:
        return find(name)
    except UnknownSampleError as error:
        raise CommandError(str(error), hint="To see them:  gradtrace samples") from error


def check_needs(sample: Sample) -> None:
    """Raise :class:`CommandError` when a sample needs a library that is not installed. Imports nothing."""
    if sample.needs and importlib.util.find_spec(sample.needs) is None:
        raise CommandError(f"the sample {sample.name} needs {sample.needs}, which is not installed", hint="Try:  pip install torch")


def _list() -> int:
    width = max(len(sample.name) for sample in (*SAMPLES, *PYTORCH_SAMPLES))
    for heading, samples in (("", SAMPLES), ("\nFor PyTorch (they need torch):", PYTORCH_SAMPLES)):
        if heading:
            print(heading)
        for sample in samples:
            ending = f"  (ends with {sample.expected_error})" if sample.expected_error else ""
            print(f"{sample.name:{width}}  {sample.title}{ending}")
    print("\nTo record one:  gradtrace samples NAME --run      To look at one in the window:  gradtrace demo NAME")
    return OK


def _copy(samples: tuple[Sample, ...], folder: Path) -> int:
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder} is not a folder")
    taken = [sample.path.name for sample in samples if (folder / sample.path.name).exists()]
    if taken:
        raise CommandError(f"{folder} already has {', '.join(taken)}; nothing was copied")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for sample in samples:
            print(shutil.copyfile(sample.path, folder / sample.path.name))
    except OSError as error:
        raise CommandError(f"cannot copy into {folder}: {error.strerror or error}") from error
    return OK


VERB = Verb(add_arguments, run, "List the sample programs; show one, record it, or copy it to change it.")
