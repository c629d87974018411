cimport cython

from .node cimport AccumulateGrad, Node


@cython.locals(dependencies=dict, stack=list, node=Node, above=Node, edge=tuple)
cpdef dict count_dependencies(object roots)


@cython.locals(
    node=Node, next_node=Node, following=Node, results=tuple, partial=dict, ready=list,
    position=cython.Py_ssize_t, count=cython.Py_ssize_t, arrivals=cython.Py_ssize_t,
)
cpdef run_plain(
    dict dependencies, object edges, object gradients, bint free, object run_leaf, object run_hooked, object failed, bint heard
)
