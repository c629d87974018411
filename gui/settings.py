"""What the window remembers between two days of work: recent files, layout, theme.

Everything goes through :class:`Settings`, so that tests and off-screen rendering can use one that forgets
(:meth:`Settings.forgetful`) and never touch the user's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

MAX_RECENT = 10
LAYOUT_VERSION = 1
"""Raise it when docks are renamed or moved: a layout remembered by another version is then ignored."""


class Settings:
    """Typed access to the stored settings; ``store`` None keeps them in memory only."""

    def __init__(self, store: QSettings | None) -> None:
        self._store = store
        self._memory: dict[str, Any] = {}

    @classmethod
    def of_user(cls) -> Settings:
        """The settings of the person at the screen, in an INI file where Qt puts it on this system."""
        return cls(QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "gradtrace", "gradtrace"))

    @classmethod
    def in_file(cls, path: Path) -> Settings:
        """Settings in this INI file."""
        return cls(QSettings(str(path), QSettings.Format.IniFormat))

    @classmethod
    def forgetful(cls) -> Settings:
        """Settings that live as long as this object, for tests and pictures; in English wherever they run."""
        settings = cls(None)
        settings.language = "en"
        return settings

    # ------------------------------------------------------------------------------------------------ recent files
    @property
    def recent_files(self) -> list[Path]:
        """Trace files opened lately, newest first; files that are gone are left out."""
        stored = self._get("recent_files", [])
        names = [stored] if isinstance(stored, str) else list(stored or [])  # an INI file gives one entry back as a string
        return [path for path in map(Path, names) if path.is_file()]

    def add_recent_file(self, path: Path) -> None:
        """Put ``path`` at the top of the recent files."""
        path = path.absolute()
        others = [known for known in self.recent_files if known != path]
        self._set("recent_files", [str(known) for known in [path, *others][:MAX_RECENT]])

    def clear_recent_files(self) -> None:
        """Forget all recent files."""
        self._set("recent_files", [])

    @property
    def directory(self) -> Path:
        """Where file dialogs start: the folder of the newest trace, else the working directory."""
        recent = self.recent_files
        return recent[0].parent if recent else Path.cwd()

    # ----------------------------------------------------------------------------------------------------- window
    @property
    def theme(self) -> str:
        """Name of the theme, ``"light"`` or ``"dark"``; ``""`` until the user has chosen."""
        return str(self._get("theme", ""))

    @theme.setter
    def theme(self, name: str) -> None:
        self._set("theme", name)

    @property
    def language(self) -> str:
        """Code of the window's language; ``""`` follows the system."""
        return str(self._get("language", ""))

    @language.setter
    def language(self, code: str) -> None:
        self._set("language", code)

    @property
    def gradient_colours(self) -> bool:
        """Whether nodes are coloured by the norm of their gradient."""
        return self._get("gradient_colours", "false") in (True, "true")

    @gradient_colours.setter
    def gradient_colours(self, on: bool) -> None:
        self._set("gradient_colours", "true" if on else "false")

    @property
    def geometry(self) -> QByteArray | None:
        """Size and place of the window, as ``QWidget.saveGeometry`` gives it."""
        return self._bytes("geometry")

    @property
    def layout(self) -> QByteArray | None:
        """Docks and toolbars, as ``QMainWindow.saveState`` gives them."""
        return self._bytes("layout")

    def set_window(self, geometry: QByteArray, layout: QByteArray) -> None:
        """Remember the window's place and layout."""
        self._set("geometry", geometry)
        self._set("layout", layout)

    def sync(self) -> None:
        """Write pending changes to disk now."""
        if self._store is not None:
            self._store.sync()

    # ---------------------------------------------------------------------------------------------------- storage
    def _bytes(self, key: str) -> QByteArray | None:
        value = self._get(key, None)
        return value if isinstance(value, QByteArray) else None

    def _get(self, key: str, default: Any) -> Any:
        return self._memory.get(key, default) if self._store is None else self._store.value(key, default)

    def _set(self, key: str, value: Any) -> None:
        if self._store is None:
            self._memory[key] = value
        else:
            self._store.setValue(key, value)
