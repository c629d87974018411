"""Activation functions as modules: each names its function in :mod:`.functional` and the options it hands on."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dtypes import get_default_dtype
from ..tensor import Tensor, from_array
from . import functional
from .module import Module
from .parameter import Parameter
from .simple import REQUIRED, FunctionModule


class ReLU(FunctionModule):
    """max(0, x)."""

    function, options = "relu", {"inplace": False}


class LeakyReLU(FunctionModule):
    """x for positive x, else ``negative_slope`` times x."""

    function, options = "leaky_relu", {"negative_slope": 0.01, "inplace": False}


class ELU(FunctionModule):
    """x for positive x, else ``alpha`` (exp(x) - 1)."""

    function, options = "elu", {"alpha": 1.0, "inplace": False}


class GELU(FunctionModule):
    """x times the normal distribution function of x."""

    function, options = "gelu", {"approximate": "none"}


class SiLU(FunctionModule):
    """x sigmoid(x)."""

    function, options = "silu", {"inplace": False}


class Softplus(FunctionModule):
    """log(1 + exp(beta x)) / beta."""

    function, options = "softplus", {"beta": 1.0, "threshold": 20.0}


class Tanh(FunctionModule):
    """tanh(x)."""

    function = "tanh"


class Sigmoid(FunctionModule):
    """1 / (1 + exp(-x))."""

    function = "sigmoid"


class Softmax(FunctionModule):
    """exp(x), scaled to sum 1 along ``dim``."""

    function, options = "softmax", {"dim": None}


class LogSoftmax(FunctionModule):
    """The logarithm of softmax along ``dim``."""

    function, options = "log_softmax", {"dim": None}


class ReLU6(FunctionModule):
    """min(max(0, x), 6)."""

    function, options = "relu6", {"inplace": False}


class SELU(FunctionModule):
    """The self-normalising ELU."""

    function, options = "selu", {"inplace": False}


class CELU(FunctionModule):
    """The continuously differentiable ELU."""

    function, options = "celu", {"alpha": 1.0, "inplace": False}


class Mish(FunctionModule):
    """x tanh(softplus(x))."""

    function, options = "mish", {"inplace": False}


class Hardswish(FunctionModule):
    """x relu6(x + 3) / 6."""

    function, options = "hardswish", {"inplace": False}


class Hardsigmoid(FunctionModule):
    """relu6(x + 3) / 6."""

    function, options = "hardsigmoid", {"inplace": False}


class Hardtanh(FunctionModule):
    """x limited to an interval."""

    function, options = "hardtanh", {"min_val": -1.0, "max_val": 1.0, "inplace": False}


class Threshold(FunctionModule):
    """x above the threshold, else a value."""

    function, options = "threshold", {"threshold": REQUIRED, "value": REQUIRED, "inplace": False}


class Softsign(FunctionModule):
    """x / (1 + |x|)."""

    function = "softsign"


class Tanhshrink(FunctionModule):
    """x - tanh(x)."""

    function = "tanhshrink"


class LogSigmoid(FunctionModule):
    """log(sigmoid(x))."""

    function = "logsigmoid"


class Softmin(FunctionModule):
    """The softmax of -x along ``dim``."""

    function, options = "softmin", {"dim": None}


class GLU(FunctionModule):
    """The first half times the sigmoid of the second."""

    function, options = "glu", {"dim": -1}


class Hardshrink(FunctionModule):
    """x, or 0 within ±lambd."""

    function, options = "hardshrink", {"lambd": 0.5}

    def extra_repr(self) -> str:
        """The threshold."""
        return str(self.lambd)


class Softshrink(Hardshrink):
    """x moved towards 0 by lambd."""

    function = "softshrink"


class RReLU(FunctionModule):
    """x for positive x, else times a slope: a random one in training, the middle of the range in evaluation."""

    function, options, shown = "rrelu", {"lower": 1.0 / 8, "upper": 1.0 / 3, "inplace": False}, ("lower", "upper", "inplace")

    def forward(self, *inputs: Tensor) -> Tensor:
        """Apply it."""
        return functional.rrelu(inputs[0], self.lower, self.upper, self.training, self.inplace)


class PReLU(Module):
    """x for positive x, else times a learned ``weight``: one, or one for each channel."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:  # noqa: ARG002
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        wanted = get_default_dtype() if dtype is None else dtype
        self.weight = Parameter(from_array(np.full(num_parameters, init, wanted.np)))

    def forward(self, input: Tensor) -> Tensor:
        """Apply it."""
        return functional.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """How many weights."""
        return f"num_parameters={self.num_parameters}"


class Softmax2d(Module):
    """The softmax over the channels of images."""

    def forward(self, input: Tensor) -> Tensor:
        """Apply it."""
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return functional.softmax(input, -3)
