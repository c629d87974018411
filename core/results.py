"""The named tuples that functions with several results return, printed as ``torch.return_types.max(values=…, indices=…)``."""

from __future__ import annotations

from typing import Any


class ReturnType(tuple[Any, ...]):
    """A tuple whose items have names too."""

    __slots__ = ()

    title = ""
    fields: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[self.fields.index(name)]
        except ValueError:
            raise AttributeError(f"'torch.return_types.{self.title}' object has no attribute '{name}'") from None

    def __repr__(self) -> str:
        items = ",\n".join(f"{name}={item!r}" for name, item in zip(self.fields, self, strict=True))
        return f"torch.return_types.{self.title}(\n{items})"


def return_type(title: str, *fields: str) -> type[ReturnType]:
    """A new kind of result."""
    return type(title, (ReturnType,), {"__slots__": (), "__module__": "torch.return_types", "title": title, "fields": fields})


MinMax = {
    title: return_type(title, "values", "indices")
    for title in ("max", "min", "median", "sort", "topk", "kthvalue", "cummax", "cummin")
}
"""Results that are values and their indices, by the function's name."""
