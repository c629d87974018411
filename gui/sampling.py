"""Recording a sample program from the window: in a process of its own, so that it may fail as it is meant to."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QStandardPaths, Signal

from ..samples import SAMPLES, Sample

FIRST_SAMPLES = (
    *("chain_add_mul", "matmul_sum", "mlp_cross_entropy", "first_nan", "detach_inplace_error"),
    *("data_inplace_silent", "hook_changes_gradient", "freed_buffers"),
)
"""The samples to show first; the others follow by name."""


SAMPLE_TITLES = "samples"
"""The context of the samples' titles."""


def title_of(sample: Sample) -> str:
    """What a sample shows, in the language of the window."""
    return QCoreApplication.translate(SAMPLE_TITLES, sample.title)


def samples_in_order() -> list[Sample]:
    """All samples, those to begin with first."""
    rank = {name: place for place, name in enumerate(FIRST_SAMPLES)}
    return sorted(SAMPLES, key=lambda sample: (rank.get(sample.name, len(rank)), sample.name))


def cache_folder() -> Path:
    """Where traces of samples are kept: a folder that the system may empty."""
    base = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation)
    return Path(base or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.TempLocation)) / "samples"


class SampleRecorder(QObject):
    """Runs ``python -m gradtrace run`` on a sample; the newest request wins."""

    recorded = Signal(str)  # path of the trace
    failed = Signal(str)  # a sentence for the user

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._process: QProcess | None = None
        self._sample: Sample = SAMPLES[0]  # the one under way

    @property
    def busy(self) -> bool:
        """True while a sample is being recorded."""
        return self._process is not None

    @property
    def _fresh(self) -> Path:
        """What is being written, until it is complete."""
        return self._folder / f"{self._sample.name}.new.gtrace"

    def record(self, sample: Sample) -> None:
        """Record a sample; :attr:`recorded` or :attr:`failed` tells when it is over."""
        self.cancel()
        self._sample = sample
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._fresh.unlink(missing_ok=True)
        except OSError as error:
            self.failed.emit(self._apology(error.strerror or str(error)))
            return
        self._process = process = QProcess(self)
        process.setWorkingDirectory(str(self._folder))
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        # Methods, no functions that hold self: else this object could go with the last of them, while the process, its child, is
        # being deleted, and delete that a second time.
        process.finished.connect(self._finish)
        process.errorOccurred.connect(self._not_started)
        process.start(sys.executable, ["-m", "gradtrace", "run", "--quiet", "--output", str(self._fresh), str(sample.path)])

    def cancel(self) -> None:
        """Stop recording; nothing is told."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(3000)
            process.deleteLater()

    def _not_started(self, kind: QProcess.ProcessError) -> None:
        process = self._process
        if process is not None and kind == QProcess.ProcessError.FailedToStart:
            self._process = None
            process.deleteLater()
            self.failed.emit(self._apology(process.errorString()))

    def _finish(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        output = bytes(process.readAll().data()).decode("utf-8", "replace").strip()
        process.deleteLater()
        fresh, target = self._fresh, self._folder / f"{self._sample.name}.gtrace"
        if not fresh.exists():  # the exit status says nothing: some samples fail on purpose
            self.failed.emit(self._apology(output.rpartition("\n")[2]))
            return
        try:
            fresh.replace(target)
        except OSError:  # the old trace is open, and this system does not let go of it
            target = fresh
        self.recorded.emit(str(target))

    def _apology(self, reason: str) -> str:
        return self.tr("The sample {name} could not be recorded: {reason}").format(name=self._sample.name, reason=reason)
