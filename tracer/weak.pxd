cpdef object weak_reference(object thing)
