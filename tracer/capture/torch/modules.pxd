cimport cython

from .session cimport Session, ThreadState


@cython.final
cdef class _Paths:
    cdef int upto
    cdef dict _of

    cdef object add(self, object module, object path)

    @cython.locals(known=tuple)
    cdef bint knows(self, object module) except -1

    cdef object path(self, object module)


@cython.final
cdef class Modules:
    cdef Session _session
    cdef object _replicas
    cdef object _owners
    cdef object _sharding
    cdef public object outermost

    @cython.locals(session=Session)
    cpdef object enter(self, object module, object inputs)

    @cython.locals(session=Session, thread=ThreadState, paths=_Paths)
    cdef object _enter(self, object module)

    @cython.locals(session=Session, paths=_Paths)
    cdef _Paths _scanned(self, object outermost)

    @cython.locals(session=Session, thread=ThreadState)
    cpdef object leave(self, object module, object inputs, object output)
