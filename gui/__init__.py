"""The desktop window: PySide6 and pyqtgraph on top of the trace model."""
