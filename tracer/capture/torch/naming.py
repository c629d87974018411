"""Names for leaves that belong to no module and are assigned to no variable of their own when they are made.

They are looked for among the program's variables, and else called by the module that has them, if one is called inside another
without belonging to it, or by their place in an optimizer: ``layers[1].w``, ``encoder.Linear.weight``, ``params[3]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, count
from typing import Any
from weakref import WeakKeyDictionary, ref

from .namespaces import names_here
from .session import Session

__all__ = ["Names"]

_MOST_SEARCHES = 64
_VAIN = 8  # one that finds nothing counts as so many


class Names:
    """Gives names to leaves, and tells the sink."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._taken: set[str] = set()
        self._found: dict[str, ref[Any]] = {}
        self._searches = 0
        self._optimizers: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self.strays: dict[int, str] = {}  # by leaf: what to call it when no variable has it

    def before_pass(self) -> None:
        """Look for the names of leaves that have none yet. Call it from within the program's call of backward."""
        session = self._session
        if not session.nameless:
            return
        searching = self._searches < _MOST_SEARCHES
        nameless = self._nameless(session.nameless) if searching or self.strays else []
        session.nameless.clear()
        found = self._search(nameless) if searching and nameless else {}
        for leaf in nameless:
            name = found.get(id(leaf))
            if name:
                self._found[name] = ref(leaf)
            else:
                name = self.strays.get(session.identities.tensor(leaf))
            if name:
                session.leaf(leaf, name)
        self.strays.clear()

    def _search(self, nameless: list[Any]) -> dict[int, str]:
        # a loop that makes a new leaf in each round calls all of them the same
        taken = {name for name, reference in self._found.items() if reference() is not None}
        found = names_here(nameless, taken)
        self._searches += 1 if found else _VAIN
        return found

    def of_optimizer(self, optimizer: Any) -> None:
        """Name the parameters of an optimizer that still have no name by their places in it."""
        groups = optimizer.param_groups
        size = sum(len(group["params"]) for group in groups)
        if self._optimizers.get(optimizer) == size:
            return
        self._optimizers[optimizer] = size
        session, lacks_name = self._session, getattr(self._session.sink, "lacks_name", None)
        if lacks_name is None:
            return
        for index, group in enumerate(groups):
            for place, parameter in enumerate(group["params"]):
                number = session.identities.tensor(parameter)
                if lacks_name(number):
                    name = f"params[{place}]" if len(groups) == 1 else f"param_groups[{index}][{place}]"
                    session.leaf(parameter, self._free(name, type(optimizer).__name__))

    def _free(self, name: str, owner: str) -> str:
        """``name``, or with its owner in front where another leaf has it already."""
        candidates = chain([name, f"{owner}.{name}"], (f"{owner}{number}.{name}" for number in count(2)))
        free = next(one for one in candidates if one not in self._taken)
        self._taken.add(free)
        return free

    def _nameless(self, leaves: Mapping[int, ref[Any]]) -> list[Any]:
        lacks_name = getattr(self._session.sink, "lacks_name", None)
        if lacks_name is None:
            return []
        found = [reference() for number, reference in list(leaves.items()) if lacks_name(number)]
        return [leaf for leaf in found if leaf is not None]
