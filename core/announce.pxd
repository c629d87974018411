cimport cython

from .node cimport Node
from .tensor cimport Tensor


cdef tuple _NO_EDGE
cdef dict _takes_both


@cython.locals(edges=list, edge=tuple, receiver=Node, result=Tensor, outputs=list)
cpdef object announce(object sink, Node node, object results, object saved_names)

cdef object _tell_apart(object sink, Node node, list edges, list outputs, object saved)

cdef object _introduced(object sink, Node node)

@cython.locals(saved=list, tensor=Tensor, place=cython.Py_ssize_t)
cdef list _saved(Node node, tuple kept, object results, object saved_names)

cdef object _storage_number(Tensor tensor)

cdef object _dtype_name(object array)
