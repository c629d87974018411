"""Sentences for people that are still known by their parts, so that whoever shows them can say them in another language.

A :class:`Message` is its English sentence, a ``str`` like any other, and also the template and the values it was made from. What is
made of it by ``+``, ``f"…"`` or ``replace()`` is a plain string again: put messages together with :class:`Message` itself, with
:func:`sentences`, :func:`clauses`, :func:`remarks` and :func:`listed`. Those who collect the templates for translation look for the
calls of this module in the source (and of errors, whose texts have no values): a template is always written out in the call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache, reduce

__all__ = ["Message", "clauses", "listed", "plural", "recognised", "remarks", "sentences", "template"]


class Message(str):
    """``Message("{op} wrote {tensor}.", op="mul_", tensor="a")``. Values that are messages themselves are translated as well."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Message:
        """Put the values into the template, which is written for ``str.format`` with names alone."""
        self = str.__new__(cls, template.format_map(values))
        self.template = template
        self.values = values
        return self

    @classmethod
    def plain(cls, text: str) -> Message:
        """A text that is complete: a message without values, braces and all."""
        return cls(text.replace("{", "{{").replace("}", "}}"))

    def with_values(self, **values: str) -> Message:
        """The same with other values for those it has of these names, at any depth."""
        inner = {name: value.with_values(**values) if isinstance(value, Message) else value for name, value in self.values.items()}
        return Message(self.template, **{name: values.get(name, value) for name, value in inner.items()})

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (self.template, dict(self.values))

    def __deepcopy__(self, memo: object) -> Message:
        return self


def _rebuilt(template: str, values: Mapping[str, object]) -> Message:
    return Message(template, **values)


def template(text: str) -> str:
    """``text`` itself: a template that is made a message elsewhere."""
    return text


def plural(count: int, one: str, many: str, /, **values: object) -> Message:
    """A message about one thing or about several; both templates may say ``{count}``."""
    return Message(one if count == 1 else many, count=count, **values)


def sentences(*parts: str) -> Message:
    """Sentences one after another; empty ones are left out."""
    said = [part for part in parts if part]
    return reduce(_another_sentence, said[1:], _as_message(said[0] if said else ""))


def clauses(*parts: str) -> Message:
    """Parts of a sentence one after another, with semicolons between them; empty for no parts."""
    return reduce(_another_clause, parts[1:], _as_message(parts[0] if parts else ""))


def remarks(*parts: str) -> Message:
    """Short statements one after another, with commas between them; empty for no parts."""
    return reduce(_another_remark, parts[1:], _as_message(parts[0] if parts else ""))


def listed(parts: Iterable[str]) -> Message:
    """Names one after another, ``w, b, c``; empty for no parts."""
    items = list(parts)
    return reduce(_another_item, items[1:], _as_message(items[0] if items else ""))


def _another_sentence(said: Message, more: str) -> Message:
    return Message("{said} {more}", said=said, more=more)


def _another_clause(said: Message, more: str) -> Message:
    return Message("{said}; {more}", said=said, more=more)


def _another_remark(said: Message, more: str) -> Message:
    return Message("{said}, {more}", said=said, more=more)


def _another_item(items: Message, more: str) -> Message:
    return Message("{items}, {more}", items=items, more=more)


def _as_message(text: str) -> Message:
    return text if isinstance(text, Message) else Message("{text}", text=text)


# --------------------------------------------------------------------------------------------- sentences out of a file
@lru_cache(maxsize=1024)  # why nodes ran is said again and again
def recognised(text: str, templates: tuple[str, ...]) -> Message:
    """A text as the message that the first fitting one of ``templates`` made it from; else as a complete one.

    For what a trace file holds in English. Its values, too, are taken for complete messages.
    """
    for each in templates:
        found = _pattern(each).fullmatch(text)
        if found is not None:
            return Message(each, **{name: Message.plain(value) for name, value in found.groupdict().items()})
    return Message.plain(text)


_PATTERNS: dict[str, re.Pattern[str]] = {}


def _pattern(template: str) -> re.Pattern[str]:
    if template not in _PATTERNS:
        parts = re.split(r"\{(\w+)\}", template)
        named = [f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)]
        _PATTERNS[template] = re.compile("".join(named), re.DOTALL)
    return _PATTERNS[template]
