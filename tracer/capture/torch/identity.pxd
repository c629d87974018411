cimport cython

from ...weak cimport weak_reference

# a weak reference without a callback refers to nothing: there are no cycles for the garbage collector to look for
@cython.final
@cython.no_gc
@cython.freelist(512)
cdef class _Known:
    cdef object number
    cdef object reference


@cython.final
cdef class Identities:
    cdef dict _tensors
    cdef dict _storages
    cdef object _release
    cdef Py_ssize_t _tensor_limit
    cdef Py_ssize_t _storage_limit
    cdef Py_ssize_t _storages_added
    cdef Py_ssize_t _bytes_added

    @cython.locals(known=_Known)
    cpdef object tensor(self, object tensor)
    cpdef object storage(self, object tensor)
    @cython.locals(known=_Known)
    cdef object _sweep_tensors(self)
    cdef object _sweep_storages(self)
