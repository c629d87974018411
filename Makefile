# One verb for each thing one does daily. `make demo` needs Python 3.11 or newer, nothing else.
#
#   make demo     record a sample and open it in the window (no display: draw the window into demo.png)
#   make test     the whole suite
#   make check    lint, formatting, types, layers
#   make compile  compile what can be (needs a C compiler); `make test` does it when sources have changed
#   make bench    the benchmarks; figures are printed as ratios
#   make docs     check that the documentation's links lead somewhere and that it knows every verb and option
#   make clean    remove what was built, but not the environment (.venv)
#
# PYTHON=python3.12 chooses the interpreter the environment is made with, VENV=path where it is made.

PYTHON ?= python3
VENV ?= .venv
TORCH ?= torch==2.13.0
# More arguments for pip when it installs torch, such as the index of CPU builds:
#   make test TORCH_FLAGS="--index-url https://download.pytorch.org/whl/cpu"
TORCH_FLAGS ?=
PYTEST_FLAGS ?=
# What is run a second time, without the compiled modules.
AS_PYTHON := tests/record $(addprefix tests/capture/test_torch_,events.py like_core.py unchanged.py selection.py threads.py) tests/capture/test_interference_faults.py
BENCHMARKS ?= core recording layout canvas

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
TYPECHECK := $(VENV)/typecheck
COMPILE = $(BIN)/python setup.py -q build_ext --inplace; $(BIN)/python -m gradtrace._compiled || true
# Without a screen the tests draw off screen; a platform that is already chosen stays.
OFFSCREEN := QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen}

.DEFAULT_GOAL := help
.PHONY: help demo test compile check bench docs clean

help:
	@sed -n 's/^#   make /make /p' Makefile | head -n 7

demo: $(VENV)/.installed-gui
	$(BIN)/gradtrace demo

# What is compiled is tested as Python, too.
test: $(VENV)/.installed-test $(VENV)/.tried-torch $(VENV)/.compiled
	$(OFFSCREEN) $(BIN)/python -m pytest $(PYTEST_FLAGS)
	@if [ -z "$(PYTEST_FLAGS)" ] && $(BIN)/python -m gradtrace._compiled; then \
		GRADTRACE_PURE=1 $(BIN)/python -m pytest -q $(AS_PYTHON); fi

compile: $(VENV)/.installed-test
	@$(COMPILE)

check: $(VENV)/.installed-dev $(TYPECHECK)/gradtrace
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd $(TYPECHECK) && $(abspath $(BIN))/mypy --config-file $(CURDIR)/pyproject.toml \
		-m gradtrace -m gradtrace.__main__ -p gradtrace._compiled -p gradtrace.core -p gradtrace.tracer -p gradtrace.gui -p gradtrace.samples
	PYTHONPATH=$(TYPECHECK) $(BIN)/lint-imports --no-cache

bench: $(VENV)/.installed-gui $(VENV)/.compiled
	@for name in $(BENCHMARKS); do echo; echo "== $$name"; $(OFFSCREEN) $(BIN)/python benchmarks/$$name.py || exit 1; done

docs: $(VENV)/.installed-test
	$(BIN)/python -m pytest -q tests/packaging/test_docs.py

clean:
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache demo.png $(TYPECHECK)
	rm -f _compiled/*.so _compiled/*.pyd
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

# ---------------------------------------------------------------------------------------------------------- environment
# Each stamp says "this extra is installed, from this pyproject.toml".
$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "gradtrace needs Python 3.11 or newer; $(PYTHON) is %d.%d. Try: make PYTHON=python3.12" % v[:2])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed-%: pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --editable '.[$*]'
	@touch $@

# The installation compiles; after that, whenever sources of compiled modules have changed. Without a compiler all runs as Python.
$(VENV)/.compiled: setup.py $(wildcard _compiled/*.py core/*.p* tracer/*.p* tracer/store/*.p* tracer/capture/torch/*.p*) | $(BIN)/python
	@$(BIN)/python -m gradtrace._compiled >/dev/null || $(COMPILE)
	@touch $@

# PyTorch is what the core is compared with. Without it those tests are skipped, and say so. To try again: rm .venv/.tried-torch
$(VENV)/.tried-torch: | $(VENV)/.installed-test
	@$(BIN)/python -c 'import torch' 2>/dev/null || $(PIP) install --quiet $(TORCH) $(TORCH_FLAGS) \
		|| echo "make: $(TORCH) could not be installed; the tests that compare with it will be skipped" >&2
	@touch $@

# The repository's root is the package `gradtrace`; type checkers find it through a folder that holds it under that name.
$(TYPECHECK)/gradtrace:
	@mkdir -p $(TYPECHECK)
	@ln -sfn $(CURDIR) $@
