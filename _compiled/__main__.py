"""``python -m gradtrace._compiled``: whether the compiled modules are in use; succeeds if so."""

from __future__ import annotations

import sys

from . import state

print(f"compiled modules: {state()}")
sys.exit(state() != "in use")
