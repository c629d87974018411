"""Programs for PyTorch itself, to run under ``gradtrace run``: unmodified, without a word about gradtrace in them."""
