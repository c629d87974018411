# The annotations of its functions say the rest: see setup.py.

from .node cimport Node
from .tensor cimport Tensor
