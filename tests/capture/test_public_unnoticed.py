"""What programs print of PyTorch's insides is the same with a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradtrace
import pytest

torch = pytest.importorskip("torch")
nn = torch.nn


@pytest.mark.parametrize("level", ["structure", "values"])
def test_hooks_have_the_numbers_that_they_have_alone(tmp_path: Path, level: Any) -> None:
    handles = torch.utils.hooks.RemovableHandle

    def program() -> list[int]:
        first = handles.next_id
        model = nn.Linear(2, 2)
        ids = [model.register_forward_hook(lambda *_: None).id, nn.modules.module.register_module_forward_hook(lambda *_: None)]
        everywhere = ids.pop()
        model(torch.ones(1, 2)).sum().backward()
        result = model(torch.ones(1, 2)).sum()
        ids += [model.weight.register_hook(lambda gradient: gradient).id, result.grad_fn.register_hook(lambda *_: None).id]
        result.backward()
        ids.append(everywhere.id)
        everywhere.remove()
        return [number - first for number in [*ids, handles.next_id]]

    alone = program()
    with gradtrace.record(tmp_path / "run.gtrace", level=level):
        assert program() == alone
        in_between = nn.modules.module.register_module_forward_hook(lambda *_: None)
    assert program() == alone
    assert list(nn.modules.module._global_forward_hooks) == [in_between.id]  # ours are gone, the program's is there
    in_between.remove()


def test_gradcheck_writes_past_autograd_and_nothing_is_wrong(tmp_path: Path) -> None:
    class Square(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            (x,) = ctx.saved_tensors
            return 2 * x * gradient

    with gradtrace.record(tmp_path / "run.gtrace"):
        x = torch.rand(3, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(Square.apply, x)
        assert torch.autograd.gradcheck(torch.sin, x, fast_mode=True)
    assert [finding for finding in gradtrace.load(tmp_path / "run.gtrace").findings() if finding.rule == "silent-write"] == []


def test_a_forked_worker_is_told_of_at_the_line_that_starts_it(tmp_path: Path) -> None:
    loader = torch.utils.data.DataLoader(torch.ones(2, 1), num_workers=1)
    with gradtrace.record(tmp_path / "run.gtrace"):
        list(loader)
    (gap,) = [gap for gap in gradtrace.load(tmp_path / "run.gtrace").not_covered if "forked" in gap.text]
    assert gap.source is not None
    assert gap.source.file == __file__


def test_large_arrays_that_are_no_more_are_let_go_of_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What remains of each lies in the middle of the room that the next ones need: the heap would grow with every step."""
    from gradtrace.tracer.capture.torch import identity  # noqa: PLC0415  needs PyTorch

    released: list[int] = []
    release = identity._release

    def spy(address: int) -> None:
        released.append(address)
        release(address)

    monkeypatch.setattr(identity, "_release", spy)
    identities = identity.Identities()
    kept = torch.empty(1 << 21)
    number = identities.storage(kept)
    for _ in range(20):
        identities.storage(torch.empty(1 << 21))  # 8 MB, which nobody touches
    assert len(released) >= 8
    assert identities.storage(kept) == number
