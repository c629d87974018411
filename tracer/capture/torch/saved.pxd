cimport cython

from .loaded cimport dtype_name, shape_of
from .session cimport Session


@cython.locals(slots=list, any_saved=cython.bint, index=cython.Py_ssize_t, attribute=str, slot=str)
cpdef bint tell_saved(Session session, object node, object number, object visible) except -1

cdef object _tell(Session session, object number, str slot, object tensor, object visible)
cdef str _name(str slot, object index)
cdef list _slots(type node_type)
cdef bint _keeps_something(object node) except -1
cdef object _output_behind(object saved, object visible)
cdef object _address(object tensor)
cdef object _version(object tensor)
