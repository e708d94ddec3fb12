# make run: set up, run the main job, compare, and say where the report is.   make test: set up, lint, types, all quick tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Modules are compiled when they are first imported, which most never are.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt
SOURCES := hwbench_mo optimizers experiments tests benchmarks studies examples docs
OUT ?= outputs/main-$(shell date +%Y%m%d-%H%M%S)
MEASUREMENTS ?= ../shared/measurements
STUDY ?= outputs/study

# Where this is set, each of the hundreds of processes of a sweep or a test would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

# The folder docs is no target that is up to date.
.PHONY: run test test-slow docs linkcheck torture format bench study validate evaluate artifacts clean

run: $(VENV)/.run
	$(BIN)/python -m experiments.run --multirun 'seed=range(0,10)' optimizer=random_search,local_search,nsga2 \
	    problem=gpt_s_perplexity_latency_a100 budget=1000 out=$(OUT)
	$(BIN)/python -m experiments.compare $(OUT)
	$(BIN)/python -m experiments.report $(OUT)

# The tests of a file share a process, because some share a cluster that takes long to start; short files come last.
test: $(VENV)/.dev
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -rs -n auto --dist loadfile --no-loadscope-reorder
	@$(MAKE) --no-print-directory docs
	@echo "Slow tests are left out; run them with: make test-slow"

test-slow: $(VENV)/.dev
	$(BIN)/python -m pytest -q -rs -m slow

# Pages with the API reference and a gallery whose examples run; a warning is an error.
docs: $(VENV)/.dev
	$(BIN)/python -m sphinx -W -q -b html docs outputs/docs
	@echo "The documentation: $(CURDIR)/outputs/docs/index.html"

# Links to other sites; needs a network, and is therefore no part of `make test`, which checks links within the project.
linkcheck: $(VENV)/.dev
	$(BIN)/python -m sphinx -q -b linkcheck docs outputs/linkcheck
	@echo "All links lead somewhere: $(CURDIR)/outputs/linkcheck/output.txt"

# Calls of every kind, damaged files and killed sweeps, for minutes; the tests take a small part of each.
torture: $(VENV)/.dev
	$(BIN)/python -m tests.torture

format: $(VENV)/.dev
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: $(VENV)/.dev
	$(BIN)/python -m pytest -q -s benchmarks --benchmark-columns=min,median,iqr,rounds --benchmark-sort=name

# All seventeen optimizers on 27 problems: docs/results/study.md. The next call goes on with what is missing.
# Ray or Slurm: .venv/bin/python -m studies.main_study --launcher ray
study: $(VENV)/.dev
	$(BIN)/python -m studies.main_study --out $(STUDY)

# Takes about two hours on two cores; what was done is kept in outputs/validation, and the next call goes on.
validate: $(VENV)/.dev
	$(BIN)/hwbench-mo validate $(MEASUREMENTS)

evaluate:
	@echo "error: this target is now: make validate MEASUREMENTS=…" >&2; exit 2

# Fits into a new folder; compare, then copy its files to hwbench_mo/artifacts.
artifacts: $(VENV)/.run
	$(BIN)/hwbench-mo fit $(MEASUREMENTS) outputs/artifacts

clean:
	rm -rf $(VENV) build dist docs/auto_gallery docs/generated docs/sg_execution_times.rst *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "error: $(PYTHON) is too old; python 3.11 or later is needed: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: constraints.txt setup.cfg pyproject.toml | $(VENV)/bin/python
	$(INSTALL) --editable '.[harness]'
	@touch $@

$(VENV)/.dev: constraints.txt setup.cfg pyproject.toml | $(VENV)/bin/python
	$(INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.run
