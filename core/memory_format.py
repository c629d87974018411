"""Memory formats and layouts: values that arguments may name. Every tensor here is strided; other orders are not made."""

from __future__ import annotations


class memory_format:  # noqa: N801  (named as in torch)
    """An order of elements in memory. The instances are the module's constants; compare them with ``is``."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


class layout(memory_format):  # noqa: N801
    """How a tensor's elements are stored: always ``strided``."""

    __slots__ = ()


contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
strided = layout("strided")
