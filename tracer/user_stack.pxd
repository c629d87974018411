from libc.stdint cimport int64_t


cdef struct Known:
    void* code
    int64_t token


cdef class UserStack:
    cdef object _number_here
    cdef object _is_plumbing
    cdef list _codes
    cdef dict _numbers
    cdef Known* _known
    cdef size_t _known_size
    cdef void* _recent
    cdef int64_t _next_token

    cpdef int64_t here(self) except -1
    cpdef tuple place(self)
    cdef int64_t token_of(self, void* frame) except -1
    cdef int64_t token(self, object code) except -1
    cdef int clear(self) except -1
