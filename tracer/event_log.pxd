from libc.stdint cimport int64_t


cdef struct Words:
    int64_t* items
    Py_ssize_t size
    Py_ssize_t capacity
    int64_t* lent  # memory on the stack that the words began in, or NULL


cdef class EventLog:
    cdef object _strings
    cdef object _texts  # dictionaries, the first of a class of its own
    cdef object _shapes
    cdef Words _words
    cdef Py_ssize_t _last_row
    cdef readonly int64_t last_id

    cpdef int64_t append(self, int number, int64_t moment, int64_t thread, str scope, int64_t source, tuple fields) except -1
    cdef int64_t commit(self, Words* words, int number, int64_t moment, int64_t thread, int64_t scope, int64_t source) except -1
    cdef int encode(self, Words* words, object value, int code) except -1
    cdef int encode_gradient(self, Words* words, tuple gradient) except -1
    cdef int64_t text(self, object text) except -1
    cdef int64_t shape(self, object shape) except -1
