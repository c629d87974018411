cimport cython

cpdef str dtype_name(object dtype)

@cython.locals(shape=tuple)
cpdef tuple shape_of(object tensor)
