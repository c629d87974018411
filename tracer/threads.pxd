cimport cython
from libc.stdint cimport int64_t, uint64_t


@cython.final
cdef class ThreadState:
    cdef public int64_t number
    cdef public list scopes
    cdef public str scope
    cdef public bint grad_mode

    cpdef enter(self, str name)
    cpdef leave(self, str name)


@cython.final
cdef class RunningThread:
    cdef object _of_each
    cdef uint64_t _last
    cdef ThreadState _last_state

    cpdef ThreadState get(self)
