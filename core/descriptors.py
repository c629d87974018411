"""Attributes of Tensor that answer as PyTorch's compiled ones do: read-only properties, and methods that print as built-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    read_only = property
else:

    class read_only(property):  # noqa: N801
        """A property that refuses assignment in PyTorch's words."""

        def __set__(self, instance: Any, value: Any) -> None:
            raise AttributeError(f"attribute '{self.fget.__name__}' of 'torch._C.TensorBase' objects is not writable")


class BuiltIn:
    """A method that prints as the built-in it is in PyTorch (for methods that programs print by mistake, and call rarely)."""

    def __init__(self, function: Any) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, owner: type) -> Any:
        return self.function if instance is None else BoundBuiltIn(self.function, instance)


class BoundBuiltIn:
    """Such a method of one tensor."""

    def __init__(self, function: Any, instance: Any) -> None:
        self.__func__ = function
        self.__self__ = instance
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the method."""
        return self.__func__(self.__self__, *arguments, **options)

    def __repr__(self) -> str:
        return f"<built-in method {self.__name__} of {type(self.__self__).__name__} object at {id(self.__self__):#x}>"
