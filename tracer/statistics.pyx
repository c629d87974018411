# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The compiled counterpart of :mod:`.statistics`: one pass over the memory of an array, whatever its dtype and layout.

A block of numbers is first summed up as if all of it were finite, with vector instructions where the machine has them; only a block
whose sum of squares is not finite, or too large or small to be trusted, is looked at number by number. What is not a dense array of
float32 or float64 is converted to float64 block by block. Arrays come in through the buffer protocol, so that building this needs no
headers of NumPy.
"""

from cpython.buffer cimport PyBUF_FORMAT, PyBUF_STRIDES, PyBuffer_IsContiguous, PyBuffer_Release, PyObject_GetBuffer
from libc.math cimport INFINITY, NAN, fabs, hypot, hypotf, isfinite, isnan, ldexp, sqrt
from libc.string cimport strcmp
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

import numpy as np

__all__ = ["CAN_MEASURE", "MeasuredGradient", "StatisticsRow", "gradient_statistics", "measured", "same_memory"]

CAN_MEASURE = True

StatisticsRow = tuple

cdef enum:
    BLOCK = 2048  # elements: as float64 they fit into a first-level cache
    FEW = 16
    LARGE = 1 << 15  # elements from which on other threads may run meanwhile
    DIMENSIONS = 64

cdef double SAFE_LOW = 1e-280  # between these a sum of squares has neither overflowed nor lost digits to underflow
cdef double SAFE_HIGH = 1e280

ctypedef fused real:
    float
    double


cdef extern from *:
    """
    typedef struct {
        double sum, square, low, high;
        long zeros;
    } Sums;

    #if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
    #include <string.h>
    typedef float Floats __attribute__((vector_size(32)));
    typedef float HalfOfFloats __attribute__((vector_size(16)));
    typedef double Doubles __attribute__((vector_size(32)));
    typedef int Ints __attribute__((vector_size(32)));
    typedef long long Longs __attribute__((vector_size(32)));

    static int machine_has_vectors(void) {
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx2");
    }

    /* comparisons give -1 or 0 for each element: a mask to choose with, and a number to count with */
    #define CHOSEN(MASKS, VALUES, mask, yes, no) ((VALUES) (((mask) & (MASKS) (yes)) | (~(mask) & (MASKS) (no))))

    __attribute__((target("avx2")))
    static void sum_floats(const float* values, Py_ssize_t size, Sums* result) {
        Doubles sums = {0}, more_sums = {0}, squares = {0}, more_squares = {0};
        Floats lows, highs;
        Ints zeros = {0};
        Py_ssize_t index;
        for (index = 0; index < 8; index++) lows[index] = highs[index] = values[0];
        for (index = 0; index + 8 <= size; index += 8) {
            Floats eight;
            HalfOfFloats low_half, high_half;
            memcpy(&eight, values + index, 32);
            memcpy(&low_half, values + index, 16);
            memcpy(&high_half, values + index + 4, 16);
            Doubles first = __builtin_convertvector(low_half, Doubles), second = __builtin_convertvector(high_half, Doubles);
            sums += first;
            more_sums += second;
            squares += first * first;
            more_squares += second * second;
            lows = CHOSEN(Ints, Floats, eight < lows, eight, lows);
            highs = CHOSEN(Ints, Floats, eight > highs, eight, highs);
            zeros -= eight == 0;
        }
        sums += more_sums;
        squares += more_squares;
        result->low = result->high = values[0];
        result->sum = sums[0] + sums[1] + sums[2] + sums[3];
        result->square = squares[0] + squares[1] + squares[2] + squares[3];
        result->zeros = 0;
        for (int lane = 0; lane < 8; lane++) {
            if (lows[lane] < result->low) result->low = lows[lane];
            if (highs[lane] > result->high) result->high = highs[lane];
            result->zeros += zeros[lane];
        }
        for (; index < size; index++) {
            double value = values[index];
            result->sum += value;
            result->square += value * value;
            if (value < result->low) result->low = value;
            if (value > result->high) result->high = value;
            result->zeros += value == 0;
        }
    }

    __attribute__((target("avx2")))
    static void sum_doubles(const double* values, Py_ssize_t size, Sums* result) {
        Doubles sums = {0}, more_sums = {0}, squares = {0}, more_squares = {0}, lows, highs, more_lows, more_highs;
        Longs zeros = {0}, more_zeros = {0};
        Py_ssize_t index;
        for (index = 0; index < 4; index++) lows[index] = highs[index] = more_lows[index] = more_highs[index] = values[0];
        for (index = 0; index + 8 <= size; index += 8) {
            Doubles first, second;
            memcpy(&first, values + index, 32);
            memcpy(&second, values + index + 4, 32);
            sums += first;
            more_sums += second;
            squares += first * first;
            more_squares += second * second;
            lows = CHOSEN(Longs, Doubles, first < lows, first, lows);
            highs = CHOSEN(Longs, Doubles, first > highs, first, highs);
            more_lows = CHOSEN(Longs, Doubles, second < more_lows, second, more_lows);
            more_highs = CHOSEN(Longs, Doubles, second > more_highs, second, more_highs);
            zeros -= first == 0;
            more_zeros -= second == 0;
        }
        sums += more_sums;
        squares += more_squares;
        zeros += more_zeros;
        result->low = result->high = values[0];
        result->sum = sums[0] + sums[1] + sums[2] + sums[3];
        result->square = squares[0] + squares[1] + squares[2] + squares[3];
        result->zeros = 0;
        for (int lane = 0; lane < 4; lane++) {
            if (lows[lane] < result->low) result->low = lows[lane];
            if (more_lows[lane] < result->low) result->low = more_lows[lane];
            if (highs[lane] > result->high) result->high = highs[lane];
            if (more_highs[lane] > result->high) result->high = more_highs[lane];
            result->zeros += zeros[lane];
        }
        for (; index < size; index++) {
            double value = values[index];
            result->sum += value;
            result->square += value * value;
            if (value < result->low) result->low = value;
            if (value > result->high) result->high = value;
            result->zeros += value == 0;
        }
    }
    #else
    static int machine_has_vectors(void) { return 0; }
    static void sum_floats(const float* values, Py_ssize_t size, Sums* result) {}
    static void sum_doubles(const double* values, Py_ssize_t size, Sums* result) {}
    #endif
    """
    ctypedef struct Sums:
        double sum
        double square
        double low
        double high
        long zeros

    bint machine_has_vectors() noexcept
    void sum_floats(const float* values, Py_ssize_t size, Sums* result) noexcept nogil
    void sum_doubles(const double* values, Py_ssize_t size, Sums* result) noexcept nogil


cdef bint VECTORS = machine_has_vectors()


cdef struct Totals:
    # the sum of squares is square * scale**2, so that it cannot overflow
    int64_t count
    int64_t nan
    int64_t pos_inf
    int64_t neg_inf
    int64_t zeros
    int64_t finite
    double low
    double high
    double mean
    double scale
    double square


def gradient_statistics(array):
    """As :func:`gradtrace.tracer.statistics.gradient_statistics` in Python."""
    cdef Py_buffer view
    cdef Totals totals
    cdef bint known
    try:
        PyObject_GetBuffer(array, &view, PyBUF_STRIDES | PyBUF_FORMAT)
    except (BufferError, ValueError, TypeError):
        return gradient_statistics(converted(array))
    start(&totals)
    cdef bint dense = PyBuffer_IsContiguous(&view, b'A')
    if view.len < LARGE:
        known = add_array(&totals, &view, dense)
    else:
        with nogil:
            known = add_array(&totals, &view, dense)
    PyBuffer_Release(&view)
    if not known:
        return gradient_statistics(converted(array))
    cdef Numbers numbers
    conclude(&totals, &numbers)
    return (
        numbers.count, numbers.nan, numbers.pos_inf, numbers.neg_inf, numbers.zeros,
        numbers.low, numbers.high, numbers.mean, numbers.norm,
    )


cdef inline void conclude(Totals* totals, Numbers* numbers) noexcept nogil:
    numbers.count, numbers.nan, numbers.zeros = totals.count, totals.nan, totals.zeros
    numbers.pos_inf, numbers.neg_inf = totals.pos_inf, totals.neg_inf
    numbers.low, numbers.high, numbers.mean = totals.low, totals.high, totals.mean
    numbers.norm = totals.scale * sqrt(totals.square)
    if not totals.finite:
        numbers.zeros = 0
        numbers.low = numbers.high = numbers.mean = NAN


cdef class MeasuredGradient:
    """As :class:`gradtrace.tracer.statistics.MeasuredGradient` in Python."""


cpdef MeasuredGradient measured(size_t address, tuple shape, bint is_double):
    """Of the float32 or float64 numbers of this shape at ``address``, which lie there densely. They are read now."""
    cdef MeasuredGradient gradient = MeasuredGradient.__new__(MeasuredGradient)
    cdef Totals totals
    cdef Py_ssize_t size = 1
    for length in shape:
        size *= <Py_ssize_t> length
    start(&totals)
    if size < LARGE:
        add_memory(&totals, <const void*> address, size, is_double)
    else:
        with nogil:
            add_memory(&totals, <const void*> address, size, is_double)
    conclude(&totals, &gradient.numbers)
    gradient.shape, gradient.address = shape, address
    gradient.dtype = "float64" if is_double else "float32"
    return gradient


cdef inline void add_memory(Totals* totals, const void* values, Py_ssize_t size, bint is_double) noexcept nogil:
    if is_double:
        add_dense[double](totals, <const double*> values, size)
    else:
        add_dense[float](totals, <const float*> values, size)


def converted(array):
    """An array of a dtype that is not read here (of another byte order, a wider float) as float64."""
    with np.errstate(all="ignore"):
        flat = np.asarray(array).reshape(-1)
        return (np.abs(flat) if flat.dtype.kind == "c" else flat).astype(np.float64)


def same_memory(one, other):
    """As :func:`gradtrace.tracer.statistics.same_memory` in Python."""
    cdef Py_buffer first, second
    cdef Py_ssize_t dimension
    cdef bint same
    if one is other:
        return True
    try:
        PyObject_GetBuffer(one, &first, PyBUF_STRIDES | PyBUF_FORMAT)
    except (BufferError, ValueError, TypeError):
        return False
    try:
        PyObject_GetBuffer(other, &second, PyBUF_STRIDES | PyBUF_FORMAT)
    except (BufferError, ValueError, TypeError):
        PyBuffer_Release(&first)
        return False
    same = (
        first.buf == second.buf and first.ndim == second.ndim and first.len == second.len and not strcmp(first.format, second.format)
    )
    for dimension in range(first.ndim if same else 0):
        if first.shape[dimension] != second.shape[dimension] or first.strides[dimension] != second.strides[dimension]:
            same = False
    PyBuffer_Release(&first)
    PyBuffer_Release(&second)
    return same


cdef inline void start(Totals* totals) noexcept nogil:
    totals.count = totals.nan = totals.pos_inf = totals.neg_inf = totals.zeros = totals.finite = 0
    totals.low, totals.high = INFINITY, -INFINITY
    totals.mean = totals.scale = totals.square = 0.0


cdef bint add_array(Totals* totals, const Py_buffer* view, bint dense) noexcept nogil:
    """Whether the array's dtype is one that is known here."""
    cdef char kind = letter(view)
    cdef Py_ssize_t size
    if not kind:
        return False
    if dense and (kind == b'f' or kind == b'd'):
        size = view.len // view.itemsize
        if kind == b'f':
            add_dense[float](totals, <const float*> view.buf, size)
        else:
            add_dense[double](totals, <const double*> view.buf, size)
        return True
    return add_converted(totals, view, kind, dense)


cdef char letter(const Py_buffer* view) noexcept nogil:
    """The letter of the dtype, ``F`` and ``D`` for complex ones; 0 when it is another, or of another byte order."""
    cdef const char* text = view.format
    if text[0] == b'@' or text[0] == b'=':
        text += 1
    if text[0] == b'Z':
        if text[1] == b'f':
            return b'F'
        return b'D' if text[1] == b'd' else 0
    if text[0] and not text[1]:
        return text[0]
    return 0


# ------------------------------------------------------------------------------------------------------ blocks of numbers
cdef void add_dense(Totals* totals, const real* values, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t first = 0
    while first < size:
        add_block[real](totals, values + first, min(<Py_ssize_t> BLOCK, size - first))
        first += BLOCK


cdef void add_block(Totals* totals, const real* values, Py_ssize_t size) noexcept nogil:
    cdef Sums sums
    if VECTORS and size >= FEW:
        if real is float:
            sum_floats(values, size, &sums)
        else:
            sum_doubles(values, size, &sums)
    else:
        sum_up[real](values, size, &sums)
    totals.count += size
    if not sums.square < SAFE_HIGH or (sums.square < SAFE_LOW and sums.zeros < size):
        add_carefully[real](totals, values, size)
        return
    totals.zeros += sums.zeros
    totals.low, totals.high = min(totals.low, sums.low), max(totals.high, sums.high)
    add_sums(totals, size, sums.sum / size, 1.0, sums.square)


cdef void sum_up(const real* values, Py_ssize_t size, Sums* result) noexcept nogil:
    """As ``sum_floats`` and ``sum_doubles`` without vector instructions."""
    cdef double first = 0.0, second = 0.0, first_square = 0.0, second_square = 0.0
    cdef real low = values[0], high = values[0], value, other
    cdef Py_ssize_t index = 0
    cdef long zeros = 0
    while index + 1 < size:  # two sums at a time, as one would wait for itself
        value, other = values[index], values[index + 1]
        first += value
        second += other
        first_square += <double> value * <double> value
        second_square += <double> other * <double> other
        low = value if value < low else low
        high = value if value > high else high
        low = other if other < low else low
        high = other if other > high else high
        index += 2
    if index < size:
        value = values[index]
        first += value
        first_square += <double> value * <double> value
        low = value if value < low else low
        high = value if value > high else high
    for index in range(size):
        zeros += values[index] == 0
    result.sum, result.square, result.low, result.high = first + second, first_square + second_square, low, high
    result.zeros = zeros


cdef void add_carefully(Totals* totals, const real* values, Py_ssize_t size) noexcept nogil:
    """A block with numbers that are not finite, or very large or small ones."""
    cdef double value, largest = 0.0, mean = 0.0, square = 0.0
    cdef Py_ssize_t index, finite = 0
    for index in range(size):
        value = values[index]
        if isnan(value):
            totals.nan += 1
        elif not isfinite(value):
            if value > 0:
                totals.pos_inf += 1
            else:
                totals.neg_inf += 1
        else:
            finite += 1
            totals.zeros += value == 0
            totals.low, totals.high = min(totals.low, value), max(totals.high, value)
            largest = max(largest, fabs(value))
    if not finite:
        return
    if largest == 0.0:
        largest = 1.0
    for index in range(size):
        value = values[index] / largest
        if isfinite(value):
            mean += value
            square += value * value
    add_sums(totals, finite, mean / finite * largest, largest, square)


cdef inline void add_sums(Totals* totals, Py_ssize_t finite, double mean, double scale, double square) noexcept nogil:
    cdef double ratio
    totals.finite += finite
    totals.mean += (mean - totals.mean) * (<double> finite / <double> totals.finite)
    if scale > totals.scale:
        ratio = totals.scale / scale
        totals.square = totals.square * ratio * ratio + square
        totals.scale = scale
    else:
        ratio = scale / totals.scale
        totals.square += square * ratio * ratio


# ------------------------------------------------------------------------------------------------- other dtypes and layouts
cdef bint add_converted(Totals* totals, const Py_buffer* view, char kind, bint dense) noexcept nogil:
    """Walk the array in order of its dimensions, the last one innermost, and convert to float64 on the way."""
    cdef double block[BLOCK]
    cdef Py_ssize_t place[DIMENSIONS]
    cdef Py_ssize_t dimension, filled = 0, taken, done, length, step
    cdef Py_ssize_t remaining = view.len // view.itemsize
    cdef const char* row = <const char*> view.buf
    if view.ndim > DIMENSIONS:
        return False
    for dimension in range(view.ndim):
        place[dimension] = 0
    if dense:
        length, step, dimension = remaining, view.itemsize, 0
    else:  # not of zero dimensions, and no size is zero: those are contiguous
        dimension = view.ndim - 1
        length, step = view.shape[dimension], view.strides[dimension]
    while remaining:
        done = 0
        while done < length:
            taken = min(length - done, BLOCK - filled)
            if not convert(block + filled, row + done * step, step, taken, kind):
                return False
            done += taken
            filled += taken
            if filled == BLOCK:
                add_block[double](totals, block, filled)
                filled = 0
        remaining -= length
        if remaining:
            row = next_row(row, view, place)
    if filled:
        add_block[double](totals, block, filled)
    return True


cdef inline const char* next_row(const char* row, const Py_buffer* view, Py_ssize_t* place) noexcept nogil:
    cdef Py_ssize_t dimension = view.ndim - 2
    while dimension >= 0:
        place[dimension] += 1
        row += view.strides[dimension]
        if place[dimension] < view.shape[dimension]:
            break
        row -= view.strides[dimension] * view.shape[dimension]
        place[dimension] = 0
        dimension -= 1
    return row


cdef bint convert(double* target, const char* source, Py_ssize_t step, Py_ssize_t size, char kind) noexcept nogil:
    cdef Py_ssize_t index
    for index in range(size):
        if kind == b'f':
            target[index] = (<const float*> source)[0]
        elif kind == b'd':
            target[index] = (<const double*> source)[0]
        elif kind == b'e':
            target[index] = from_half((<const uint16_t*> source)[0])
        elif kind == b'F':
            target[index] = hypotf((<const float*> source)[0], (<const float*> source)[1])
        elif kind == b'D':
            target[index] = hypot((<const double*> source)[0], (<const double*> source)[1])
        elif kind == b'?' or kind == b'B':
            target[index] = (<const uint8_t*> source)[0]
        elif kind == b'b':
            target[index] = (<const int8_t*> source)[0]
        elif kind == b'h':
            target[index] = (<const int16_t*> source)[0]
        elif kind == b'H':
            target[index] = (<const uint16_t*> source)[0]
        elif kind == b'i':
            target[index] = (<const int*> source)[0]
        elif kind == b'I':
            target[index] = (<const unsigned int*> source)[0]
        elif kind == b'l':
            target[index] = (<const long*> source)[0]
        elif kind == b'L':
            target[index] = (<const unsigned long*> source)[0]
        elif kind == b'q':
            target[index] = (<const long long*> source)[0]
        elif kind == b'Q':
            target[index] = (<const unsigned long long*> source)[0]
        else:
            return False
        source += step
    return True


cdef inline double from_half(uint16_t bits) noexcept nogil:
    cdef int exponent = (bits >> 10) & 31
    cdef int fraction = bits & 1023
    cdef double value
    if exponent == 31:
        value = NAN if fraction else INFINITY
    elif exponent:
        value = ldexp(<double> (fraction + 1024), exponent - 25)
    else:
        value = ldexp(<double> fraction, -24)
    return -value if bits & 0x8000 else value
