cimport cython

from .graph cimport Graph, NodeInfo
from ...statistics cimport MeasuredGradient
from .passes cimport EnginePass, RunningNode
from .session cimport Session


@cython.final
cdef class Nodes:
    cdef Session _session
    cdef Graph _graph

    @cython.locals(session=Session, pass_=EnginePass)
    cpdef object at_node(self, NodeInfo info, tuple gradients)

    @cython.locals(running=RunningNode, number=object)
    cpdef RunningNode start(self, EnginePass pass_, NodeInfo info)

    @cython.locals(info=NodeInfo, session=Session)
    cpdef object tell_retained(self, EnginePass pass_, RunningNode running, object gradients)

    @cython.locals(session=Session, running=RunningNode)
    cdef object _before(self, EnginePass pass_, NodeInfo info, object gradients)

    @cython.locals(known=MeasuredGradient)
    cdef object _contribution(self, EnginePass pass_, NodeInfo info, object gradient)

    cdef object _copied(self, object gradient)

    @cython.locals(session=Session, running=RunningNode, heard_of=cython.bint)
    cdef object _after(self, EnginePass pass_, NodeInfo info, tuple gradients, object now)

    @cython.locals(info=NodeInfo)
    cpdef object finish(self, EnginePass pass_, RunningNode running, object results, object now)

    @cython.locals(session=Session)
    cdef object _ran(self, object sink, EnginePass pass_, NodeInfo info, object results, object now)

    @cython.locals(flows=list, output_nr=cython.Py_ssize_t)
    cdef list _flows(self, EnginePass pass_, tuple edges, object results)

    @cython.locals(info=NodeInfo, session=Session)
    cpdef object tell_accumulated(self, EnginePass pass_, RunningNode running)

    cdef bint _others_added(self, RunningNode running, object gradient, object leaf) except -1


cdef bint _is_at(object gradient, MeasuredGradient known) except -1
