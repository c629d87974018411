"""Further losses as modules. What they compute is in :mod:`.functional`; ``reduction`` is ``"mean"``, ``"sum"`` or ``"none"``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from ..tensor import Tensor
from . import functional
from .losses import NLLLoss, _Loss
from .module import Module
from .volumes import PairwiseDistance

_OLD = ("size_average", "reduce", "reduction")


class SoftMarginLoss(_Loss):
    """The logistic loss of scores against targets that are 1 or -1."""

    function = "soft_margin_loss"


class MultiLabelMarginLoss(_Loss):
    """Positive unless the scores of all right classes are above all others by 1."""

    function = "multilabel_margin_loss"


class MultiMarginLoss(_Loss):
    """Positive unless the score of the right class is above all others by the margin."""

    function = "multi_margin_loss"
    options: ClassVar[dict[str, Any]] = {"p": 1, "margin": 1.0}
    weights = ("weight",)
    order = ("p", "margin", "weight", *_OLD)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.p not in (1, 2):
            raise ValueError("only p == 1 and p == 2 supported")
        if self.weight is not None and self.weight.dim() != 1:
            raise ValueError(f"weight must be one-dimensional, got {self.weight.dim()}-dimensional")


class CTCLoss(_Loss):
    """Connectionist temporal classification: log-probabilities, labels, and the lengths of both."""

    function = "ctc_loss"
    options: ClassVar[dict[str, Any]] = {"blank": 0, "zero_infinity": False}
    order = ("blank", "reduction", "zero_infinity")


class NLLLoss2d(NLLLoss):
    """The negative log likelihood, by an old name."""


class TripletMarginWithDistanceLoss(Module):
    """As TripletMarginLoss, with a distance of one's own."""

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        self.reduction = reduction
        if margin <= 0:
            raise ValueError(f"TripletMarginWithDistanceLoss: expected margin to be greater than 0, got {margin} instead")
        self.distance_function: Any = PairwiseDistance() if distance_function is None else distance_function
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """The loss."""
        return functional.triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )
