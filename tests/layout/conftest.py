from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

GRAPHS = Path(__file__).parents[2] / "benchmarks" / "synthetic_graphs.py"


@pytest.fixture(scope="session")
def graphs() -> ModuleType:
    """The benchmark's synthetic graphs."""
    spec = importlib.util.spec_from_file_location("synthetic_graphs", GRAPHS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
