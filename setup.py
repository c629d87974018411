"""Compiles the modules listed in ``_compiled/__init__.py``; all else is said in pyproject.toml.

Without Cython or a C compiler the installation succeeds all the same: gradtrace then runs as Python, only slower.
"""

from __future__ import annotations

import runpy
import shutil
import sys
from contextlib import chdir, suppress
from pathlib import Path
from typing import Any

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent
STAGE = ROOT / "build" / "cython"
"""Cython finds modules and their declarations by package folders: here the root is named as the package is."""

DIRECTIVES = {
    "annotation_typing": False,  # annotations say what is meant, and must not turn into checks that raise
    "language_level": 3,
    "binding": False,
    "boundscheck": False,
    "wraparound": True,
    "auto_pickle": False,
}

TYPED = {"core.fast_templates", "core.product_template", "core.templates"}
"""Where annotations say what C knows of a variable, as nothing else can in nested functions. These become methods, so they bind."""

compiled = runpy.run_path(str(ROOT / "_compiled" / "__init__.py"), run_name="gradtrace._compiled")


class BuildOptionalExtensions(build_ext):
    """Builds what can be built, and clears away what was built of other sources."""

    def get_export_symbols(self, ext: Extension) -> list[str]:
        """None: the file is not named after the module in it, and the module exports its one function by itself."""
        del ext
        return []

    def run(self) -> None:
        """Build."""
        for folder in (ROOT / "_compiled", Path(self.build_lib) / "gradtrace" / "_compiled"):
            for path in folder.glob("*"):
                if path.suffix in (".so", ".pyd"):
                    with suppress(OSError):  # in use, on Windows
                        path.unlink()
        super().run()


def extensions() -> list[Extension]:
    """One extension for each compiled module; none when there is no Cython."""
    if not compiled["MODULES"]:
        return []
    try:
        from Cython.Build import cythonize  # noqa: PLC0415  optional
        from Cython.Compiler.Errors import CompileError  # noqa: PLC0415  optional
    except ImportError:
        print("gradtrace: Cython is not installed, so nothing is compiled: it will run as Python", file=sys.stderr)
        return []
    _copy_sources()
    wanted = [Extension(f"gradtrace.{module}", [str(_source(module).relative_to(STAGE))]) for module in compiled["MODULES"]]
    options: dict[str, Any] = {"include_path": ["."], "quiet": True}
    try:
        with chdir(STAGE):  # tracebacks show the names of source files as they are given here
            made = [
                *cythonize([one for one in wanted if _module(one) not in TYPED], compiler_directives=DIRECTIVES, **options),
                *cythonize(
                    [one for one in wanted if _module(one) in TYPED],
                    compiler_directives={**DIRECTIVES, "annotation_typing": True, "binding": True},
                    **options,
                ),
            ]
    except CompileError as error:
        print(f"gradtrace: nothing is compiled, it will run as Python: {error}", file=sys.stderr)
        return []
    of_sources = compiled["fingerprint"](ROOT)
    for extension in made:
        module = _module(extension)
        extension.name = f"gradtrace._compiled.{compiled['file_stem'](module, of_sources)}"
        extension.sources = [str((STAGE / source).relative_to(ROOT)) for source in extension.sources]
        extension.depends = [str((STAGE / source).relative_to(ROOT)) for source in extension.depends]
        extension.optional = True
    return made


def _module(extension: Extension) -> str:
    name: str = extension.name
    return name.removeprefix("gradtrace.")


def _copy_sources() -> None:
    shutil.rmtree(STAGE, ignore_errors=True)
    for path in compiled["sources"](ROOT):
        copy = STAGE / "gradtrace" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    for folder in [STAGE / "gradtrace", *(path for path in (STAGE / "gradtrace").rglob("*") if path.is_dir())]:
        (folder / "__init__.py").touch()


def _source(module: str) -> Path:
    path = STAGE / "gradtrace" / Path(*module.split("."))
    return path.with_suffix(".pyx") if path.with_suffix(".pyx").exists() else path.with_suffix(".py")


setup(ext_modules=extensions(), cmdclass={"build_ext": BuildOptionalExtensions})
