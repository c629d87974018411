# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The compiled counterpart of :mod:`.event_log`: events as machine words in one growing buffer.

An event is a head (how many words, number of its type, id, time, thread, scope, source) and its own fields in the order of their
declaration: texts and shapes as numbers of interned strings, floats by their bits, ragged fields with their length before them. It is
put together aside and copied into the buffer in one go, for whatever runs Python code may let another thread, or this one in a
finalizer, append in between. Columns are made of the words when they are written.
"""

from cpython.dict cimport PyDict_GetItem
from cpython.mem cimport PyMem_RawCalloc, PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from cpython.object cimport PyObject
from libc.math cimport NAN
from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.string cimport memcpy, memmove

import json
from time import perf_counter_ns

import numpy as np

from .statistics cimport MeasuredGradient

from ..core import events as core_events
from .store.arrays import dtype_name
from .store.packing import PackedEvents
from .store.schema import COLUMN_DTYPES, COMMON_COLUMNS, EVENT_NUMBER, SCHEMAS, FieldType

__all__ = ["EventLog"]

cdef enum:
    HEAD = 7  # words: size, type, id, time, thread, scope, source
    ASIDE = 96  # words: enough for nearly all events
    MOST_TYPES = 64
    MOST_FIELDS = 16
    MOST_COLUMNS = 16  # of a field
    STATISTICS = 9
    INTEGER_STATISTICS = 5

    MOST_DTYPES = 8
    SEEN = 256  # shapes, a power of two
    MOST_SIZES = 6

cdef int NODE_CREATED = EVENT_NUMBER[core_events.NodeCreated]
cdef int TENSOR_SAVED = EVENT_NUMBER[core_events.TensorSaved]

cdef extern from *:
    """
    #if defined(__linux__)  /* what perf_counter_ns() reads there */
    #include <time.h>
    static int64_t clock_reading(void) {
        struct timespec reading;
        clock_gettime(CLOCK_MONOTONIC, &reading);
        return (int64_t) reading.tv_sec * 1000000000 + reading.tv_nsec;
    }
    #else
    static int64_t clock_reading(void) { return -1; }
    #endif
    """
    int64_t clock_reading() noexcept

cdef extern from *:
    """
    /* how every array of NumPy begins; see HEADS_FIT */
    typedef struct {
        PyObject_HEAD
        char* data;
        int dimensions;
        Py_ssize_t* sizes;
        Py_ssize_t* strides;
        PyObject* base;
        PyObject* dtype;
    } ArrayHead;
    """
    ctypedef struct ArrayHead:
        int dimensions
        Py_ssize_t* sizes
        void* dtype

cdef object ndarray = np.ndarray


cdef bint heads_fit(object array):
    """Whether NumPy still lays out its arrays as it always has."""
    cdef ArrayHead* head = <ArrayHead*> array
    return (
        head.dimensions == 2 and head.dtype == <void*> array.dtype
        and head.sizes[0] == array.shape[0] and head.sizes[1] == array.shape[1]
    )

cdef bint HEADS_FIT = heads_fit(np.zeros((3, 5), np.float32))

cdef enum Code:
    INT, BOOL, TEXT, SHAPE, MAPPING, INTS, TEXTS, EDGES, OUTPUTS, GRADIENT

cdef struct Layout:
    int count
    int codes[MOST_FIELDS]

cdef Layout layouts[MOST_TYPES]

cdef dict CODES = {
    FieldType.INT: INT,
    FieldType.BOOL: BOOL,
    FieldType.TEXT: TEXT,
    FieldType.SHAPE: SHAPE,
    FieldType.MAPPING: MAPPING,
    FieldType.INTS: INTS,
    FieldType.TEXTS: TEXTS,
    FieldType.EDGES: EDGES,
    FieldType.OUTPUTS: OUTPUTS,
    FieldType.GRADIENT: GRADIENT,
}


def _lay_out():
    if len(SCHEMAS) > MOST_TYPES:
        raise ImportError("more types of events than this was written for")
    for schema in SCHEMAS.values():
        if len(schema.fields) > MOST_FIELDS or any(len(field.columns) >= MOST_COLUMNS for field in schema.fields):
            raise ImportError("more fields or columns than this was written for")
        layouts[schema.number].count = len(schema.fields)
        for index, field in enumerate(schema.fields):
            layouts[schema.number].codes[index] = CODES[field.type]


_lay_out()


# --------------------------------------------------------------------------------------------------------------- words
cdef int grow(Words* words, Py_ssize_t more) except -1:
    cdef Py_ssize_t capacity = max(2 * words.capacity, words.size + more, <Py_ssize_t> 1 << 12)
    cdef int64_t* items
    if words.lent != NULL:
        items = <int64_t*> PyMem_RawMalloc(capacity * sizeof(int64_t))
        if items != NULL:
            memcpy(items, words.lent, words.size * sizeof(int64_t))
    else:
        items = <int64_t*> PyMem_RawRealloc(words.items, capacity * sizeof(int64_t))
    if items == NULL:
        raise MemoryError("no memory for more events")
    words.items, words.capacity, words.lent = items, capacity, NULL
    return 0


cdef inline int reserve(Words* words, Py_ssize_t more) except -1:
    """Make room for so many words behind those that are there."""
    if words.size + more > words.capacity:
        grow(words, more)
    return 0


cdef inline void put(Words* words, int64_t word) noexcept:
    words.items[words.size] = word
    words.size += 1


cdef inline void put_float(Words* words, double value) noexcept:
    memcpy(words.items + words.size, &value, sizeof(int64_t))
    words.size += 1


# ------------------------------------------------------------------------------------------------------------- the log
cdef class EventLog:
    """As :class:`gradtrace.tracer.event_log.EventLog` in Python."""

    def __cinit__(self, strings):
        self._strings = strings
        self._texts = strings.ids
        self._shapes = strings.shapes
        self.last_id = -1
        self._last_row = -1
        self._last_scope = None
        self._dtype_objects = []
        self._seen = <Seen*> PyMem_RawCalloc(SEEN, sizeof(Seen))
        if self._seen == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_RawFree(self._words.items)
        PyMem_RawFree(self._seen)

    cpdef int64_t now(self):
        """What ``perf_counter_ns()`` says."""
        cdef int64_t reading = clock_reading()
        return reading if reading >= 0 else perf_counter_ns()

    cpdef int64_t append(self, int number, int64_t moment, int64_t thread, str scope, int64_t source, tuple fields) except -1:
        """Add an event; returns its id."""
        cdef int64_t aside[ASIDE]
        cdef Words words
        cdef Layout* layout = &layouts[number]
        cdef int index
        words.items, words.size, words.capacity, words.lent = aside, HEAD, ASIDE, aside
        if len(fields) != layout.count:
            raise TypeError(f"events of type {number} have {layout.count} fields, not {len(fields)}")
        try:
            for index in range(layout.count):
                self.encode(&words, <object> fields[index], layout.codes[index])
            return self.commit(&words, number, moment, thread, self.scope(scope), source)
        finally:
            if words.lent == NULL:
                PyMem_RawFree(words.items)

    cpdef int64_t append_node(
        self, int64_t moment, int64_t thread, str scope, int64_t source, object node, object name, object edges, object outputs,
        object variable, object sequence_nr, object grad_mode, object saved
    ) except -1:
        """Add a node that was made, and what it saves; returns the id of the node's event."""
        cdef int64_t aside[ASIDE]
        cdef Words words
        cdef int64_t scope_number = self.scope(scope)
        cdef int64_t node_number = node
        cdef int64_t event_id
        words.items, words.size, words.capacity, words.lent = aside, HEAD, ASIDE, aside
        try:
            put(&words, node_number)
            put(&words, self.text(name))
            self.encode(&words, edges, EDGES)
            reserve(&words, 1)
            put(&words, len(outputs))
            for output in outputs:
                reserve(&words, 3)
                if len(output) == 2:
                    tensor, array = output
                    put(&words, tensor)
                    self.put_array(&words, array, False)
                else:
                    tensor, shape, dtype = output
                    put(&words, tensor)
                    put(&words, self.shape(shape))
                    put(&words, self.text(dtype))
            reserve(&words, 3)
            put(&words, variable)
            put(&words, sequence_nr)
            put(&words, 1 if grad_mode else 0)
            event_id = self.commit(&words, NODE_CREATED, moment, thread, scope_number, source)
            for kept in saved:
                words.size = HEAD
                put(&words, node_number)
                if len(kept) == 5:
                    slot, tensor, storage, version, array = kept
                else:
                    slot, tensor, storage, version, shape, dtype, nbytes = kept
                put(&words, self.text(slot))
                put(&words, tensor)
                put(&words, storage)
                put(&words, version)
                if len(kept) == 5:
                    self.put_array(&words, array, True)
                else:
                    put(&words, self.shape(shape))
                    put(&words, self.text(dtype))
                    put(&words, nbytes)
                self.commit(&words, TENSOR_SAVED, moment, thread, scope_number, source)
            return event_id
        finally:
            if words.lent == NULL:
                PyMem_RawFree(words.items)

    cdef int put_array(self, Words* words, object array, bint with_size) except -1:
        """Shape and dtype of an array, and its size in bytes."""
        cdef ArrayHead* head = <ArrayHead*> array
        cdef Dtype* dtype
        cdef Py_ssize_t count = 1
        cdef int dimension
        if not HEADS_FIT or not isinstance(array, ndarray):
            put(words, self.shape(array.shape))
            put(words, self.text(dtype_name(array.dtype)))
            if with_size:
                put(words, array.nbytes)
            return 0
        put(words, self.shape_of(head.dimensions, head.sizes))
        dtype = self.dtype_of(array, head.dtype)
        put(words, dtype.name)
        if with_size:
            for dimension in range(head.dimensions):
                count *= head.sizes[dimension]
            put(words, count * dtype.size)
        return 0

    cdef int64_t shape_of(self, int dimensions, const Py_ssize_t* sizes) except -1:
        """As :meth:`shape`; the usual ones are known again without an object being made."""
        cdef int dimension
        cdef size_t mixed = dimensions
        cdef Seen* seen
        cdef int64_t number
        if not dimensions:
            return 0
        if dimensions > MOST_SIZES:
            return self.shape(tuple([sizes[dimension] for dimension in range(dimensions)]))
        for dimension in range(dimensions):
            mixed = mixed * 0x9E3779B1u + <size_t> sizes[dimension]
        seen = self._seen + ((mixed ^ mixed >> 8) & (SEEN - 1))
        if seen.dimensions == dimensions:
            for dimension in range(dimensions):
                if seen.sizes[dimension] != sizes[dimension]:
                    break
            else:
                return seen.number
        number = self.shape(tuple([sizes[dimension] for dimension in range(dimensions)]))
        seen.number, seen.dimensions = number, dimensions
        for dimension in range(dimensions):
            seen.sizes[dimension] = sizes[dimension]
        return number

    cdef Dtype* dtype_of(self, object array, void* dtype) except NULL:
        """The name and size of an array's dtype, which is kept from then on: there are few, and each is one object."""
        cdef int place
        for place in range(MOST_DTYPES):
            if self._dtypes[place].dtype == dtype:
                return &self._dtypes[place]
            if self._dtypes[place].dtype == NULL:
                break
        name, size = self.text(dtype_name(array.dtype)), array.dtype.itemsize
        self._dtype_objects.append(array.dtype)
        if len(self._dtype_objects) > MOST_DTYPES:
            del self._dtype_objects[place]
        self._dtypes[place].dtype, self._dtypes[place].name, self._dtypes[place].size = dtype, name, size
        return &self._dtypes[place]

    cdef int64_t scope(self, object scope) except -1:
        if scope is not self._last_scope:
            self._last_scope_number = self.text(scope)
            self._last_scope = scope
        return self._last_scope_number

    cdef int64_t commit(
        self, Words* words, int number, int64_t moment, int64_t thread, int64_t scope, int64_t source
    ) except -1:
        """Add the event put together in ``words``. Nothing in here runs Python code."""
        cdef int64_t* head = words.items
        reserve(&self._words, words.size)
        self.last_id += 1
        head[0], head[1], head[2], head[3] = words.size, number, self.last_id, moment
        head[4], head[5], head[6] = thread, scope, source
        self._last_row = self._words.size
        memcpy(self._words.items + self._words.size, head, words.size * sizeof(int64_t))
        self._words.size += words.size
        return self.last_id

    def clear_text(self, int number, int64_t event_id, int field):
        """Make the text in a field of an event empty if it is the last one and was not dropped; only INT and TEXT come before it."""
        if event_id == self.last_id and self._last_row >= 0:
            self._words.items[self._last_row + HEAD + field] = 0

    # --------------------------------------------------------------------------------------------------------- fields
    cdef int encode(self, Words* words, object value, int code) except -1:
        reserve(words, 2)
        if code == INT:
            put(words, value)
        elif code == TEXT:
            put(words, self.text(value))
        elif code == BOOL:
            put(words, 1 if value else 0)
        elif code == GRADIENT:
            self.encode_gradient(words, value)
        elif code == SHAPE:
            put(words, self.shape(value))
        elif code == MAPPING:
            value = json.dumps({str(key): str(item) for key, item in value.items()}) if value else ""
            put(words, self.text(value))
        else:
            items = value if type(value) is tuple or type(value) is list else tuple(value)
            put(words, len(items))
            if code == EDGES:
                for node, input_nr in items:
                    reserve(words, 2)
                    put(words, node)
                    put(words, input_nr)
            elif code == OUTPUTS:
                for tensor, shape, dtype in items:
                    reserve(words, 3)
                    put(words, tensor)
                    put(words, self.shape(shape))
                    put(words, self.text(dtype))
            else:
                for item in items:
                    reserve(words, 1)
                    put(words, self.text(item) if code == TEXTS else item)
        return 0

    cdef int encode_gradient(self, Words* words, object gradient) except -1:
        cdef int index
        cdef tuple statistics
        cdef MeasuredGradient measured
        reserve(words, 4 + STATISTICS)
        if gradient is None:
            put(words, 0)
            return 0
        if type(gradient) is MeasuredGradient:
            measured = gradient
            put(words, 2)
            put(words, self.shape(measured.shape))
            put(words, self.text(measured.dtype))
            put(words, 0)
            memcpy(words.items + words.size, &measured.numbers, STATISTICS * sizeof(int64_t))
            words.size += STATISTICS
            return 0
        shape, dtype, statistics, value = gradient
        put(words, 1 if statistics is None else 2)
        put(words, self.shape(shape))
        put(words, self.text(dtype))
        put(words, value)
        if statistics is not None:
            if len(statistics) != STATISTICS:
                raise TypeError(f"not statistics: {statistics!r}")
            for index in range(INTEGER_STATISTICS):
                put(words, <object> statistics[index])
            for index in range(INTEGER_STATISTICS, STATISTICS):
                put_float(words, <object> statistics[index])
        return 0

    cdef int64_t text(self, object text) except -1:
        cdef PyObject* number = PyDict_GetItem(self._texts, text)
        if number != NULL:
            return <object> number
        return self._strings.ids[text]

    cdef int64_t shape(self, object shape) except -1:
        cdef PyObject* number = NULL
        if type(shape) is tuple:
            number = PyDict_GetItem(self._shapes, shape)
        if number != NULL:
            return <object> number
        return self._strings.shape_id(shape)

    # -------------------------------------------------------------------------------------------------------- columns
    def pending(self):
        """What is in the log, as columns, and the mark to give to :meth:`drop` when that was written."""
        cdef Py_ssize_t size = self._words.size
        return _Unpacker().unpack(self, size), size

    def drop(self, Py_ssize_t mark):
        """Forget what :meth:`pending` gave out together with this mark."""
        cdef Py_ssize_t left = self._words.size - mark
        memmove(self._words.items, self._words.items + mark, left * sizeof(int64_t))
        self._words.size = left
        self._last_row -= mark
        if self._words.capacity > 1 << 20 and not left:
            PyMem_RawFree(self._words.items)
            self._words.items, self._words.capacity = NULL, 0

    @property
    def empty(self):
        """Whether everything was dropped."""
        return self._words.size == 0


# ------------------------------------------------------------------------------------------------------ words to columns
cdef struct Column:
    char* data
    int width
    Py_ssize_t at


cdef inline void add_to(Column* column, int64_t word) noexcept nogil:
    if column.width == 8:
        (<int64_t*> column.data)[column.at] = word
    elif column.width == 4:
        (<uint32_t*> column.data)[column.at] = <uint32_t> word
    else:
        (<uint8_t*> column.data)[column.at] = word != 0
    column.at += 1


cdef class _Unpacker:
    """Counts the rows of each column, makes the columns, fills them."""

    cdef Py_ssize_t counts[MOST_TYPES]
    cdef Py_ssize_t totals[MOST_TYPES][MOST_FIELDS]
    cdef Column* columns
    cdef Column common[6]

    def __cinit__(self):
        cdef int number, field
        for number in range(MOST_TYPES):
            self.counts[number] = 0
            for field in range(MOST_FIELDS):
                self.totals[number][field] = 0
        self.columns = <Column*> PyMem_RawCalloc(MOST_TYPES * MOST_FIELDS * MOST_COLUMNS, sizeof(Column))
        if self.columns == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_RawFree(self.columns)

    cdef unpack(self, EventLog log, Py_ssize_t size):
        cdef Py_ssize_t events = self.count(log._words.items, size)
        cdef int number, index
        own = {}
        for schema in SCHEMAS.values():
            number = schema.number
            if self.counts[number]:
                own[number] = {}
                for index, field in enumerate(schema.fields):
                    self.make_columns(own[number], field, number, index)
        common = {}
        for index, name in enumerate(COMMON_COLUMNS):
            common[name] = made = np.empty(events, COLUMN_DTYPES[COMMON_COLUMNS[name].kind])
            fill_in(&self.common[index], made)
        # the buffer may have moved meanwhile
        self.fill(log._words.items, size)
        return PackedEvents(common, own)

    cdef Py_ssize_t count(self, const int64_t* words, Py_ssize_t size) noexcept:
        cdef Py_ssize_t place = 0, at, events = 0
        cdef int number, field, code
        while place < size:
            number = <int> words[place + 1]
            at = place + HEAD
            events += 1
            self.counts[number] += 1
            for field in range(layouts[number].count):
                code = layouts[number].codes[field]
                if code <= MAPPING:
                    at += 1
                elif code == GRADIENT:
                    at += 1 if words[at] == 0 else 4 if words[at] == 1 else 4 + STATISTICS
                else:
                    self.totals[number][field] += words[at]
                    at += 1 + words[at] * (2 if code == EDGES else 3 if code == OUTPUTS else 1)
            place += words[place]
        return events

    cdef make_columns(self, dict own, field, int number, int index):
        cdef Column* columns = self.columns + (number * MOST_FIELDS + index) * MOST_COLUMNS
        cdef Py_ssize_t rows = self.counts[number]
        if field.lengths:
            own[field.lengths] = made = np.empty(rows, np.int64)
            fill_in(columns, made)
            columns += 1
            rows = self.totals[number][index]
        for column in field.columns:
            own[column.name] = made = np.empty(rows, column.dtype)
            fill_in(columns, made)
            columns += 1

    cdef void fill(self, const int64_t* words, Py_ssize_t size) noexcept:
        cdef Py_ssize_t place = 0, item
        cdef const int64_t* word
        cdef int number, field, code, part, parts
        cdef Column* columns
        while place < size:
            number = <int> words[place + 1]
            for part in range(6):
                add_to(&self.common[part], words[place + 1 + part])
            word = words + place + HEAD
            for field in range(layouts[number].count):
                columns = self.columns + (number * MOST_FIELDS + field) * MOST_COLUMNS
                code = layouts[number].codes[field]
                if code <= MAPPING:
                    add_to(columns, word[0])
                    word += 1
                elif code == GRADIENT:
                    word = fill_gradient(columns, word)
                else:
                    parts = 2 if code == EDGES else 3 if code == OUTPUTS else 1
                    add_to(columns, word[0])
                    item = word[0]
                    word += 1
                    while item:
                        for part in range(parts):
                            add_to(columns + 1 + part, word[part])
                        word += parts
                        item -= 1
            place += words[place]


cdef const int64_t* fill_gradient(Column* columns, const int64_t* word) noexcept nogil:
    """Columns of a gradient: whether there is one, shape, dtype, value, whether it was counted, the statistics."""
    cdef int64_t kind = word[0]
    cdef double nan = NAN
    cdef int64_t nan_word
    cdef int part
    memcpy(&nan_word, &nan, sizeof(int64_t))
    word += 1
    add_to(columns, kind != 0)
    for part in range(3):
        add_to(columns + 1 + part, word[part] if kind else 0)
    if kind:
        word += 3
    add_to(columns + 4, kind == 2)
    for part in range(STATISTICS):
        if kind == 2:
            add_to(columns + 5 + part, word[part])
        else:
            add_to(columns + 5 + part, 0 if part < INTEGER_STATISTICS else nan_word)
    if kind == 2:
        word += STATISTICS
    return word


cdef int fill_in(Column* column, array) except -1:
    cdef const char[::1] memory
    column.width = array.dtype.itemsize
    column.at = 0
    column.data = NULL
    if array.size:
        memory = array.view(np.int8)
        column.data = <char*> &memory[0]
    return 0
