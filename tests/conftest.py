"""What all tests share: one thread calculates, here and in the programs they start, however many processors there are.

Sums then do not depend on the machine, and processes do not get in each other's way. OMP_NUM_THREADS=4 tries it with more.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when NumPy and PyTorch are imported
