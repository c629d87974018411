"""``torch.distributions``: those that lessons use. Their parameters get gradients by ``rsample`` and ``log_prob``."""

from . import constraints
from .base import Distribution
from .continuous import Exponential, Normal, Uniform
from .discrete import Bernoulli, Categorical, Multinomial
from .divergence import kl_divergence

__all__ = [
    "Bernoulli",
    "Categorical",
    "Distribution",
    "Exponential",
    "Multinomial",
    "Normal",
    "Uniform",
    "constraints",
    "kl_divergence",
]
