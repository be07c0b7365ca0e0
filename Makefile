# Slovo: the two commands of the README are `make run` and `make test`; `make help` lists the others.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

VENV := .venv
BIN := $(VENV)/bin
APP := $(VENV)/.stamp-app
DEV := $(VENV)/.stamp-dev
ASSETS := web/static/vendor/.stamp
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

# The newest Python that works: a name on PATH may be a shim of a version that is not installed.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; break; fi; done)

# Debian packages that only the tests need.
TEST_PACKAGES := mmdebstrap sip-tester chromium postgresql ffmpeg uidmap
TEST_PROGRAMS := mmdebstrap sipp chromium ffmpeg newuidmap

.PHONY: help run test test-fast test-long fuzz lint locks bench pictures samples clean system-test

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: $(APP) $(ASSETS)  ## everything set up, then Slovo with the built-in PBX simulator and sample data
	$(BIN)/slovo init
	exec $(BIN)/slovo demo

test: $(DEV) $(ASSETS) system-test  ## everything that the tests need, then all tests
	PYTHONPATH=tests $(BIN)/python -m support.asterisk prepare
	PYTHONPATH=tests $(BIN)/python -m support.two_halves $(PYTEST_ARGS)

test-fast: $(DEV) $(ASSETS)  ## unit tests only: no Asterisk, Chromium or speech engine
	$(BIN)/python -m pytest tests/unit -m "not asterisk and not chromium and not vosk" $(PYTEST_ARGS)

test-long: $(DEV) $(ASSETS)  ## what holds for every trace, with every single event lost and every cut: minutes
	SLOVO_TEST_LONG=1 $(BIN)/python -m pytest --timeout 1800 tests/unit/test_traces.py tests/unit/test_traces_elsewhere.py \
	  tests/unit/test_trace_properties.py tests/integration/test_stored_traces.py $(PYTEST_ARGS)

FUZZ_SECONDS ?= 300
fuzz: $(APP)  ## five minutes of made-up AMI bytes (needs atheris, which not every Python has)
	$(PIP) install $$($(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['fuzz'])")
	$(BIN)/python tests/fuzz/fuzz_ami.py --seconds=$(FUZZ_SECONDS)

lint: $(DEV)  ## style, types, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV) $(ASSETS)  ## the benches, one after the other (see CONTRIBUTING.md)
	for b in track transcribe pop search player history find import_clients; do $(BIN)/python tests/bench/$$b.py; done
	$(BIN)/python tests/bench/promises.py tests/promises/*.jsonl

pictures: $(DEV) $(ASSETS)  ## the README's pictures, from the running product
	PYTHONPATH=tests $(BIN)/python -m support.pictures

samples: $(DEV)  ## speak the sample calls again (needs espeak-ng)
	$(BIN)/python -m pbx.samples.speak

locks:  ## the lock files from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra demo --group build --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock
	uv pip compile pyproject.toml --extra demo --group build --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header -c requirements.lock -o requirements-dev.lock
	uv pip compile --group node --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements-node.lock

clean:  ## remove what make made (not the data)
	rm -rf $(VENV) node_modules web/static/vendor build dist .pytest_cache .mypy_cache .ruff_cache

$(VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "Slovo needs Python 3.11 or newer: apt-get install python3 python3-venv"; exit 1; fi
	if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
	  else
	    echo "Python's venv is missing. Type: sudo apt-get install python3-venv"; exit 1
	  fi
	fi
	$(PYTHON) -m venv $(VENV)

$(APP): requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Slovo's Python packages (once) …"
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

$(DEV): requirements-dev.lock $(APP)
	@echo "Installing the test tools (once) …"
	$(PIP) install --require-hashes -r requirements-dev.lock
	touch $@

# Node.js only fetches the browser assets; where there is none it comes as a Python package.
$(ASSETS): package-lock.json requirements-node.lock web/assets.py | $(APP)
	@if ! command -v npm >/dev/null; then
	  $(PIP) install --require-hashes -r requirements-node.lock
	fi
	PATH="$(PATH):$(CURDIR)/$(BIN)" npm ci --silent --ignore-scripts --no-audit --no-fund
	$(BIN)/python -m web.assets
	touch $@

system-test:
	@missing=""
	for program in $(TEST_PROGRAMS); do command -v $$program >/dev/null || missing="$$missing $$program"; done
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"
	if [ -z "$$missing" ]; then exit 0; fi
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	  echo "Installing what the tests need:$$missing …"
	  apt-get update -qq
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(TEST_PACKAGES) >/dev/null
	else
	  echo "The tests need:$$missing"
	  echo "Type: sudo apt-get install --no-install-recommends $(TEST_PACKAGES)"
	  exit 1
	fi
