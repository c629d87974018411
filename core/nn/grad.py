"""``torch.nn.grad``: the gradients of convolutions, for their inputs and their kernels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autograd import grad
from ..grad_mode import enable_grad
from ..tensor import Tensor, from_array
from . import functional


def _gradient(dims: int, of_input: bool) -> Callable[..., Tensor]:
    """``convNd_input`` or ``convNd_weight``: the gradient of what is given by its size, the other being given itself."""

    def gradient(
        first: Any, second: Any, grad_output: Tensor, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
    ) -> Tensor:
        sizes, other = (first, second) if of_input else (second, first)
        wanted = from_array(np.zeros(tuple(sizes), grad_output._array.dtype)).requires_grad_()
        pair: Sequence[Tensor] = (wanted, other.detach()) if of_input else (other.detach(), wanted)
        with enable_grad():
            result = getattr(functional, f"conv{dims}d")(*pair, None, stride, padding, dilation, groups)
            found: Tensor = grad(result, wanted, grad_output.detach())[0]
        return found

    gradient.__name__ = gradient.__qualname__ = f"conv{dims}d_{'input' if of_input else 'weight'}"
    sizes = "(input_size, weight, grad_output, ...)" if of_input else "(input, weight_size, grad_output, ...)"
    gradient.__doc__ = f"The gradient of conv{dims}d for its {'input' if of_input else 'weight'}: {sizes}."
    return gradient


conv1d_input, conv2d_input, conv3d_input = (_gradient(dims, True) for dims in (1, 2, 3))
conv1d_weight, conv2d_weight, conv3d_weight = (_gradient(dims, False) for dims in (1, 2, 3))
