"""`gradtrace run` beside plain `python`: the program and whoever started it must not see a difference."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NOISE = "gradtrace: "


def comparable(text: str) -> str:
    """``text`` less what gradtrace adds (notes, and where the trace is), and with addresses made equal."""
    lines = (line for line in text.splitlines(keepends=True) if not line.startswith(NOISE))
    return re.sub(r"0x[0-9a-f]+", "0x…", "".join(lines))


PROGRAMS = {
    "prints": "print('out')\nimport sys\nprint('err', file=sys.stderr)\n",
    "raises": "def inner():\n    return 1 / 0\n\ndef outer():\n    inner()\n\nouter()\n",
    "raises_in_core": (
        "import gradtrace.core as torch\n"
        "x = torch.tensor(2.0, requires_grad=True)\n"
        "y = x * x\n"
        "y.backward()\n"
        "try:\n"
        "    y.backward()\n"
        "except RuntimeError as error:\n"
        "    print(type(error).__name__, str(error)[:40])\n"
        "torch.tensor([1.0, 2.0], requires_grad=True).backward()\n"
    ),
    "chained": "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('b') from error\n",
    "during_handling": "try:\n    {}['a']\nexcept KeyError:\n    undefined_name\n",
    "group": "raise ExceptionGroup('several', [ValueError(1), TypeError(2)])\n",
    "base_exception": "class Stop(BaseException): ...\nraise Stop('now')\n",
    "assertion": "assert 1 == 2, 'no'\n",
    "syntax_error": "x = 1\ny = = 2\n",
    "indentation_error": "if True:\nprint(1)\n",
    "syntax_error_in_import": "import broken\n",
    "missing_import": "import not_there_at_all\n",
    "exit_0": "import sys\nsys.exit(0)\n",
    "exit_none": "import sys\nsys.exit()\n",
    "exit_3": "import sys\nprint('before')\nsys.exit(3)\n",
    "exit_string": "import sys\nsys.exit('no data')\n",
    "exit_tuple": "raise SystemExit((1, 2))\n",
    "exit_true": "raise SystemExit(True)\n",
    "exit_256": "raise SystemExit(256)\n",
    "exit_builtin": "exit(4)\n",
    "os_exit": "import os, sys\nsys.stdout.write('flushed')\nsys.stdout.flush()\nos._exit(5)\n",
    "keyboard_interrupt": "raise KeyboardInterrupt\n",
    "killed_by_signal": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n",
    "atexit": "import atexit\natexit.register(lambda: print('bye'))\nraise ValueError('x')\n",
    "own_excepthook": "import sys\nsys.excepthook = lambda kind, value, tb: print(kind.__name__, value, tb.tb_lineno)\n1 / 0\n",
    "thread": (
        "import threading\n"
        "def late():\n    threading.main_thread().join()\n    print('late')\n"
        "threading.Thread(target=late).start()\nprint('main done')\n"
    ),
    "thread_of_a_pool": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "pool = ThreadPoolExecutor(1)\n"
        "print(pool.submit(lambda: 'in the pool').result())\n"
    ),
    "main_guard": "if __name__ == '__main__':\n    print('main')\n",
    "dunders": (
        "print(__name__, __file__, __doc__, __package__, __spec__, type(__loader__).__name__, __builtins__)\n"
        "print(sorted(globals()))\n"
    ),
    "docstring": "'''About this.'''\nprint(__doc__)\n",
    "argv": "import sys\nprint(sys.argv)\nprint(sys.path[0])\n",
    "main_module": "import sys\nx = 5\nprint(sys.modules['__main__'].x, sys.modules['__main__'].__dict__ is globals())\n",
    "future_import": "def f(x: undefined): ...\n",
    "annotations": "x: int = 3\nprint(__annotations__)\n",
    "encoding": "# -*- coding: latin-1 -*-\nprint('ascii here')\n",
    "pickle": "import pickle\nclass A: ...\nprint(type(pickle.loads(pickle.dumps(A()))) is A, A.__module__)\n",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: 'int' = 1\nprint(P())\n",
    "inspect": "import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))\n",
    "reads_input": "import sys\nprint(repr(sys.stdin.read()))\n",
    "closes_stdout": "import sys\nprint('x')\nsys.stdout.flush()\nsys.stdout.close()\n",
    "closed_stderr": "import sys\nsys.stderr.close()\n",
    "warns": "import warnings\nwarnings.warn('careful')\n",
    "unraisable": "class A:\n    def __del__(self):\n        raise ValueError('in del')\nA()\n",
    "multiprocessing": (
        "import multiprocessing\n"
        "def double(x):\n    return 2 * x\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(double, [1, 2]))\n"
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_script_runs_as_under_python(name: str, python: Any, gradtrace: Any, script: Callable[..., Path]) -> None:
    script("def f(:\n", name="broken.py")
    script(PROGRAMS[name])
    # A process that tracks semaphores may find a program ended between unlinking one and saying so: Python's own race.
    env = {"PYTHONWARNINGS": "ignore:resource_tracker"}
    plain = python("train.py", "--lr", "0.1", "--", "-x", env=env)
    traced = gradtrace("run", "train.py", "--lr", "0.1", "--", "-x", env=env)
    assert traced.status == plain.status
    assert traced.out == plain.out
    assert comparable(traced.err) == comparable(plain.err)


def test_a_broken_excepthook_is_reported_as_by_python(python: Any, gradtrace: Any, script: Callable[..., Path]) -> None:
    script("import sys\ndef hook(kind, value, tb):\n    raise TypeError('broken')\nsys.excepthook = hook\n1 / 0\n")
    plain, traced = python("train.py"), gradtrace("run", "-q", "train.py")
    assert traced.status == plain.status == 1
    assert [line for line in plain.err.splitlines() if line not in traced.err.splitlines()] == []


PYTORCH_MISTAKES = {
    "in_an_operation": "x @ torch.ones(4, 5)",
    "in_a_function": "torch.nn.functional.softmax(x @ torch.ones(4, 5), -1)",
    "in_the_engine": "x.backward()",
    "in_a_hook": "h = x.register_hook(lambda g: 1 / 0); (x * 2).sum().backward()",
}


@pytest.mark.parametrize("mistake", PYTORCH_MISTAKES)
def test_a_traceback_through_pytorch_has_no_frame_of_the_recording(
    mistake: str, python: Any, gradtrace: Any, script: Callable[..., Path]
) -> None:
    pytest.importorskip("torch", reason="records a PyTorch program")
    script(f"import torch\nx = torch.ones(2, 3, requires_grad=True)\n{PYTORCH_MISTAKES[mistake]}\n")
    plain, traced = python("train.py"), gradtrace("run", "-q", "train.py")
    printed = [line for line in traced.err.splitlines() if not line.startswith("gradtrace: ")]  # notes on the exception
    assert plain.status == 1
    assert (traced.status, traced.out, printed) == (plain.status, plain.out, plain.err.splitlines())


@pytest.mark.parametrize("where", ["sub/train.py", "sub/../sub/train.py", "./sub/train.py", "link.py", "absolute"])
def test_the_path_is_what_python_makes_of_it(
    where: str, python: Any, gradtrace: Any, script: Callable[..., Path], tmp_path: Path
) -> None:
    script("import sys, helper\nprint(__file__, sys.argv, sys.path[0], helper.x)\n1 / 0\n", name="sub/train.py")
    script("x = 7\n", name="sub/helper.py")
    (tmp_path / "link.py").symlink_to(tmp_path / "sub" / "train.py")
    name = str(tmp_path / "sub" / "train.py") if where == "absolute" else where
    plain, traced = python(name), gradtrace("run", "-q", name)
    assert (traced.status, traced.out, traced.err) == (plain.status, plain.out, plain.err)
    assert plain.out.endswith("7\n")


MODULE = "import sys\nprint(__name__, __file__, __package__, __spec__.name, sys.argv, sys.path[0])\n"


@pytest.mark.parametrize("name", ["pkg.train", "pkg", "pkg.deep.train", "single"])
def test_a_module_runs_as_under_python(name: str, python: Any, gradtrace: Any, script: Callable[..., Path]) -> None:
    for path in ("pkg/train.py", "pkg/__main__.py", "pkg/deep/train.py", "single.py"):
        script(MODULE, name=path)
    script("import sys\nprint('package', sys.argv)\nfrom . import data\n", name="pkg/__init__.py")
    script("", name="pkg/data.py")
    script("", name="pkg/deep/__init__.py")
    plain, traced = python("-m", name, "--lr", "1"), gradtrace("run", "-q", "-m", name, "--lr", "1")
    assert (traced.status, traced.out, traced.err) == (plain.status, plain.out, plain.err)


def test_a_module_that_raises_shows_its_own_frames_only(gradtrace: Any, script: Callable[..., Path], tmp_path: Path) -> None:
    script("def f():\n    1 / 0\nf()\n", name="boom.py")
    ended = gradtrace("run", "-q", "-m", "boom")
    assert ended.status == 1
    frames = [line.strip() for line in ended.err.splitlines() if line.strip().startswith("File")]
    assert frames == [f'File "{tmp_path}/boom.py", line 3, in <module>', f'File "{tmp_path}/boom.py", line 2, in f']


def test_the_program_finds_its_own_core_package(python: Any, gradtrace: Any, script: Callable[..., Path]) -> None:
    script("NAME = 'the user'\n", name="core/__init__.py")
    script("NAME = 'the user'\n", name="tracer.py")
    script(
        "import core, tracer\nfrom core import NAME\nprint(core.NAME, tracer.NAME)\n"
        "import gradtrace.core\nprint(gradtrace.core is core)\n"
    )
    plain, traced = python("train.py"), gradtrace("run", "-q", "train.py")
    assert (traced.status, traced.out, traced.err) == (0, "the user the user\nFalse\n", "")
    assert plain.out == traced.out


def test_results_are_the_same_to_the_last_bit(python: Any, gradtrace: Any, script: Callable[..., Path]) -> None:
    script(
        "import gradtrace.core as torch\n"
        "torch.manual_seed(0)\n"
        "w = torch.randn(8, 8, requires_grad=True)\n"
        "for _ in range(3):\n"
        "    loss = (torch.tanh(w @ w) ** 2).sum()\n"
        "    loss.backward()\n"
        "print(loss.item().hex(), w.grad.sum().item().hex())\n"
    )
    plain, traced = python("train.py"), gradtrace("run", "-q", "train.py")
    assert plain.status == 0, plain.err
    assert traced.out == plain.out


def test_python_options_that_hide_the_script_folder_are_respected(script: Callable[..., Path], tmp_path: Path, python: Any) -> None:
    script("import sys\nprint(sys.path[0])\n", name="sub/train.py")
    plain = python("-P", "sub/train.py")
    traced = python("-P", "-m", "gradtrace", "run", "-q", "sub/train.py")
    assert traced.out == plain.out
