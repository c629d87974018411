"""Losses as modules. What they compute is in :mod:`.functional`; ``reduction`` is ``"mean"``, ``"sum"`` or ``"none"``."""

from __future__ import annotations

from typing import Any, ClassVar

from ..ops.loss import reduction_of
from ..tensor import Tensor
from . import functional
from .module import Module


class _Loss(Module):
    """A loss: ``options`` are the function's further keyword arguments and their defaults, ``weights`` those that are tensors."""

    function: ClassVar[str]
    options: ClassVar[dict[str, Any]] = {}
    weights: ClassVar[tuple[str, ...]] = ()
    order: ClassVar[tuple[str, ...]] = ("size_average", "reduce", "reduction")
    """The constructor's arguments in PyTorch's order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        defaults = {"size_average": None, "reduce": None, "reduction": "mean"} | dict.fromkeys(self.weights) | self.options
        given = dict(zip(self.order, args, strict=False)) | kwargs
        unknown = given.keys() - defaults.keys()
        if unknown or len(args) > len(self.order):
            wrong = f"an unexpected keyword argument '{min(unknown)}'" if unknown else f"{len(args)} arguments"
            raise TypeError(f"{type(self).__name__} got {wrong}; it takes {', '.join(self.order)}")
        values = defaults | given
        averaged, reduced = values.pop("size_average"), values.pop("reduce")
        if averaged is not None or reduced is not None:
            values["reduction"] = reduction_of(values["reduction"], averaged, reduced)
        for name, value in values.items():
            if name in self.weights:
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)

    def forward(self, *tensors: Tensor) -> Tensor:
        """The loss, most often of ``input`` against ``target``."""
        named = {name: getattr(self, name) for name in (*self.weights, *self.options, "reduction")}
        result: Tensor = getattr(functional, self.function)(*tensors, **named)
        return result


class MSELoss(_Loss):
    """The mean of the squared differences."""

    function = "mse_loss"


class L1Loss(_Loss):
    """The mean of the absolute differences."""

    function = "l1_loss"


class SmoothL1Loss(_Loss):
    """Squared differences near zero, absolute ones elsewhere."""

    function = "smooth_l1_loss"
    options: ClassVar[dict[str, Any]] = {"beta": 1.0}
    order = (
        "size_average",
        "reduce",
        "reduction",
        "beta",
    )


class HuberLoss(_Loss):
    """Squared differences up to ``delta``, absolute ones beyond."""

    function = "huber_loss"
    options: ClassVar[dict[str, Any]] = {"delta": 1.0}
    order = (
        "reduction",
        "delta",
    )


class BCELoss(_Loss):
    """Binary cross-entropy of probabilities."""

    function = "binary_cross_entropy"
    weights = ("weight",)
    order = (
        "weight",
        "size_average",
        "reduce",
        "reduction",
    )


class BCEWithLogitsLoss(_Loss):
    """Binary cross-entropy of scores, through the sigmoid."""

    function = "binary_cross_entropy_with_logits"
    weights = (
        "weight",
        "pos_weight",
    )
    order = (
        "weight",
        "size_average",
        "reduce",
        "reduction",
        "pos_weight",
    )


class NLLLoss(_Loss):
    """Minus the log-probability of the right class: log-probabilities (batch, classes), class numbers (batch)."""

    function = "nll_loss"
    options: ClassVar[dict[str, Any]] = {"ignore_index": -100}
    weights = ("weight",)
    order = (
        "weight",
        "size_average",
        "ignore_index",
        "reduce",
        "reduction",
    )


class CrossEntropyLoss(_Loss):
    """Cross-entropy of scores: log-softmax, then the negative log-likelihood of the target class.

    ``weight`` gives each class a factor, targets equal to ``ignore_index`` do not count, ``label_smoothing`` mixes in the uniform
    distribution.
    """

    function = "cross_entropy"
    options: ClassVar[dict[str, Any]] = {"ignore_index": -100, "label_smoothing": 0.0}
    weights = ("weight",)
    order = (
        "weight",
        "size_average",
        "ignore_index",
        "reduce",
        "reduction",
        "label_smoothing",
    )


class KLDivLoss(_Loss):
    """The Kullback-Leibler divergence of log-probabilities from probabilities."""

    function = "kl_div"
    options: ClassVar[dict[str, Any]] = {"log_target": False}
    order = (
        "size_average",
        "reduce",
        "reduction",
        "log_target",
    )


class MarginRankingLoss(_Loss):
    """Positive unless one input is larger than the other by the margin."""

    function = "margin_ranking_loss"
    options: ClassVar[dict[str, Any]] = {"margin": 0.0}
    order = (
        "margin",
        "size_average",
        "reduce",
        "reduction",
    )


class HingeEmbeddingLoss(_Loss):
    """The input for target 1, the hinge of it for -1."""

    function = "hinge_embedding_loss"
    options: ClassVar[dict[str, Any]] = {"margin": 1.0}
    order = (
        "margin",
        "size_average",
        "reduce",
        "reduction",
    )


class CosineEmbeddingLoss(_Loss):
    """One minus the cosine for target 1, the cosine beyond the margin for -1."""

    function = "cosine_embedding_loss"
    options: ClassVar[dict[str, Any]] = {"margin": 0.0}
    order = (
        "margin",
        "size_average",
        "reduce",
        "reduction",
    )


class TripletMarginLoss(_Loss):
    """Positive unless the anchor is nearer to the positive than to the negative by the margin."""

    function = "triplet_margin_loss"
    options: ClassVar[dict[str, Any]] = {"margin": 1.0, "p": 2.0, "eps": 1e-6, "swap": False}
    order = (
        "margin",
        "p",
        "eps",
        "swap",
        "size_average",
        "reduce",
        "reduction",
    )


class GaussianNLLLoss(_Loss):
    """The negative log-likelihood of normal distributions: means, targets, variances."""

    function, order = "gaussian_nll_loss", ()
    options: ClassVar[dict[str, Any]] = {"full": False, "eps": 1e-6}


class PoissonNLLLoss(_Loss):
    """The negative log-likelihood of Poisson distributions."""

    function = "poisson_nll_loss"
    options: ClassVar[dict[str, Any]] = {"log_input": True, "full": False, "eps": 1e-8}
    order = (
        "log_input",
        "full",
        "size_average",
        "eps",
        "reduce",
        "reduction",
    )


class MultiLabelSoftMarginLoss(_Loss):
    """Binary cross-entropy of scores, averaged over the classes."""

    function = "multilabel_soft_margin_loss"
    weights = ("weight",)
    order = (
        "weight",
        "size_average",
        "reduce",
        "reduction",
    )
