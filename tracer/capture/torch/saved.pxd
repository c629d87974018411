cimport cython

from .loaded cimport dtype_name, shape_of
from .session cimport Session


@cython.locals(slots=list, kept=cython.int, index=cython.Py_ssize_t, attribute=str, slot=str)
cpdef int saved_by(Session session, object node, object visible, list saved) except -1

@cython.locals(entry=tuple, slot=str, own=cython.bint)
cpdef int add_kept(Session session, object node, list kept, object result, list saved) except -1

cdef tuple _facts(Session session, str slot, object tensor, object made)
cdef int _add_unpacked(Session session, object node, object visible, list saved) except -1
cdef int _add(Session session, list saved, str slot, object tensor, object visible) except -1
cdef str _name(str slot, object index)
cdef list _slots(type node_type)
cdef bint _keeps_something(object node) except -1
cdef object _output_behind(object saved, object visible)
cdef object _address(object tensor)
cdef object _version(object tensor)
