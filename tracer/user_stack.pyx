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

    #if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030D0000
    /* The interpreter's own frames: to ask for frame objects would make them, for each function on the stack. */
    #ifndef Py_BUILD_CORE
    #define Py_BUILD_CORE 1
    #include <internal/pycore_frame.h>
    #undef Py_BUILD_CORE
    #else
    #include <internal/pycore_frame.h>
    #endif
    typedef _PyInterpreterFrame Frame;
    static Frame* complete_frame(Frame* frame) {
        while (frame != NULL && _PyFrame_IsIncomplete(frame)) frame = frame->previous;
        return frame;
    }
    static Frame* running_frame(void) { return complete_frame(PyThreadState_Get()->cframe->current_frame); }
    static Frame* outer_frame(Frame* frame) { return complete_frame(frame->previous); }
    static PyObject* code_of(Frame* frame) { return (PyObject*) frame->f_code; }
    static int offset_in(Frame* frame) { return (int) (_PyInterpreterFrame_LASTI(frame) * sizeof(_Py_CODEUNIT)); }
    static void let_go(Frame* frame) { (void) frame; }
    #else
    typedef PyFrameObject Frame;
    static Frame* running_frame(void) { Frame* frame = PyEval_GetFrame(); Py_XINCREF(frame); return frame; }
    static Frame* outer_frame(Frame* frame) { Frame* outer = PyFrame_GetBack(frame); Py_DECREF(frame); return outer; }
    static PyObject* code_of(Frame* frame) {  /* kept alive by its frame, and by the list of codes */
        PyObject* code = (PyObject*) PyFrame_GetCode(frame);
        Py_DECREF(code);
        return code;
    }
    static int offset_in(Frame* frame) { return PyFrame_GetLasti(frame); }
    static void let_go(Frame* frame) { Py_DECREF(frame); }
    #endif
    """
    ctypedef struct Frame:
        pass
    Frame* running_frame() noexcept
    Frame* outer_frame(Frame* frame) noexcept
    PyObject* code_of(Frame* frame) noexcept
    int offset_in(Frame* frame) noexcept
    void let_go(Frame* frame) noexcept

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
        cdef Recent* recent
        cdef Frame* frame = running_frame()
        while frame != NULL:
            token = self.token_of(frame)
            if token:
                places[count] = token + offset_in(frame)
                mixed = (mixed ^ <uint64_t> places[count]) * 0x9E3779B97F4A7C15u
                count += 1
                if count == MOST_CALLERS:
                    let_go(frame)
                    break
            frame = outer_frame(frame)
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

    cpdef tuple place(self):
        """The code object and the offset of the instruction of the innermost of the user's frames; None when there is none."""
        cdef Frame* frame = running_frame()
        while frame != NULL:
            if self.token_of(frame):
                found = <object> code_of(frame), offset_in(frame)
                let_go(frame)
                return found
            frame = outer_frame(frame)
        return None

    cdef int64_t token_of(self, void* frame) except -1:
        """The token of the frame's code. Lets the frame go when it fails."""
        cdef PyObject* code = code_of(<Frame*> frame)
        cdef size_t slot = (<size_t> code >> 4) * 0x9E3779B1u & (self._known_size - 1)
        while self._known[slot].code != NULL:
            if self._known[slot].code == <void*> code:
                return self._known[slot].token
            slot = (slot + 1) & (self._known_size - 1)
        try:
            return self.token(<object> code)
        except:
            let_go(<Frame*> frame)
            raise

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
