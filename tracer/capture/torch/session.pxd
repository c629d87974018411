cimport cython

from ...statistics cimport measured
from ...user_stack cimport UserStack
from .identity cimport Identities
from .loaded cimport dtype_name, shape_of
from .writes cimport Writes


@cython.final
cdef class ThreadState:
    cdef public list passes
    cdef public bint watched
    cdef public int in_function
    cdef public bint in_step
    cdef public int quiet
    cdef public object step
    cdef public bint grad_mode
    cdef public list modules
    cdef public object paths
    cdef public object outermost


@cython.final
cdef class Session:
    cdef public object sink
    cdef public bint active
    cdef public str key
    cdef public Identities identities
    cdef public Writes writes
    cdef public object uninstall
    cdef public bint with_values
    cdef public bint observes_nodes
    cdef public bint measures
    cdef public object compact
    cdef public bint compiled
    cdef public int unnamed_leaves
    cdef public dict nameless
    cdef object _first_thread
    cdef public bint several_threads
    cdef public dict shared
    cdef public object shared_arrays
    cdef public bint custom_functions
    cdef public object coverage
    cdef public object unseen_gradients
    cdef public dict aliased
    cdef object _running_thread
    cdef dict _leaf_of_gradient
    cdef dict _passes_by_task
    cdef tuple _last
    cdef list _unbound
    cdef set _leaves
    cdef dict _names

    cpdef bint listens(self)
    cpdef object position(self)
    cpdef ThreadState running_thread(self)
    cpdef object gradient(self, object tensor)
    @cython.locals(told=tuple)
    cpdef object leaf(self, object tensor, str name=*)
    cpdef list versions_of(self, list tensors)
    @cython.locals(numbers=list, index=cython.Py_ssize_t)
    cpdef list moved_on(self, list tensors, list before, str op, bint told)
    cpdef object bumped(self, object tensor, str op, object before)
    cdef object _bumped(self, object tensor, str op, object before, object place, object source)
    cpdef object remember_gradient(self, object gradient, object leaf)
    cpdef object leaf_of_gradient(self, object tensor)
    cpdef object remember_alias(self, object tensor)
    cdef bint _is_data_write(self, object tensor, object storage) except -1
    @cython.locals(task=object, last=tuple)
    cpdef object current_pass(self)


cdef object _measured(object tensor)
cdef bint _is_dense(object tensor) except -1


cdef UserStack _stack
cpdef object place_here()
