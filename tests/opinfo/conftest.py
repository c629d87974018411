"""The workbench of the comparison with PyTorch, where that is installed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the modules here know each other by plain name, as when opinfo.py is a script

if TYPE_CHECKING:
    from opinfo_workbench import Workbench


@pytest.fixture(scope="session")
def bench() -> Workbench:
    if importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed: nothing to compare with")
    # both imports need torch, which is an optional dependency
    import torch  # noqa: PLC0415

    if not torch.__version__.startswith("2.13."):
        pytest.skip(f"the samples and texts are those of PyTorch 2.13, this is {torch.__version__}")
    from opinfo_workbench import Workbench  # noqa: PLC0415

    return Workbench()
