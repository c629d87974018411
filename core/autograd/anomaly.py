"""Anomaly detection: names kept so that programs run; gradtrace's own recordings say where a node was made."""

from __future__ import annotations


class set_detect_anomaly:  # noqa: N801  (named as in torch)
    """Accepted for compatibility, as a function and as a context manager."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.mode = mode
        self.check_nan = check_nan

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        pass


class detect_anomaly(set_detect_anomaly):  # noqa: N801
    """Accepted for compatibility, as a context manager."""

    def __init__(self, check_nan: bool = True) -> None:
        super().__init__(True, check_nan)
