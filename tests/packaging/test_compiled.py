"""Compiled modules are used when they are up to date, and never otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from gradtrace import _compiled

ROOT = Path(__file__).parents[2]
A_MODULE = f"gradtrace.{_compiled.MODULES[0]}"
SOURCE = Path(*_compiled.MODULES[0].split(".")).with_suffix(".py")

built = pytest.mark.skipif(not any((ROOT / "_compiled").glob("*.so")), reason="nothing is compiled here: make compile")


def run(package: Path, code: str, **environment: str) -> str:
    """What ``code`` prints where ``package``, a folder named gradtrace, is found first."""
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(package.parent)!r}); {code}"],
        env={**os.environ, "GRADTRACE_PURE": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, as it is now."""
    copy = tmp_path / "gradtrace"
    for name in ("_compiled", "core", "tracer"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "_version.py", "setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, copy / name)
    return copy


STATE = "import gradtrace._compiled as c; print(c.state())"
LOADER = f"import gradtrace, importlib.util; loader = importlib.util.find_spec({A_MODULE!r}).loader; print(type(loader).__name__)"


@built
def test_compiled_modules_are_found_under_their_own_names(package: Path) -> None:
    if run(package, STATE) != "in use":
        pytest.skip("the compiled modules are out of date")
    assert run(package, LOADER) == "ExtensionFileLoader"


@built
def test_the_environment_switches_them_off(package: Path) -> None:
    assert run(package, LOADER, GRADTRACE_PURE="1") == "SourceFileLoader"
    assert run(package, STATE, GRADTRACE_PURE="1") == "switched off by GRADTRACE_PURE"


@built
@pytest.mark.parametrize("source", [SOURCE, *(Path(*module.split(".")).with_suffix(".py") for module in _compiled.DESCRIBED)])
def test_an_edited_source_is_what_runs(package: Path, source: Path) -> None:
    with (package / source).open("a") as file:
        file.write("\n# edited\n")
    assert run(package, LOADER) == "SourceFileLoader"
    assert run(package, STATE).startswith("out of date, not used")


def test_one_missing_file_and_none_is_used(package: Path) -> None:
    for path in (package / "_compiled").glob("*.so"):
        if _compiled.MODULES[0].replace(".", "_") in path.name:
            path.unlink()
    assert run(package, LOADER) == "SourceFileLoader"


@pytest.mark.parametrize("without", ["Cython", "a compiler"])
def test_it_builds_without(package: Path, without: str) -> None:
    for path in (package / "_compiled").glob("*.so"):
        path.unlink()
    code = "import runpy, sys; sys.argv = ['setup.py', '-q', 'build_ext', '--inplace']; "
    if without == "Cython":
        code += "sys.modules['Cython'] = sys.modules['Cython.Build'] = None; "
    code += "runpy.run_path('setup.py', run_name='__main__')"
    if without == "a compiler":
        pytest.importorskip("Cython")
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=package,
        env={**os.environ, "CC": "no-such-compiler", "CXX": "no-such-compiler"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert run(package, STATE).startswith("not built")
    assert run(package, LOADER) == "SourceFileLoader"
