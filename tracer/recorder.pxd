cimport cython
from libc.stdint cimport int64_t

from .causes cimport Causes
from .event_log cimport EventLog
from .threads cimport RunningThread, ThreadState
from .user_stack cimport UserStack


cdef class Recorder:
    cdef dict __dict__
    cdef object __weakref__
    cdef public bint active
    cdef public str failure
    cdef public str level
    cdef object _writer
    cdef object _previous
    cdef bint _with_statistics
    cdef bint _with_values
    cdef int64_t _start
    cdef EventLog _log
    cdef object _positions
    cdef UserStack _stack
    cdef Causes _causes
    cdef RunningThread _local
    cdef tuple _last_node
    cdef dict _pass_sources
    cdef set _leaves
    cdef tuple _named_leaf
    cdef tuple _last_flow
    cdef readonly object _copies
    cdef object _batches
    cdef int64_t _due_mask

    @cython.locals(thread=ThreadState, now=int64_t, event_id=int64_t, position=int64_t)
    cpdef int64_t _add(self, int number, tuple fields, object source=*) except -1
    cpdef object _gradient(self, object array)
    @cython.locals(last_id=int64_t)
    cdef object _flowing_gradient(self, object pass_, object node, object array)
