from libc.stdint cimport int64_t


cdef struct Numbers:
    int64_t count
    int64_t nan
    int64_t pos_inf
    int64_t neg_inf
    int64_t zeros
    double low
    double high
    double mean
    double norm


cdef class MeasuredGradient:
    cdef Numbers numbers
    cdef tuple shape
    cdef str dtype
    cdef readonly size_t address


cpdef MeasuredGradient measured(size_t address, tuple shape, bint is_double)
