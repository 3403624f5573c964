# Every target works on a fresh machine that has Python >= 3.11, pip and make.
PYTHON ?= python3
WORKERS ?= auto
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: demo test quick lint format docs benchmarks clean

demo: $(INSTALLED)  ## compile, verify and run on shipped real input; says where the report is
	$(BIN)/logdepth demo

test: lint  ## every check: lint, types, import contract, the full test suite
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

quick: $(INSTALLED)  ## the quick tier of the tests
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not slow"

lint: $(INSTALLED)  ## style, formatting, types, import contract
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(INSTALLED)  ## put the code into the one format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(INSTALLED)  ## the documentation site, in build/site
	$(BIN)/python docs/website/build.py

benchmarks: $(INSTALLED)  ## reproduce the README's figures
	set -e; for script in benchmarks/*.py; do $(BIN)/python $$script; done

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# pip works from outside the environment, so that Python's ensurepip (a package of its own on Debian) is not needed.
$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python $(BIN)/python install --disable-pip-version-check --quiet --editable '.[dev]'
	touch $@
