"""DataParallel where there is one device: a wrapper that changes nothing but the paths of parameters."""

from __future__ import annotations

from typing import Any

from .module import Module


class DataParallel(Module):
    """Calls ``module``. PyTorch's spreads a batch over GPUs, and without any does the same as this."""

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:  # noqa: ARG002
        super().__init__()
        self.device_ids: list[int] = []
        self.module = module

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module returns."""
        return self.module(*inputs, **kwargs)
