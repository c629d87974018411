"""The documentation keeps up: links lead somewhere, every verb and option is described, and the examples run."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradtrace.tracer.cli import VERBS, build_parser

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
CLI_PAGE = ROOT / "docs" / "cli.md"

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def anchor(heading: str) -> str:
    """The anchor that GitHub makes of a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(heading) for heading in HEADING.findall(page.read_text(encoding="utf-8"))}


def broken_links(page: Path) -> Iterator[str]:
    for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        target, _, fragment = link.partition("#")
        path = (page.parent / target) if target else page
        if not path.exists() or (fragment and fragment not in anchors(path)):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert list(broken_links(page)) == []


def test_every_file_the_architecture_names_is_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:core|tracer|gui|samples|tests|benchmarks|docs)/[\w/.]*)`", text))
    assert len(named) > 40
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_the_link_check_finds_broken_links(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One two\n[a](#one-two) [b](page.md#one-two) [c](#three) [d](none.md) `[e](f.md)` [g](https://h.example)")
    assert list(broken_links(page)) == ["#three", "none.md"]


@pytest.mark.parametrize("verb", VERBS)
def test_the_command_line_page_knows_every_verb_and_option(verb: str) -> None:
    sections = re.split(r"^## ", CLI_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (section,) = [text for text in sections if text.startswith(f"{verb}\n")]
    subparsers = [action for action in build_parser(verb)._actions if isinstance(action, argparse._SubParsersAction)]
    parser = subparsers[0].choices[verb]
    options = [option for action in parser._actions for option in action.option_strings if option not in ("-h", "--help")]
    assert [option for option in options if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", section)] == []


def test_the_command_line_page_has_every_summary() -> None:
    page = CLI_PAGE.read_text(encoding="utf-8")
    assert [verb for verb, summary in VERBS.items() if f"| [`{verb}`](#{verb}) | {summary} |" not in page] == []


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "docs/getting-started.md"])
def test_python_examples_run(page: str, tmp_path: Path) -> None:
    blocks = PYTHON_BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert blocks
    program = tmp_path / "example.py"
    program.write_text("\n".join(blocks), encoding="utf-8")
    ended = subprocess.run([sys.executable, str(program)], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    assert ended.stdout


def test_both_readmes_show_the_same_commands() -> None:
    commands = [
        re.findall(r"^\$ (\S.*?)(?: +#.*)?$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert commands[0] == commands[1]
    assert "make demo" in commands[0]
