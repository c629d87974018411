"""What the tests need of the comparison with PyTorch, loaded once."""

from __future__ import annotations

from functools import cache
from types import ModuleType

import opinfo
import opinfo_compare
import opinfo_database
import torch
from opinfo_compare import Report


class Workbench:
    """The modules of the comparison, the operators by label, and what excuses differences."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        self.torch: ModuleType = torch
        self.compare: ModuleType = opinfo_compare
        self.database: ModuleType = opinfo_database
        self.operators = {operator.label: operator for operator in opinfo_database.load_operators()}
        self.exceptions = opinfo.read_exceptions()
        self.report = cache(self.new_report)
        """All differences of an operator, compared once."""

    def new_report(self, label: str) -> Report:
        """Compare an operator now."""
        return opinfo_compare.check(self.operators[label])

    def excused(self, report: Report, exceptions: list[dict[str, str]] | None = None) -> Report:
        """The report without what the exceptions (all of the file) excuse."""
        return opinfo.without_exceptions(report, self.exceptions if exceptions is None else exceptions)

    def agrees(self, label: str) -> bool:
        """Whether nothing differs but what is excused."""
        return opinfo.agrees(self.excused(self.report(label)))

    def differences(self, label: str) -> dict[str, list[str]]:
        """What differs now, by aspect, excused differences apart."""
        return self.excused(self.new_report(label)).differences
