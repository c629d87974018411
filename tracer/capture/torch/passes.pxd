cimport cython

from .graph cimport NodeInfo
from .session cimport place_here


@cython.final
cdef class RunningNode:
    cdef public NodeInfo info
    cdef public object began
    cdef public object before
    cdef public object contribution
    cdef public object version
    cdef public bint accumulated
    cdef public bint finished
    cdef public bint retained


@cython.final
cdef class EnginePass:
    cdef dict __dict__
    cdef public object number
    cdef public bint keep_graph
    cdef public bint create_graph
    cdef public bint accumulates
    cdef public bint restricted
    cdef public str call
    cdef public set captured
    cdef public dict running
    cdef public list inputs
    cdef public NodeInfo in_hook
    cdef public list replicas
    cdef public object place
    cdef public object clock
    cdef public dict sent
    cdef set _roots
    cdef dict _arrivals

    cpdef object arrived(self, object node)

    cpdef object sole_gradient(self, object node)

    @cython.locals(count=object)
    cpdef str reason(self, object node)
