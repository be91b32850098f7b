# `make app` opens the interviewer, `make test` runs the tests; each does the set-up it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# One process for each core, at most four since each loads the encoder; a file's tests stay together.
IN_PARALLEL := --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder
INSTALL := $(PIP) install --constraint requirements.lock

.DEFAULT_GOAL := help
.PHONY: help app setup test check format lock clean

help: ## Show these lines
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

app: setup ## Set up and open the interviewer in the browser
	$(BIN)/interviewer app

setup: $(VENV)/.installed ## Create .venv, install the pinned dependencies, build the index
	@$(BIN)/interviewer setup

test: setup $(VENV)/.installed-dev ## Set up and run the tests
	$(BIN)/python -m pytest $(IN_PARALLEL)

check: $(VENV)/.installed-dev ## Lint, types, security checks and the architecture test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive interviewer
	$(BIN)/python .ci/audit.py requirements.lock
	$(BIN)/python -m pytest --quiet tests/test_architecture.py

format: $(VENV)/.installed-dev ## Format the code and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/.installed-dev ## Pin every dependency anew in requirements.lock
	$(PIP) install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade --extra dev --strip-extras --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
	  --output-file $(VENV)/lock.txt pyproject.toml
	@{ echo "# Every pinned dependency, used as constraints. Made by: make lock"; \
	   sed -e 's/^\(torch==[0-9.]*\)+cpu$$/\1/' -e '/^#/d' -e '/^$$/d' $(VENV)/lock.txt; } > requirements.lock

clean: ## Remove the environment and everything that was built
	rm -rf $(VENV) build dist artifacts .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find index -mindepth 1 ! -name README.md -delete

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Creating $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing; on Debian: apt install python3-venv"; exit 1; }

$(VENV)/.installed: pyproject.toml requirements.lock | $(VENV)/bin/python
	@echo "Installing the pinned dependencies (about 2.5 GB on disk, once) ..."
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need ..."
	$(INSTALL) --editable '.[dev]'
	@touch $@
