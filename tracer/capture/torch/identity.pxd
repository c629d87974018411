cimport cython

@cython.final
cdef class Identities:
    cdef dict _numbers
    cdef dict _references
    cdef dict _storages
    cdef object _release
    cdef Py_ssize_t _tensor_limit
    cdef Py_ssize_t _storage_limit
    cdef Py_ssize_t _storages_added
    cdef Py_ssize_t _bytes_added

    cpdef object tensor(self, object tensor)
    cpdef object storage(self, object tensor)
    cdef object _sweep_tensors(self)
    cdef object _sweep_storages(self)
