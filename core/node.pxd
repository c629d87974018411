# What a node looks like to compiled modules. The class itself is Python's: its slots lie one after the other in the order of their
# names, which blanks.pyx checks.

cdef extern from *:
    """
    typedef struct {
        PyObject_HEAD
        PyObject *hooks;
        PyObject *next_edges;
        PyObject *number;
        PyObject *saved;
        PyObject *sequence_nr;
    } GradtraceNode;

    typedef struct {
        GradtraceNode node;
        PyObject *variable;
    } GradtraceAccumulateGrad;
    """
    ctypedef class gradtrace.core.node.Node [object GradtraceNode, check_size ignore]:
        cdef object hooks
        cdef object next_edges
        cdef object number
        cdef object saved
        cdef object sequence_nr

    ctypedef class gradtrace.core.node.AccumulateGrad(Node) [object GradtraceAccumulateGrad, check_size ignore]:
        cdef object variable
