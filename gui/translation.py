"""Marks for texts of tables, which are written before there is a translator and translated when they are shown.

``lupdate`` finds them with ``-tr-function-alias QT_TRANSLATE_NOOP+=noop``.
"""

from __future__ import annotations


def noop(context: str, text: str) -> str:  # noqa: ARG001 (the context is for lupdate)
    """``text`` itself, to be translated later in this context."""
    return text
