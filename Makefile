# One word per task. `make demo` and `make test` need Python 3.11+ and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
STAMP := $(VENV)/.installed

.PHONY: help demo test quick check bench chaos lock clean
help:            ## what there is
	@grep -E '^[a-z]+: .*##' Makefile | sed 's/:.*##/\t/'

$(STAMP): requirements.lock pyproject.toml
ifneq ($(UV),)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
endif
	@touch $(STAMP)

demo: $(STAMP)   ## the demonstration: a district, a phone, a clock
	$(BIN)/diaodu demo

test: $(STAMP) check ## everything CI runs
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

quick: $(STAMP)  ## the part under two minutes
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not chaos and not browser and not postgres and not slow"

check: $(STAMP)  ## linters, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(STAMP)  ## ratios to the raw thing, as one table
	$(BIN)/python -m benchmarks

chaos: $(STAMP)  ## the long runs of the kill tests and of the machine of matters
	DIAODU_CHAOS_KILLS=600 DIAODU_CHAOS_MATTERS=400 $(BIN)/python -m pytest -q -m chaos

lock: $(STAMP)   ## renew requirements.lock after a change in pyproject.toml
	$(BIN)/python -m pip install --quiet uv || true
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header --no-annotate -o requirements.lock

clean:           ## remove what make made
	rm -rf $(VENV) .mypy_cache .ruff_cache demo
