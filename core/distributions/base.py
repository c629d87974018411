"""What distributions share: shapes, checks of parameters and samples, and the two ways to give probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..creation import tensor
from ..dtypes import Size, get_default_dtype
from ..grad_mode import no_grad
from ..ops.joining import broadcast_tensors
from ..tensor import Tensor
from ..type_info import finfo
from .constraints import Constraint


def broadcast_all(*values: Any) -> list[Tensor]:
    """Tensors and numbers as tensors of one shape; numbers get the dtype of the first tensor."""
    like = next((value for value in values if isinstance(value, Tensor)), None)
    dtype = get_default_dtype() if like is None else like.dtype
    return list(broadcast_tensors(*[value if isinstance(value, Tensor) else tensor(value, dtype=dtype) for value in values]))


class Distribution:
    """Random variables of ``batch_shape``, each of ``event_shape``.

    ``validate_args``: check parameters and samples. ``ValueError`` says what is wrong with them.
    """

    arg_constraints: Mapping[str, Constraint] = MappingProxyType({})
    has_rsample = False
    _validates = True

    def __init__(self, batch_shape: Sequence[int] = (), event_shape: Sequence[int] = (), validate_args: bool | None = None) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        self._validate_args = self._validates if validate_args is None else validate_args
        if self._validate_args:
            self._check_parameters()

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether parameters and samples are checked where a distribution is not told."""
        Distribution._validates = value

    def _check_parameters(self) -> None:
        for name, constraint in self.arg_constraints.items():
            value = self.__dict__.get(name)
            if isinstance(value, Tensor) and not constraint.check(value).all():
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution {self!r} to "
                    f"satisfy the constraint {constraint!r}, but found invalid values:\n{value}"
                )

    @property
    def support(self) -> Constraint | None:
        """The values that samples have; None for any."""
        return None

    def _check_sample(self, value: Any) -> None:
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        dims = len(self._event_shape)
        if value.shape[value.ndim - dims :] != self._event_shape:
            raise ValueError(f"The right-most size of value must match event_shape: {value.shape} vs {self._event_shape}.")
        expected, found = self._batch_shape + self._event_shape, value.shape
        for one, other in zip(reversed(found), reversed(expected), strict=False):
            if 1 not in (one, other) and one != other:
                raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {found} vs {expected}.")
        support = self.support
        if support is not None and not support.check(value).all():
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the support "
                f"({support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    @property
    def batch_shape(self) -> Size:
        """The shape of the parameters."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one sample."""
        return self._event_shape

    def _extended_shape(self, sample_shape: Sequence[int] = ()) -> Size:
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Samples through which gradients reach the parameters."""
        raise NotImplementedError

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Samples without history."""
        with no_grad():
            return self.rsample(sample_shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or probability, at ``value``."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """The entropy, in nats."""
        raise NotImplementedError

    def perplexity(self) -> Tensor:
        """The exponential of the entropy."""
        return self.entropy().exp()  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        parts = []
        for name in self.arg_constraints:
            value = self.__dict__.get(name)
            if isinstance(value, Tensor):
                parts.append(f"{name}: {value if value.numel() == 1 else value.size()}")
        return f"{type(self).__name__}({', '.join(parts)})"


class WithProbabilities(Distribution):
    """Distributions given by ``probs`` or by ``logits``; the other one is computed when it is asked for."""

    _binary = False

    def __getattr__(self, name: str) -> Any:
        if name not in ("probs", "logits") or not self.__dict__.keys() & {"probs", "logits"}:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        made = self._probabilities() if name == "probs" else self._logits()
        setattr(self, name, made)
        return made

    def _probabilities(self) -> Tensor:
        logits = self.logits
        return logits.sigmoid() if self._binary else logits.softmax(-1)  # type: ignore[no-any-return]

    def _logits(self) -> Tensor:
        eps = finfo(self.probs.dtype).eps
        inside = self.probs.clamp(min=eps, max=1 - eps)
        return inside.log() - (-inside).log1p() if self._binary else inside.log()  # type: ignore[no-any-return]

    @property
    def param_shape(self) -> Size:
        """The shape of what was given."""
        return (self.__dict__["probs"] if "probs" in self.__dict__ else self.__dict__["logits"]).shape  # type: ignore[no-any-return]
