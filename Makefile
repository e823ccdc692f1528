# `make demo` shows kamctl at work on examples/; `make test` runs every check. Both set up .venv by themselves.
.DEFAULT_GOAL := help
.PHONY: help demo test lint types contract unit bench docs gallery pages clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
KAMCTL := $(BIN)/kamctl -C examples --as-of 2026-06-15

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/'

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("kamctl needs Python 3.11 or newer; make PYTHON=python3.12 names one" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(READY) ## validate, score, pipeline and a call plan, on examples/
	$(KAMCTL) validate
	COLUMNS=100 $(KAMCTL) --format table score bohai-water/line-3
	COLUMNS=120 $(KAMCTL) --format table pipeline
	COLUMNS=120 $(KAMCTL) --format table pipeline --stage Q
	$(KAMCTL) callplan show bohai-water/2026-06-17-zhang-wei

test: lint types contract unit ## format, lint, types, import contract, tests with coverage

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

contract: $(READY)
	$(BIN)/lint-imports --no-logo

unit: $(READY)
	$(BIN)/pytest -n auto --cov --cov-report=term --cov-fail-under=90

bench: $(READY) ## measure whole commands against bare Python, git status and PyYAML
	$(BIN)/python benchmarks/measure.py

docs: $(READY) ## write the generated pages of docs/
	$(BIN)/python docs/generate.py

gallery: $(READY) ## make the pictures of docs/gallery.md, by Chromium
	$(BIN)/python docs/pictures.py

pages: $(READY) ## check the pages of all forms: make pages AXE=axe.min.js VNU=vnu.jar
	$(BIN)/python docs/check_pages.py $(if $(AXE),--axe $(AXE)) $(if $(VNU),--vnu $(VNU))

clean: ## remove what the other targets made
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
