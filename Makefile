# One front door. `make` alone lists what there is; every target sets up .venv by itself the first time.

PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.bygspor-ready
UV := UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv
DATA ?= $(CURDIR)/.bygspor

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run stack test kafka bench soak lint format clean

help:  ## this list
	@echo "BygSpor: job promises in construction tenders, from events to figures per tender"
	@echo
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */\1|/' | \
		while IFS='|' read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

setup: $(STAMP)  ## install what uv.lock names into .venv (the others do it when needed)

run: $(STAMP)  ## the demo: own database in .bygspor, sample events, figures on the screen, then the web pages
	@echo "==> bygspor demo (data in $(DATA))"
	@BYGSPOR_DATA="$(DATA)" $(BIN)/bygspor demo --serve

test: lint  ## lint, then every test but the soaking ones, against a real PostgreSQL and Kafka
	@echo "==> browser"
	@$(BIN)/python -m tests.browser.chromium
	@echo "==> kafka"
	@$(BIN)/python -m deploy.kafka fetch
	@echo "==> pytest"
	@$(BIN)/python -m pytest -n 3 --dist worksteal

stack: $(STAMP)  ## Kafka, PostgreSQL, gateway and two workers here, with the sample flowing, until Ctrl-C
	@$(BIN)/python -m deploy.stack --home "$(DATA)/stack"

kafka: $(STAMP)  ## a Kafka of your own in .bygspor, left running (python -m deploy.kafka down)
	@$(BIN)/python -m deploy.kafka up --home "$(DATA)/kafka"

bench: $(STAMP)  ## how fast it is on this machine
	@echo "==> benchmarks"
	@$(BIN)/python -m tests.bench

soak: $(STAMP)  ## the tests that run for minutes
	@echo "==> pytest, soak tests only"
	@$(BIN)/python -m pytest -m soak

lint: $(STAMP)  ## ruff, formatting, mypy (strict), import rules
	@echo "==> ruff"
	@$(BIN)/ruff check .
	@echo "==> ruff format"
	@$(BIN)/ruff format --check .
	@echo "==> mypy"
	@$(BIN)/mypy
	@echo "==> import-linter"
	@$(BIN)/lint-imports

format: $(STAMP)  ## let ruff put things right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:  ## remove .venv and caches; data in .bygspor stays
	@echo "==> removing .venv and caches"
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist
	@find deploy schemas services tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The stamp is newer than the lock only after a whole, successful install, so a broken one is tried again.
$(STAMP): uv.lock pyproject.toml
	@echo "==> setting up $(VENV) (once; takes under a minute on a fair line)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "error: Python 3.11 or newer is needed, and '$(PYTHON)' is not; set PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "error: this Python cannot make environments. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@$(BIN)/uv --version 2>/dev/null | grep -qF "uv $(UV_VERSION) " || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(UV) sync --frozen --quiet --python $(BIN)/python
	@touch $@
