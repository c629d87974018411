"""``torch.functional``: what PyTorch has in a file of that name."""

from .calling import as_function
from .ops.combining import cartesian_prod, cdist, chain_matmul
from .ops.einsum import einsum
from .ops.joining import atleast_1d, atleast_2d, atleast_3d, block_diag, broadcast_tensors, meshgrid
from .ops.matmul import tensordot
from .ops.multi import split
from .ops.norms import norm
from .ops.renorming import unravel_index
from .ops.sorting import unique, unique_consecutive
from .type_info import broadcast_shapes

unique, unique_consecutive = as_function("unique", unique), as_function("unique_consecutive", unique_consecutive)

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "broadcast_shapes",
    "broadcast_tensors",
    "cartesian_prod",
    "cdist",
    "chain_matmul",
    "einsum",
    "meshgrid",
    "norm",
    "split",
    "tensordot",
    "unique",
    "unique_consecutive",
    "unravel_index",
]
