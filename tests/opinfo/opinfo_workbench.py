"""What the tests need of the comparison with PyTorch, loaded once."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import opinfo
import opinfo_compare
import opinfo_database
import torch


class Workbench:
    """The modules of the comparison, the operators by label, and a limit to few samples."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        self.torch: ModuleType = torch
        self.compare: ModuleType = opinfo_compare
        self.database: ModuleType = opinfo_database
        self.operators = {operator.label: operator for operator in opinfo_database.load_operators()}
        self.exceptions = opinfo.read_exceptions()
        self.few = opinfo_compare.Limits(float64=12, other_dtypes=3, errors=60, inplace=5)

    def differences(self, label: str) -> dict[str, list[str]]:
        """What differs on a few samples, by aspect, excused differences apart."""
        return self.excused(opinfo_compare.check(self.operators[label], self.few), self.exceptions).differences

    def excused(self, report: opinfo_compare.Report, exceptions: list[dict[str, Any]]) -> opinfo_compare.Report:
        """The report without what the exceptions excuse."""
        return opinfo.without_exceptions(report, exceptions)
