"""Can a window be opened here? Asked before Qt is: where it cannot, Qt ends the whole process instead of raising."""

from __future__ import annotations

import os
import subprocess
import sys

OFFSCREEN_PLATFORMS = ("offscreen", "minimal", "vnc")

_PROBE = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
_PROBE_SECONDS = 30


def why_no_display() -> str:
    """Why no window can be opened here, or ``""`` when one can.

    On Linux a variable that names a display proves little (a stale ``DISPLAY``, a missing X library), so a second process tries.
    """
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform.partition(":")[0] in OFFSCREEN_PLATFORMS:
        return f"QT_QPA_PLATFORM is {platform}"
    if sys.platform in ("win32", "darwin"):
        return ""
    if not platform and not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        return "neither DISPLAY nor WAYLAND_DISPLAY is set"
    return _why_qt_fails()


def _why_qt_fails() -> str:
    try:
        probe = subprocess.run(
            [sys.executable, "-P", "-c", _PROBE], capture_output=True, text=True, timeout=_PROBE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Qt does not start: {error}"
    if probe.returncode == 0:
        return ""
    said = [line.strip() for line in probe.stderr.splitlines() if line.strip()]
    return f"Qt does not start: {said[0]}" if said else f"Qt does not start (exit status {probe.returncode})"


def draw_off_screen() -> None:
    """From now on Qt, not yet loaded, draws into memory."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Qt warns once for each window that this platform "does not support propagateSizeHints()": nothing to worry anybody with
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")
