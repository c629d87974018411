cimport cython

cpdef bint nothing_in_force() except -1

@cython.locals(attributes=list, attribute=tuple, kept=list)
cpdef list saved_just_now(object node, object result, bint single)
