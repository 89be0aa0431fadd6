# make serve    set up, then serve SQS on http://127.0.0.1:4566 with the data in ./data
# make install  set up alone; leaves .venv/bin/tidegate
# make test     set up with the development tools and run the whole test suite
# make check    format, lint, types, layers and generated files, all checked and nothing changed
# make format   put the code into its form
# make example  run the video burst: traffic grows, encoders crash, every job is done once;
#               with EXAMPLE=order_events or EXAMPLE=webhook another one of examples/
# make bench    measure this server, durable, against a yardstick in the same run
# make clean    remove everything that was made here but ./data
#
# Needs Python 3.11 or later and nothing else. PYTHON=... picks an interpreter, ARGS=... is handed
# on: make serve ARGS="--port 0", make test ARGS="tests/unit -k fifo".

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt
ARGS ?=
EXAMPLE ?= video_burst

# The API is generated from this version of AWS's models, which come inside botocore. It stands
# beside the test environment, because the clients under test want an older botocore for themselves.
MODELS_VERSION := 1.44.5
MODELS := $(VENV)/models-$(MODELS_VERSION)

.DEFAULT_GOAL := help
.PHONY: help install dev serve test check format generate example bench clean

help:
	@sed -n 's/^# //p' Makefile | sed -n '1,/^$$/p' | sed '/^Needs/,$$d'

install: $(VENV)/.installed
dev: $(VENV)/.installed-dev $(MODELS)

serve: install
	@$(BIN)/tidegate serve $(ARGS)

test: dev
	$(BIN)/python -m pytest $(ARGS)

check: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/generate_api.py --check --models $(MODELS)/botocore/data

format: dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

generate: dev
	$(BIN)/python tools/generate_api.py --models $(MODELS)/botocore/data

example: $(VENV)/.installed-dev
	@$(BIN)/python examples/run.py $(EXAMPLE) $(ARGS)

bench: install
	$(BIN)/tidegate bench $(ARGS)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests tools bench examples -name __pycache__ -type d -prune -exec rm -rf {} +

# The first of these interpreters that is new enough, unless PYTHON says which one.
$(BIN)/python:
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
	  for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	      python="$$candidate"; break; \
	    fi; \
	  done; \
	fi; \
	if [ -z "$$python" ]; then \
	  echo "Tidegate needs Python 3.11 or later; name one with: make PYTHON=/path/to/python" >&2; \
	  exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Tidegate into $(VENV)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Tidegate and its development tools into $(VENV)"
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.installed

$(MODELS): | $(BIN)/python
	@echo "Fetching the models of botocore $(MODELS_VERSION)"
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install \
	  --no-deps --target $@.part botocore==$(MODELS_VERSION)
	@mv $@.part $@
