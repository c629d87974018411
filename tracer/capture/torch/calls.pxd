cimport cython

from .graph cimport Graph
from .session cimport Session, ThreadState


@cython.final
cdef class Calls:
    cdef Session _session
    cdef Graph _graph
    cdef object _hooks
    cdef dict _handlers
    cdef object _ordinary
    cdef object _memory

    @cython.locals(handler=object)
    cpdef object dispatch(self, object function, tuple args, dict kwargs)

    @cython.locals(session=Session, thread=ThreadState)
    cpdef bint wanted(self) except -1

    @cython.locals(session=Session, tensors=list, versions=list)
    cpdef object call(self, object function, tuple args, dict kwargs)

    @cython.locals(tensors=list)
    cdef tuple _before(self, object args, dict kwargs)

    @cython.locals(session=Session, written=list, index=cython.Py_ssize_t, made=list)
    cdef object _after(self, str name, list tensors, list versions, object result, bint built_in)

    @cython.locals(by_node=list, targets=list)
    cdef object _tell_nodes(self, list made, object written, list arguments)

    @cython.locals(session=Session, thread=ThreadState, sources=list)
    cdef object _tell_leaf_or_cut(self, str name, list tensors, object result)

    cdef object _how(self, str name, object result)

    @cython.locals(session=Session)
    cdef object _tell_zeroed(self, object gradient)


@cython.locals(tensors=list)
cdef list _tensors_in(object values, dict named)

cdef object _add_tensors(list tensors, object value)
cdef list _versions(list tensors)
cdef bint _called_from_torch() except -1
cdef bint _contains(object tensors, object wanted) except -1
