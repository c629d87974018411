"""Other versions of PyTorch: each name that may be missing costs its own feature, and the program notices nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from gradtrace.tracer.capture.torch.probing import NEEDS, Need, missing  # noqa: E402  needs PyTorch

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the programs run in forked children")

PASSES = "BackwardStarted BackwardEnded NodeStarted NodeFinished GradientFlowed GradientAccumulated SavedFreed HookFired"
LOST = {
    "_execution_engine": PASSES,
    "_raw_saved_self": "TensorSaved",
    "remove": "HookRemoved",
    "register_module_forward_pre_hook": "ScopeEntered ScopeExited",
    "register_module_forward_hook": "ScopeEntered ScopeExited",
    "register_optimizer_step_pre_hook": "OptimizerStepped",
    "register_optimizer_step_post_hook": "OptimizerStepped",
}
"""Events that are gone without a name."""

DIFFERENT = {
    "_execution_engine": "LeafCreated NodeCreated TensorSaved GradModeChanged VersionBumped",
    "_current_autograd_node": "HookFired",
    "_raw_saved_self": "SavedFreed",
    "apply": "GraphCut",
    "zero_grad": "GradReset",
    "register_optimizer_step_pre_hook": "VersionBumped GradModeChanged",
    "register_optimizer_step_post_hook": "VersionBumped GradModeChanged",
    "peek_interpreter_stack": f"{PASSES} LeafCreated NodeCreated TensorSaved GraphCut",
    "_bootstrap_inner": "NodeCreated",
    "_len_torch_function_stack": "GradModeChanged",
    "_push_mode": "GradModeChanged",
    "_pop_mode": "GradModeChanged",
}
"""Events of which there are others without a name, or fewer."""


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What came of each recording, by the name that was missing; by ``""`` with none missing."""
    script = Path(__file__).with_name("lacking.py")
    command = [sys.executable, "-W", "ignore", str(script), *[need.name for need in NEEDS]]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    results: dict[str, Any] = json.loads(ran.stdout)
    return results


def test_nothing_is_missing_here(found: dict[str, Any]) -> None:
    assert missing() == []
    assert found[""]["said"] == found[""]["marks"] == []
    assert found[""]["same"]
    assert found[""]["events"]["HookFired"] == 4


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.name)
def test_a_missing_name_costs_its_own_feature(need: Need, found: dict[str, Any]) -> None:
    lacking, complete = found[need.name], found[""]
    assert lacking != "crashed"
    assert lacking["same"]
    assert lacking["failure"] == ""
    version = f"PyTorch {torch.__version__}"
    name = need.name.rpartition(".")[2]
    events: dict[str, int] = lacking["events"]
    if need.essential:
        assert lacking["said"] == [f"gradtrace: {version} is not recorded: it has no {need.name}. The program goes on."]
        assert set(events) == {"RunStarted", "Marked", "RunEnded"}
        return
    if need.lost:
        sentence = f"{version} has no {need.short_name}: {need.lost}"
        assert lacking["said"] == [f"gradtrace: {sentence}"]
        assert lacking["marks"] == [f"version: {sentence}"]
    else:
        assert lacking["said"] == lacking["marks"] == []
    lost, different = LOST.get(name, "").split(), DIFFERENT.get(name, "").split()
    assert not set(lost) & set(events)
    for kind, count in complete["events"].items():
        if kind not in (*lost, *different, "Marked"):
            assert events.get(kind) == count, kind


def test_every_private_name_is_in_the_list() -> None:
    """What the capture takes from ``torch._C`` is found by name in one place."""
    folder = Path(sys.modules["gradtrace.tracer.capture.torch.probing"].__file__ or "").parent
    listed = {need.name for need in NEEDS}
    private = "torch._C."
    for path in folder.glob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            for part in line.split(private)[1:]:
                used = private + re.match(r"[\w.]*", part)[0].rstrip(".")  # type: ignore[index]
                assert any(one == used or one.startswith(f"{used}.") or used == private for one in listed), (path.name, used)
