cimport cython

cpdef str dtype_name(object dtype)

cpdef object node_behind(object tensor)

@cython.locals(shape=tuple)
cpdef tuple shape_of(object tensor)
