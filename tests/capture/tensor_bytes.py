"""The bytes of tensors, whatever this PyTorch and this NumPy can do for each other."""

import numpy as np
import torch


def numpy_works():
    """A PyTorch made for NumPy 1 (up to 2.2) refuses ``numpy()`` with NumPy 2."""
    try:
        torch.empty(1).numpy()
    except RuntimeError:
        return False
    return True


NUMPY_WORKS = numpy_works()


def bytes_of(tensor):
    """The bytes of a dense tensor that has no history."""
    return (tensor.numpy() if NUMPY_WORKS else np.from_dlpack(tensor.contiguous())).tobytes()
