# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The compiled counterpart of ``user_stack.py``.

The frames are walked anew for each event, as nothing says that they are still the same without keeping them, and their variables,
alive. A place is a code object's token plus the offset of the instruction; places seen lately are found without making an object.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_RawCalloc, PyMem_RawFree
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

cdef extern from *:
    """
    #include <frameobject.h>

    static PyObject* running_frame(void) { PyObject* frame = (PyObject*) PyEval_GetFrame(); Py_XINCREF(frame); return frame; }
    static PyObject* outer_frame(PyObject* frame) { return (PyObject*) PyFrame_GetBack((PyFrameObject*) frame); }
    static PyObject* code_of(PyObject* frame) { return (PyObject*) PyFrame_GetCode((PyFrameObject*) frame); }
    static int offset_in(PyObject* frame) { return PyFrame_GetLasti((PyFrameObject*) frame); }
    """
    PyObject* running_frame()
    PyObject* outer_frame(PyObject* frame)
    PyObject* code_of(PyObject* frame)
    int offset_in(PyObject* frame)
    void Py_DECREF(PyObject* one)

__all__ = ["CALLERS", "UserStack"]

cdef enum:
    MOST_CALLERS = 8
    RECENT = 512  # a power of two
    MOST_CODES = 1 << 14
    MOST_PLACES = 1 << 16

CALLERS = MOST_CALLERS


cdef struct Recent:
    int count
    int64_t places[MOST_CALLERS]
    int64_t number


cdef class UserStack:
    def __cinit__(self, number_here, is_plumbing):
        self._number_here = number_here
        self._is_plumbing = is_plumbing
        self._codes = []
        self._numbers = {}
        self._known_size = 2 * MOST_CODES
        self._known = <Known*> PyMem_RawCalloc(self._known_size, sizeof(Known))
        self._recent = PyMem_RawCalloc(RECENT, sizeof(Recent))
        self._next_token = 1
        if self._known == NULL or self._recent == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_RawFree(self._known)
        PyMem_RawFree(self._recent)

    cpdef int64_t here(self) except -1:
        """The number of the position of the innermost of the user's frames; 0 when there is none."""
        cdef int64_t places[MOST_CALLERS]
        cdef int64_t token, number
        cdef int count = 0
        cdef uint64_t mixed = 0
        cdef size_t slot
        cdef PyObject* outer
        cdef PyObject* code
        cdef Recent* recent
        cdef PyObject* frame = running_frame()
        while frame != NULL:
            code = code_of(frame)
            slot = (<size_t> code >> 4) * 0x9E3779B1u & (self._known_size - 1)
            while self._known[slot].code != NULL and self._known[slot].code != <void*> code:
                slot = (slot + 1) & (self._known_size - 1)
            token = self._known[slot].token
            if self._known[slot].code == NULL:
                try:
                    token = self.token(<object> code)
                except:
                    Py_DECREF(code)
                    Py_DECREF(frame)
                    raise
            Py_DECREF(code)  # kept alive by its frame, and by the list of codes
            if token:
                places[count] = token + offset_in(frame)
                mixed = (mixed ^ <uint64_t> places[count]) * 0x9E3779B97F4A7C15u
                count += 1
                if count == MOST_CALLERS:
                    Py_DECREF(frame)
                    break
            outer = outer_frame(frame)
            Py_DECREF(frame)
            frame = outer
        recent = <Recent*> self._recent + (mixed >> 40 & (RECENT - 1))
        if recent.count == count and recent.number and not memcmp(recent.places, places, count * sizeof(int64_t)):
            return recent.number
        key = PyBytes_FromStringAndSize(<char*> places, count * sizeof(int64_t))
        found = self._numbers.get(key)
        if found is None:
            if len(self._numbers) >= MOST_PLACES:  # a program that recurses in many ways
                self._numbers.clear()
            found = self._numbers[key] = self._number_here()
        number = found
        recent.count, recent.number = count, number
        memcpy(recent.places, places, count * sizeof(int64_t))
        return number

    cdef int64_t token(self, object code) except -1:
        """A number for a code object of the user's, with room for offsets of instructions to be added; 0 for any other."""
        cdef int64_t token = 0
        cdef size_t slot
        if len(self._codes) >= MOST_CODES:  # a program that compiles code in a loop
            self.clear()
        if not self._is_plumbing(code.co_filename):
            token = self._next_token << 32
            self._next_token += 1
        self._codes.append(code)  # keeps its address from being used again
        slot = (<size_t> <void*> code >> 4) * 0x9E3779B1u & (self._known_size - 1)
        while self._known[slot].code != NULL:
            slot = (slot + 1) & (self._known_size - 1)
        self._known[slot].code = <void*> code
        self._known[slot].token = token
        return token

    cdef int clear(self) except -1:
        """Tokens are not used again, so that what other threads have found so far stays right."""
        memset(self._known, 0, self._known_size * sizeof(Known))
        memset(self._recent, 0, RECENT * sizeof(Recent))
        self._numbers.clear()
        codes, self._codes = self._codes, []
        return 0
