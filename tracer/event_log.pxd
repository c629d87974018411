from libc.stdint cimport int64_t


cdef struct Words:
    int64_t* items
    Py_ssize_t size
    Py_ssize_t capacity
    int64_t* lent  # memory on the stack that the words began in, or NULL


cdef struct Dtype:
    void* dtype
    int64_t name
    Py_ssize_t size


cdef struct Seen:
    int64_t number
    int dimensions
    Py_ssize_t sizes[6]


cdef class EventLog:
    cdef object _strings
    cdef object _texts  # dictionaries, the first of a class of its own
    cdef object _shapes
    cdef Words _words
    cdef Py_ssize_t _last_row
    cdef readonly int64_t last_id
    cdef object _last_scope
    cdef int64_t _last_scope_number
    cdef Dtype _dtypes[8]
    cdef list _dtype_objects
    cdef Seen* _seen

    cpdef int64_t now(self)

    cpdef int64_t append(self, int number, int64_t moment, int64_t thread, str scope, int64_t source, tuple fields) except -1
    cpdef int64_t append_node(
        self, int64_t moment, int64_t thread, str scope, int64_t source, object node, object name, object edges, object outputs,
        object variable, object sequence_nr, object grad_mode, object saved
    ) except -1
    cdef int put_array(self, Words* words, object array, bint with_size) except -1
    cdef int64_t shape_of(self, int dimensions, const Py_ssize_t* sizes) except -1
    cdef Dtype* dtype_of(self, object array, void* dtype) except NULL
    cdef int64_t scope(self, object scope) except -1
    cdef int64_t commit(self, Words* words, int number, int64_t moment, int64_t thread, int64_t scope, int64_t source) except -1
    cdef int encode(self, Words* words, object value, int code) except -1
    cdef int encode_gradient(self, Words* words, object gradient) except -1
    cdef int64_t text(self, object text) except -1
    cdef int64_t shape(self, object shape) except -1
