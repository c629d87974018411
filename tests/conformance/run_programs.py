"""Run programs on one of the two libraries and print what they did as JSON.

    python run_programs.py torch PROGRAM.py ...
    python run_programs.py gradtrace.core PROGRAM.py ...

The programs are written for either side; only the name they import is swapped. One process runs all of them, each from a fresh
state: seed 0, gradients on, default print options and dtype. Recorded are the printed text, the warnings, the exception that
escaped with its line, and, of every tensor left in a global variable, what autograd says about it.
"""

import contextlib
import importlib
import io
import json
import re
import sys
import traceback
import warnings
from pathlib import Path

IMPORT = re.compile(r"^import (?:gradtrace\.core|torch)( as \w+)?$", re.MULTILINE)


def swap_import(source, module):
    """The program's source with its ``import torch`` (or ``import gradtrace.core as torch``) turned to ``module``."""
    return IMPORT.sub(lambda match: f"import {module}{match[1] or ' as torch'}", source, count=1)


def reset(library):
    """Put back what an earlier program may have changed."""
    library.manual_seed(0)
    library.set_grad_enabled(True)
    library.set_default_dtype(library.float32)
    library.set_printoptions(profile="default")


def describe(tensor):
    """What autograd says about a tensor; a view that may not be used any more answers with an error."""
    try:
        grad_fn = tensor.grad_fn
    except RuntimeError as error:
        return {"error": str(error)}
    return {
        "shape": str(tensor.shape),
        "dtype": str(tensor.dtype),
        "requires_grad": tensor.requires_grad,
        "is_leaf": tensor.is_leaf,
        "grad_fn": None if grad_fn is None else type(grad_fn).__name__,
        "version": None if tensor.is_inference() else tensor._version,
        "grad": str(tensor.grad) if tensor.is_leaf else "",
    }


def run(path, module, library):
    """Run one program; see the module's docstring for what is returned."""
    reset(library)
    code = compile(swap_import(path.read_text(encoding="utf-8"), module), str(path), "exec")
    names = {"__name__": "__main__"}
    printed, error, line = io.StringIO(), None, None
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            exec(code, names)
        except Exception as exception:  # noqa: BLE001  (whatever it is, it is what is compared)
            error = f"{type(exception).__name__}: {exception}"
            line = [frame.lineno for frame in traceback.extract_tb(exception.__traceback__) if frame.filename == str(path)][-1]
    return {
        "printed": printed.getvalue(),
        "error": error,
        "line": line,
        "warnings": [f"{one.category.__name__}: {one.message}" for one in caught],
        "tensors": {name: describe(value) for name, value in names.items() if isinstance(value, library.Tensor)},
    }


def main(module, paths):
    library = importlib.import_module(module)
    if module == "torch":
        library.set_warn_always(True)  # else its C++ side warns once per process, whichever program comes first
        library.set_num_threads(1)
    results = {}
    for path in map(Path, paths):
        sys.path.insert(0, str(path.parent))
        results[path.stem] = run(path, module, library)
        sys.path.pop(0)
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
