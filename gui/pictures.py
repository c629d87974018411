"""Writing pictures."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QImageWriter


def save_png(image: QImage, path: Path) -> None:
    """Write an image as PNG, whatever the file is called.

    Raises:
        OSError: it cannot be written there; the message says why.
    """
    writer = QImageWriter(str(path), QByteArray(b"PNG"))
    if not writer.write(image):
        raise OSError(f"{path}: {writer.errorString()}")
