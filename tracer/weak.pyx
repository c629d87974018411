"""The compiled counterpart of :mod:`.weak`.

A weak reference without a callback refers to nothing, so no cycle can go through it. Thousands of them that live for some steps make
the garbage collector look through all of the program's objects every now and then, unless it is told to leave them alone.
"""

from weakref import ref

cdef extern from "Python.h":
    void PyObject_GC_UnTrack(void* thing)

__all__ = ["weak_reference"]


cpdef object weak_reference(object thing):
    """As :func:`gradtrace.tracer.weak.weak_reference` in Python."""
    reference = ref(thing)
    PyObject_GC_UnTrack(<void*> reference)
    return reference
