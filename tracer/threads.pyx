"""The compiled counterpart of :mod:`.threads`: the interpreter's own number of a thread tells whether it is still the same one."""

import threading

from libc.stdint cimport uint64_t

cdef extern from "Python.h":
    ctypedef struct PyThreadState:
        pass
    PyThreadState* PyThreadState_Get()
    uint64_t PyThreadState_GetID(PyThreadState* state)

__all__ = ["RunningThread", "ThreadState"]


cdef class ThreadState:
    """As :class:`gradtrace.tracer.threads.ThreadState`."""

    def __init__(self, number):
        self.number = number
        self.scopes = []
        self.scope = ""
        self.grad_mode = True

    cpdef enter(self, str name):
        """A region begins inside those that are open."""
        self.scopes.append((name, self.scope))
        self.scope = f"{self.scope}/{name}" if len(self.scopes) > 1 else name

    cpdef leave(self, str name):
        """The innermost region of this name ends, and with it those left open inside."""
        cdef Py_ssize_t index
        for index in range(len(self.scopes) - 1, -1, -1):
            if self.scopes[index][0] == name:
                self.scope = self.scopes[index][1]
                del self.scopes[index:]
                return


class _OfEach(threading.local):
    def __init__(self, numbers):
        self.state = ThreadState(numbers())


cdef class RunningThread:
    """As :class:`gradtrace.tracer.threads.RunningThread`."""

    def __init__(self, numbers):
        self._of_each = _OfEach(numbers)
        self._last = 0
        self._last_state = None

    cpdef ThreadState get(self):
        """The running thread's state."""
        cdef uint64_t running = PyThreadState_GetID(PyThreadState_Get())
        cdef ThreadState state
        if running == self._last and self._last_state is not None:
            return self._last_state
        state = self._of_each.state
        self._last, self._last_state = running, state
        return state
