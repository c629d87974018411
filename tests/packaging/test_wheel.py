"""The wheel holds every package and data file, and works far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE_FOLDERS = ("_compiled", "core", "tracer", "gui", "samples")
BUILT = (".so", ".pyd")  # what setup.py compiled


def configured_packages() -> set[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return set(tomllib.load(file)["tool"]["setuptools"]["packages"])


def packages_on_disk() -> set[str]:
    inits = [path for folder in PACKAGE_FOLDERS for path in (ROOT / folder).rglob("__init__.py")]
    return {"gradtrace", *(".".join(("gradtrace", *path.parent.relative_to(ROOT).parts)) for path in inits)}


def test_the_package_list_names_every_package() -> None:
    assert configured_packages() == packages_on_disk()


def test_every_folder_with_modules_is_a_package() -> None:
    folders = {path.parent for folder in PACKAGE_FOLDERS for path in (ROOT / folder).rglob("*.py")}
    assert [str(folder.relative_to(ROOT)) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the files version control knows: what is left over in the checkout must not get in."""
    source = tmp_path_factory.mktemp("source")
    _copy_sources(source)
    target = tmp_path_factory.mktemp("wheel")
    pytest.importorskip("setuptools", minversion="77", reason="building without isolation needs setuptools >= 77")
    command = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "wheel",
        "--no-build-isolation",
        "--no-deps",
        "--no-index",
    ]
    quickly = {**os.environ, "CFLAGS": "-O0"}  # what is compiled is not to be measured here
    built = subprocess.run(
        [*command, "--wheel-dir", str(target), str(source)], env=quickly, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = target.glob("gradtrace-*.whl")
    return path


def _copy_sources(target: Path) -> None:
    for path in _source_files():
        copy = target / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((ROOT / path).read_bytes())


def _source_files() -> list[Path]:
    top = [
        Path(name)
        for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "py.typed", "__init__.py", "__main__.py", "_version.py")
    ]
    below = [
        path.relative_to(ROOT)
        for folder in PACKAGE_FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in BUILT
    ]
    return [*top, *below]


def test_the_wheel_has_every_module_and_data_file(wheel: Path) -> None:
    expected = {
        f"gradtrace/{path.as_posix()}"
        for path in _source_files()
        if path.name not in ("pyproject.toml", "setup.py", "README.md", "LICENSE")
    }
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert sorted(expected - inside) == []
    assert {"gradtrace/py.typed", "gradtrace/gui/fonts/Inter-Regular.otf", "gradtrace/samples/chain_add_mul.py"} <= inside


def test_the_wheel_has_nothing_else(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name and not name.endswith(BUILT)}
    assert sorted(inside - {f"gradtrace/{path.as_posix()}" for path in _source_files()}) == []


def test_the_wheel_carries_the_licence_and_the_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (licence,) = [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
    assert "Apache License" in archive.read(licence).decode()
    (entry_points,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert "gradtrace = gradtrace.__main__:main" in archive.read(entry_points).decode()


def test_installed_it_works_beside_a_package_named_core(wheel: Path, tmp_path: Path) -> None:
    """A user's own ``core``, ``tracer`` and ``gui`` stay the user's."""
    site = tmp_path / "site"
    install = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
    ]
    subprocess.run([*install, str(wheel)], capture_output=True, check=True)
    assert sorted(path.name for path in site.iterdir() if path.suffix != ".dist-info") == ["bin", "gradtrace"]

    project = tmp_path / "project"
    for name in ("core", "tracer", "gui"):
        (project / name).mkdir(parents=True)
        (project / name / "__init__.py").write_text(f"WHOSE = 'mine: {name}'\n")
    (project / "train.py").write_text(
        "import core, tracer, gui\n"
        "import gradtrace, gradtrace.core as torch\n"
        "x = torch.tensor(3.0, requires_grad=True)\n"
        "(x * x).backward()\n"
        "print(core.WHOSE, tracer.WHOSE, gui.WHOSE, x.grad, gradtrace.__file__)\n"
    )
    # -S -I would hide the site folder as well; a path configured first wins over an editable installation's import hook.
    code = f"import sys; sys.path.insert(1, {str(site)!r}); "
    code += "sys.meta_path[:] = [finder for finder in sys.meta_path if 'editable' not in repr(finder)]; "
    code += "from gradtrace.__main__ import main; sys.exit(main(['run', 'train.py']))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split(" /")[0] == "mine: core mine: tracer mine: gui tensor(6.)"
    assert str(site) in ran.stdout
    assert (project / "train.gtrace").exists()
