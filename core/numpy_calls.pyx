"""The compiled counterpart of ``numpy_calls.py``."""

from numpy import ufunc

cdef extern from *:
    """
    #if defined(_MSC_VER)
    static __declspec(thread) int calls;
    #else
    static __thread int calls;
    #endif
    """
    int calls  # of this thread


def from_core(function):
    """``function``, to be called with arrays by a module of core that may be compiled."""
    if not isinstance(function, ufunc):
        return function  # has a frame of its own
    if function.nin == 1:
        def call(array):
            global calls
            calls += 1
            try:
                return function(array)
            finally:
                calls -= 1
    else:
        def call(first, second):
            global calls
            calls += 1
            try:
                return function(first, second)
            finally:
                calls -= 1
    return call


def in_progress():
    """Whether this thread is in such a call, and no frame says so."""
    return calls > 0
