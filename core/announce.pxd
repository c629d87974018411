cimport cython

cdef tuple _NO_EDGE
cdef dict _takes_both

@cython.locals(edges=list, outputs=list, edge=tuple, kept=tuple)
cpdef announce(object sink, object node, object results, object saved_names)
cdef object _tell_apart(object sink, object node, object edges, object outputs, object saved)
cdef object _introduced(object sink, object node)
@cython.locals(saved=list, place=Py_ssize_t)
cdef list _saved(object node, tuple kept, object results, object saved_names)
cdef object _storage_number(object tensor)
cdef object _dtype_name(object array)
