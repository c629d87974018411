"""The adaptive softmax of Grave et al. (2016): frequent classes in a head, rare ones in clusters of lower dimension."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from ..dtypes import dtype
from ..tensor import Tensor
from . import functional
from .containers import ModuleList, Sequential
from .layers import Linear
from .module import Module


class _ASMoutput(NamedTuple):
    """``output``: the log probability of each target; ``loss``: its mean, negated."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log probabilities of many classes, sorted by falling frequency: those up to ``cutoffs[0]`` have rows of the head's own.

    Each further cluster has one row of the head, and a projection to a space smaller by ``div_value`` than the one before.
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
    ) -> None:
        super().__init__()
        limits = list(cutoffs)
        if not limits:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        in_order = limits == sorted(set(limits)) and all(int(one) == one for one in limits)
        if not in_order or limits[0] <= 0 or limits[-1] > n_classes - 1:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is "
                "between 1 and n_classes-1"
            )
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*limits, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = limits[0]
        self.n_clusters = len(limits)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, dtype=dtype)
        self.tail = ModuleList()
        for number, (low, high) in enumerate(pairwise(self.cutoffs), 1):
            inner = int(in_features // div_value**number)
            into, out_of = Linear(in_features, inner, bias=False, dtype=dtype), Linear(inner, high - low, bias=False, dtype=dtype)
            self.tail.append(Sequential(into, out_of))

    def reset_parameters(self) -> None:
        """Draw all weights anew."""
        self.head.reset_parameters()
        for into, out_of in self.tail:
            into.reset_parameters()
            out_of.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> _ASMoutput:
        """The log probabilities of the targets, and the loss. Raises ``RuntimeError`` for shapes or targets that do not fit."""
        _check_shapes(input_, target_)
        batched = target_.dim() > 0
        input, target = (input_, target_) if batched else (input_.unsqueeze(0), target_.unsqueeze(0))
        output, rows_of_head = input.new_zeros(target.size(0)), target.new_empty(target.size(0))
        used = 0
        for number, (low, high) in enumerate(pairwise([0, *self.cutoffs])):
            mask = (target >= low) & (target < high)
            rows = mask.nonzero().squeeze()
            used += rows.numel()
            if not rows.numel():
                continue
            if number == 0:
                rows_of_head.index_copy_(0, rows, target[mask])
                continue
            relative = target[mask] - low
            scores = self.tail[number - 1](input.index_select(0, rows))
            rows_of_head.index_fill_(0, rows, self.shortlist_size + number - 1)
            within = functional.log_softmax(scores, dim=1).gather(1, relative.unsqueeze(1))
            output.index_copy_(0, rows, within.squeeze(1))
        if used != target.size(0):
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{target.min().item()}, "
                f"{target.max().item()}] were found. "
            )
        of_head = functional.log_softmax(self.head(input), dim=1)
        output += of_head.gather(1, rows_of_head.unsqueeze(1)).squeeze()
        loss = (-output).mean()
        return _ASMoutput(output if batched else output.squeeze(0), loss)

    def _all_log_probabilities(self, input: Tensor, scores: Tensor) -> Tensor:
        result = input.new_empty((scores.size(0), self.n_classes))
        of_head = functional.log_softmax(scores, dim=1)
        result[:, : self.shortlist_size] = of_head[:, : self.shortlist_size]
        for number, (low, high) in enumerate(pairwise(self.cutoffs)):
            within = functional.log_softmax(self.tail[number](input), dim=1)
            result[:, low:high] = within + of_head[:, self.shortlist_size + number].unsqueeze(1)
        return result

    def log_prob(self, input: Tensor) -> Tensor:
        """The log probabilities (N, n_classes) of all classes."""
        return self._all_log_probabilities(input, self.head(input))

    def predict(self, input: Tensor) -> Tensor:
        """The most probable class of each row; a cluster's are looked at only where it wins."""
        scores = self.head(input)
        output: Tensor = scores.argmax(1)
        in_cluster = output >= self.shortlist_size
        if in_cluster.all():
            output = self._all_log_probabilities(input, scores).argmax(1)
        elif in_cluster.any():
            output[in_cluster] = self._all_log_probabilities(input[in_cluster], scores[in_cluster]).argmax(1)
        return output


def _check_shapes(input: Tensor, target: Tensor) -> None:
    if target.dim() > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target.dim() == 1 and input.size(0) != target.size(0):
        raise RuntimeError("Input and target should have the same size in the batch dimension.")
    if input.dim() != target.dim() + 1:
        raise RuntimeError(
            f"{target.dim()}D target tensor expects {target.dim() + 1}D input tensors, but found inputs with size {input.size()}"
        )
