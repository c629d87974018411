cimport cython


@cython.final
cdef class Writes:
    cdef dict _of

    cpdef object add(self, object storage, object before, object after, object op, object place)
