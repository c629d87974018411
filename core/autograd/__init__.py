"""``torch.autograd``: :func:`backward`, :func:`grad`, the grad modes, :class:`Function`, checks, :class:`Variable`."""

from __future__ import annotations

from .. import grad_mode
from ..anomaly import detect_anomaly, set_detect_anomaly
from ..grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from . import forward_ad, function, functional, graph
from .function import Function
from .gradcheck import gradcheck, gradgradcheck
from .passes import backward, grad, tensor_backward
from .variable import Variable

__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "forward_ad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
    "tensor_backward",
]
