cimport cython

from .node cimport AccumulateGrad, Node
from .tensor cimport Tensor


@cython.locals(values=list, tensor=Tensor, index=cython.Py_ssize_t)
cpdef list unpack_raw(Node node, object saved)
