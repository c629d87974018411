cimport cython

from .fresh_saves cimport nothing_in_force, saved_just_now
from .loaded cimport dtype_name, shape_of
from .saved cimport add_kept, saved_by
from .session cimport Session, place_here


# One for each node: there are no cycles through it (a pass forgets its nodes when it is over), and so no reason to have the garbage
# collector look at it and at the dictionary that it is in.
@cython.final
@cython.no_gc
@cython.freelist(256)
cdef class NodeInfo:
    cdef readonly object number
    cdef readonly str name
    cdef readonly tuple place
    cdef object hooks
    cdef public tuple edges
    cdef public bint has_saved
    cdef public bint observed
    cdef public object leaf
    cdef public object freed_by
    cdef public dict retained
    cdef public object ran_in
    cdef object __weakref__


cdef class HookTable(dict):
    cdef object __weakref__


@cython.final
cdef class Registration:
    cdef object _others


@cython.final
cdef class Graph:
    cdef Session _session
    cdef str _key
    cdef public object at_node
    cdef public dict seen_from_behind
    cdef public object first_thread
    cdef bint _several_threads

    cpdef NodeInfo info(self, object node)
    cpdef NodeInfo tell(self, object root, object visible=*)
    cpdef object tell_result(self, object root, object tensor, bint fresh=*)

    @cython.locals(key=str, nodes=list, functions=list, edges=list, ready=cython.bint, info=NodeInfo, next_functions=tuple, edge=tuple, kept=list)
    cdef NodeInfo _tell_new(self, object root, object result, object visible, bint fresh)

    @cython.locals(info=NodeInfo, session=Session, saved=list, runs_python=cython.bint, keeps=cython.int)
    cdef object _tell_one(self, object node, tuple edges, tuple whence, object result, object visible, list kept, bint is_root)

    @cython.locals(session=Session)
    cdef bint _tell_accumulator(self, object node, NodeInfo info, object source) except -1

    cdef bint _is_one_thread(self) except -1

    @cython.locals(info=NodeInfo, gone=cython.bint, found=list)
    cpdef list to_be_seen_from_the_front(self)

    @cython.locals(session=Session)
    cdef object _hand_on(
        self, object number, str name, tuple edges, object outputs, object sequence_nr, list saved, object variable, object source
    )

    @cython.locals(outputs=list)
    cdef list _outputs(self, object node, object visible)

    cdef object _observe(self, object node, NodeInfo info, bint from_both_sides)

    cpdef object retain(self, object node, NodeInfo info, object output_nr, object hook)


cdef str _name_of(object node)
cdef object _made_by(object node, list kept)
