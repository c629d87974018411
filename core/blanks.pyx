"""The compiled counterpart of ``blanks.py``.

Compiled modules read and write the slots of nodes and tensors where they lie (see ``node.pxd`` and ``tensor.pxd``), and count on each
of them to hold something: in an object that is new it is None.
"""

from cpython.object cimport PyObject

from .node cimport Node
from .tensor cimport Tensor

cdef extern from *:
    """
    #include <structmember.h>

    /* whether this is the slot with that number in objects of its class */
    static int is_slot(PyObject* descriptor, int number) {
        Py_ssize_t expected = (Py_ssize_t) (sizeof(PyObject) + number * sizeof(PyObject*));
        return Py_IS_TYPE(descriptor, &PyMemberDescr_Type)
            && ((PyMemberDescrObject*) descriptor)->d_member->offset == expected;
    }

    static PyObject* with_slots_filled(PyTypeObject* kind, int count) {
        PyObject* made = kind->tp_alloc(kind, 0);
        if (made == NULL) return NULL;
        PyObject** slots = (PyObject**) ((char*) made + sizeof(PyObject));
        for (int number = 0; number < count; number++) {
            Py_INCREF(Py_None);
            slots[number] = Py_None;
        }
        return made;
    }

    static PyObject* new_blank(PyObject* kind, PyObject* node, PyObject* tensor, int of_node, int of_tensor) {
        PyTypeObject* type = (PyTypeObject*) kind;
        if (type == (PyTypeObject*) tensor || PyType_IsSubtype(type, (PyTypeObject*) tensor))
            return with_slots_filled(type, of_tensor);
        return with_slots_filled(type, PyType_IsSubtype(type, (PyTypeObject*) node) ? of_node : 0);
    }
    """
    bint is_slot(PyObject* descriptor, int number)
    object new_blank(object kind, object node, object tensor, int of_node, int of_tensor)

cdef tuple NODE = ("hooks", "next_edges", "number", "saved", "sequence_nr")
cdef tuple TENSOR = ("_array", "_counter", "_edge", "_meta", "_number", "_requires_grad")

for kind, names in ((Node, NODE), (Tensor, TENSOR)):
    for number, name in enumerate(names):
        if not is_slot(<PyObject*> kind.__dict__[name], number):
            raise ImportError(f"slots of {kind.__name__} do not lie where node.pxd and tensor.pxd say")


def new(type kind):
    """As ``object.__new__``, for nodes and tensors."""
    return new_blank(kind, Node, Tensor, 5, 6)
