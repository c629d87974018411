"""How a trace is kept: columns in memory, framed and checked chunks in a ``.gtrace`` file.

* :mod:`.schema` says which columns each event type has; everything else follows from it.
* :mod:`.tables` is the in-memory form that reader, tests and model share.
* :mod:`.writer` and :mod:`.reader` are the two ends of the file, described in ``docs/trace-format.md``.
"""
