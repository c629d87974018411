cimport cython


@cython.final
cdef class Causes:
    cdef dict _bumps
    cdef dict _freed

    cpdef object bumped(self, object event, object storage, object before)
    cpdef object freed(self, object event, object node, object pass_)
