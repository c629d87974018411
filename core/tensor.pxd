# What a tensor looks like to compiled modules: see node.pxd.

cdef extern from *:
    """
    typedef struct {
        PyObject_HEAD
        PyObject *_array;
        PyObject *_counter;
        PyObject *_edge;
        PyObject *_meta;
        PyObject *_number;
        PyObject *_requires_grad;
    } GradtraceTensor;
    """
    ctypedef class gradtrace.core.tensor.Tensor [object GradtraceTensor, check_size ignore]:
        cdef object _array
        cdef object _counter
        cdef object _edge
        cdef object _meta
        cdef object _number
        cdef object _requires_grad
