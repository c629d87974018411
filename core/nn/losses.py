"""Losses as modules. What they compute is in :mod:`.functional`; ``reduction`` is ``"mean"``, ``"sum"`` or ``"none"``."""

from __future__ import annotations

from typing import ClassVar

from ..tensor import Tensor
from . import functional
from .module import Module


class _Loss(Module):
    """A loss of an input and a target of the same shape."""

    function: ClassVar[str]

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        result: Tensor = getattr(functional, self.function)(input, target, reduction=self.reduction)
        return result


class MSELoss(_Loss):
    """The mean of the squared differences."""

    function = "mse_loss"


class L1Loss(_Loss):
    """The mean of the absolute differences."""

    function = "l1_loss"


class BCELoss(_Loss):
    """Binary cross-entropy of probabilities."""

    function = "binary_cross_entropy"


class BCEWithLogitsLoss(_Loss):
    """Binary cross-entropy of scores, through the sigmoid."""

    function = "binary_cross_entropy_with_logits"


class NLLLoss(_Loss):
    """Minus the log-probability of the right class: log-probabilities (batch, classes), class numbers (batch)."""

    function = "nll_loss"


class CrossEntropyLoss(Module):
    """Cross-entropy of scores: log-softmax, then the negative log-likelihood of the target class.

    ``weight`` gives each class a factor, targets equal to ``ignore_index`` do not count, ``label_smoothing`` mixes in the uniform
    distribution.
    """

    def __init__(
        self, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean", label_smoothing: float = 0.0
    ) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index
        self.reduction = reduction
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of scores (batch, classes) against class numbers (batch)."""
        return functional.cross_entropy(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )
