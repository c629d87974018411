"""The compiled counterpart of ``announce.py``.

The attributes of nodes and tensors that are looked at are ``__slots__``: they lie at the same place in every object of the class, so
that reading one is reading memory. Where it lies is what the class's own descriptor says.
"""

from cpython.object cimport PyObject

from .activity import activity
from .dtypes import from_numpy_dtype
from .grad_mode import thread_state
from .identity import next_node, next_tensor, node_id, storage_id, tensor_id
from .node import AccumulateGrad, Node, announce_accumulator
from .saved import SavedOutput, restored_output
from .tensor import Tensor

cdef extern from *:
    """
    #include <structmember.h>

    /* where in an object its slot of this name lies; 0 when the descriptor is another kind of thing */
    static Py_ssize_t place_of_slot(PyObject* descriptor) {
        if (!Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) return 0;
        return ((PyMemberDescrObject*) descriptor)->d_member->offset;
    }
    """
    Py_ssize_t place_of_slot(PyObject* descriptor)

cdef struct Places:
    Py_ssize_t next_edges
    Py_ssize_t number
    Py_ssize_t saved
    Py_ssize_t sequence_nr
    Py_ssize_t tensor_number
    Py_ssize_t array
    Py_ssize_t counter

cdef Places places
places.next_edges = place_of_slot(<PyObject*> Node.next_edges)
places.number = place_of_slot(<PyObject*> Node.number)
places.saved = place_of_slot(<PyObject*> Node.saved)
places.sequence_nr = place_of_slot(<PyObject*> Node.sequence_nr)
places.tensor_number = place_of_slot(<PyObject*> Tensor._number)
places.array = place_of_slot(<PyObject*> Tensor._array)
places.counter = place_of_slot(<PyObject*> Tensor._counter)
if not (
    places.next_edges and places.number and places.saved and places.sequence_nr
    and places.tensor_number and places.array and places.counter
):
    raise ImportError("core's nodes and tensors are not made as this was written for")

cdef type node_class = Node
cdef type tensor_class = Tensor
cdef type saved_output = SavedOutput
cdef object state = thread_state
cdef tuple NO_EDGE = (0, 0)
cdef dict takes_both_by_class = {}


cdef inline object slot(object one, Py_ssize_t place):
    """The value of a slot. Raises ``AttributeError`` for one that was never set."""
    cdef PyObject* value = (<PyObject**> (<char*> <PyObject*> one + place))[0]
    if value == NULL:
        raise AttributeError("announced before it was complete")
    return <object> value


def announce(sink, node, results, saved_names):
    """A node was made: where its gradients go, what it returned, what it keeps."""
    cdef list edges = []
    cdef list outputs = []
    if not isinstance(node, node_class):
        raise TypeError(f"not a node: {node!r}")
    for edge in <tuple?> slot(node, places.next_edges):
        if edge is None:
            edges.append(NO_EDGE)
        else:
            receiver, input_nr = <tuple?> edge
            if not isinstance(receiver, node_class):
                raise TypeError(f"not a node: {receiver!r}")
            edges.append((slot(receiver, places.number) or introduced(sink, receiver), input_nr))
    number = slot(node, places.number)
    if not number:
        number = node.number = next_node()
    if activity.writes and len(results) == 1 and state.written_to is not None:
        results = (state.written_to,)
    for result in results:
        if not isinstance(result, tensor_class):
            raise TypeError(f"not a tensor: {result!r}")
        output = slot(result, places.tensor_number)
        if not output:
            output = result._number = next_tensor()
        outputs.append((output, slot(result, places.array)))
    kept = slot(node, places.saved)
    saved = () if kept is None else saved_by(node, kept, results, saved_names)
    takes_both = takes_both_by_class.get(type(sink))
    if takes_both is None:
        takes_both = takes_both_by_class[type(sink)] = hasattr(type(sink), "node_recorded")
    if takes_both:
        sink.node_recorded(number, type(node).__name__, edges, outputs, slot(node, places.sequence_nr), saved)
        return
    made = [(output, array.shape, dtype_name(array)) for output, array in outputs]
    sink.node_created(number, type(node).__name__, edges, made, node.sequence_nr)
    for name, tensor, storage, version, array in saved:
        sink.tensor_saved(number, name, tensor, storage, version, array.shape, dtype_name(array), array.nbytes)


cdef object introduced(object sink, object node):
    """The number of a node that was made while nobody listened. Of a leaf's accumulator the listener hears now."""
    if isinstance(node, AccumulateGrad):
        announce_accumulator(sink, node, node.variable)
    return node_id(node)


cdef list saved_by(object node, tuple kept, object results, object saved_names):
    """What ``node`` keeps, which is ``kept``: a value and its version for each name."""
    cdef list saved = []
    cdef Py_ssize_t place = 0
    for name in saved_names:
        if place + 1 >= len(kept):
            raise IndexError("fewer saved values than names for them")
        value = kept[place]
        version = kept[place + 1]
        place += 2
        if type(value) is saved_output:  # which has the output's number in place of the version
            value, version = (results[version] if version < len(results) else restored_output(value, node, version)), value.version
        if not isinstance(value, tensor_class):
            continue
        number = slot(value, places.tensor_number)
        if not number:
            number = value._number = next_tensor()
        saved.append((name, number, storage_number(value), version, slot(value, places.array)))
    return saved


cdef object storage_number(object tensor):
    """As :func:`.identity.storage_id`, with fewer calls, of a tensor that has a number."""
    counter = slot(tensor, places.counter)
    if counter is None:
        return slot(tensor, places.tensor_number)
    storage = counter._storage
    if storage is None:
        storage = counter.storage
    return storage.number or storage_id(tensor)


cdef object dtype_name(object array):
    return from_numpy_dtype(array.dtype).name


def announce_cut(sink, recording, inputs, results):
    """As :func:`gradtrace.core.announce.announce_cut` in Python."""
    if not recording and (state.functions or state.passes):
        return
    for value in inputs:
        if isinstance(value, tensor_class) and value._requires_grad:
            for result in results:
                sink.graph_cut(tensor_id(value), tensor_id(result), "non_differentiable" if recording else "no_grad")
