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
from gradtrace.tracer.capture.torch import probing  # noqa: E402  needs PyTorch
from gradtrace.tracer.capture.torch.probing import NEEDS, Need, has, missing, refusals  # noqa: E402  needs PyTorch

VERSION = tuple(int(part) for part in torch.__version__.split(".")[:2])

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


PAIRS = [f"{need.instead_of},{need.name}" for need in NEEDS if need.instead_of]


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What came of each recording, by the name that was missing; by ``""`` with none missing."""
    script = Path(__file__).with_name("lacking.py")
    command = [sys.executable, "-W", "ignore", str(script), *[need.name for need in NEEDS], *PAIRS]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    results: dict[str, Any] = json.loads(ran.stdout)
    return results


def sentences(absent: set[str]) -> list[str]:
    """What is said of these names, and of those that this PyTorch does not have."""
    absent = absent | {need.name for need in NEEDS if not has(need.name)}
    lost: dict[str, list[str]] = {}
    for need in NEEDS:
        if need.lost and need.name in absent and (not need.instead_of or need.instead_of in absent):
            lost.setdefault(need.lost, []).append(need.short_name)
    return [f"PyTorch {torch.__version__} has no {' and no '.join(names)}: {what}" for what, names in lost.items()]


@pytest.mark.skipif(VERSION < (2, 6), reason="some names are not in PyTorch 2.4")
def test_nothing_is_missing_here() -> None:
    assert missing() == []
    assert refusals() == []


def test_with_no_name_taken_away_all_is_well(found: dict[str, Any]) -> None:
    complete = found[""]
    assert missing() == sentences(set())
    assert complete["said"] == [f"gradtrace: {sentence}" for sentence in (*missing(), *refusals())]
    assert complete["marks"] == [f"version: {sentence}" for sentence in missing()]
    assert complete["same"]
    assert complete["events"]["HookFired"] == 4


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.name)
def test_a_missing_name_costs_its_own_feature(need: Need, found: dict[str, Any]) -> None:
    lacking, complete = found[need.name], found[""]
    assert lacking != "crashed"
    assert lacking["same"]
    assert lacking["failure"] == ""
    name = need.name.rpartition(".")[2]
    events: dict[str, int] = lacking["events"]
    if need.essential:
        reason = f"PyTorch {torch.__version__} is not recorded: it has no {need.name}. The program goes on."
        assert lacking["said"] == [f"gradtrace: {reason}"]
        assert set(events) == {"RunStarted", "Marked", "RunEnded"}
        return
    said = sentences({need.name})
    assert bool(set(said) - set(missing())) == bool(need.lost and has(need.name) and not (need.instead_of and has(need.instead_of)))
    assert lacking["said"] == [f"gradtrace: {sentence}" for sentence in (*said, *refusals())]
    assert lacking["marks"] == [f"version: {sentence}" for sentence in said]
    if need.instead_of and not has(need.instead_of):
        name = "_raw_saved_self"  # as without this one
    lost, different = LOST.get(name, "").split(), DIFFERENT.get(name, "").split()
    assert not set(lost) & set(events)
    for kind, count in complete["events"].items():
        if kind not in (*lost, *different, "Marked"):
            assert events.get(kind) == count, kind


def test_what_stands_in_for_another_is_needed_without_it(found: dict[str, Any]) -> None:
    for need in NEEDS:
        if need.instead_of:
            lacking = found[f"{need.instead_of},{need.name}"]
            assert f"gradtrace: PyTorch {torch.__version__} has no {need.short_name}: {need.lost}" in lacking["said"]
            assert (lacking["same"], lacking["failure"]) == (True, "")
            assert "TensorSaved" not in lacking["events"]


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


@pytest.mark.skipif(not has("torch.autograd.graph.get_gradient_edge"), reason="not in PyTorch 2.1")
def test_the_accumulator_of_a_leaf_is_found_with_and_without_get_gradient_edge() -> None:
    leaf = torch.ones(2, requires_grad=True)
    kept = probing.accumulator_of(leaf)
    assert kept.name() == "torch::autograd::AccumulateGrad"
    assert probing._by_view(leaf) is kept
