# The two commands of a newcomer are `make demo` and `make test`; the others are for those who work on it.
PYTHON ?= python3
BIN := .venv/bin
PYTHON_FOLDERS := city registry ingest storage rules linkage api simulators liandong tests benchmarks scripts hatch_build.py

# Python keeps what it compiled, whatever the environment says: the tests start our commands some hundred times.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test packages ready-python ready-console prepared console-with-own-node check check-python check-console test-console format bench bench-ingest bench-million bench-linkage bench-overload bench-rules bench-backtest bench-detection soak setup setup-dev console lock clean

demo: setup console
	@exec $(BIN)/liandong up --demo

test:
	@$(MAKE) --no-print-directory -j3 --output-sync=target packages ready-python ready-console
	$(BIN)/pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder

# Two for each of two cores: tests of whole programs and of the browser wait for a good part of their time.
TEST_WORKERS = 4

packages:
	@$(PYTHON) scripts/test_packages.py

# Tests are compiled here once, and so is what judges rules; four workers that begin side by side would each
# compile them all.
ready-python: setup-dev
	@$(MAKE) --no-print-directory check-python
	@$(BIN)/python -c "from zoneinfo import ZoneInfo; from liandong.detecting import Detecting; Detecting(1, ZoneInfo('UTC'))"
	@said=$$($(BIN)/pytest --collect-only -q 2>&1) || { echo "$$said" | tail -n 60; exit 2; }

# Built and checked while Python's packages come, where Node is there already; else with the Node that is one of them.
OWN_NODE = $(shell $(PYTHON) scripts/build_console.py --has-own-node && echo yes)
ready-console: NODE_PYTHON = $(if $(OWN_NODE),$(PYTHON),$(BIN)/python)
ready-console: $(if $(OWN_NODE),,setup-dev)
	@$(NODE_PYTHON) scripts/build_console.py
	@$(MAKE) --no-print-directory NODE_PYTHON=$(NODE_PYTHON) check-console test-console

# The environment and the console are made side by side where Node is there already.
prepared:
	@$(MAKE) --no-print-directory -j2 setup-dev console-with-own-node
	@$(BIN)/python scripts/build_console.py

console-with-own-node:
	@$(PYTHON) scripts/build_console.py --with-own-node

check: prepared
	@$(MAKE) --no-print-directory -j2 --output-sync=target check-python check-console

check-python:
	$(BIN)/ruff format --check $(PYTHON_FOLDERS)
	$(BIN)/ruff check $(PYTHON_FOLDERS)
	$(BIN)/mypy

NODE_PYTHON = $(BIN)/python

check-console:
	@$(NODE_PYTHON) -m scripts.console_npm run check --silent

test-console:
	@$(NODE_PYTHON) -m scripts.console_npm test --silent

format: setup-dev
	$(BIN)/ruff format $(PYTHON_FOLDERS)
	$(BIN)/ruff check --fix $(PYTHON_FOLDERS)

bench: setup-dev
	$(BIN)/python -m benchmarks

bench-linkage: setup-dev
	$(BIN)/python -m benchmarks.linkage

bench-rules: setup-dev
	$(BIN)/python -m benchmarks.rules

bench-detection: setup-dev
	$(BIN)/python -m benchmarks.detection

bench-backtest: setup-dev
	$(BIN)/python -m benchmarks.backtest

bench-ingest: setup-dev
	$(BIN)/python -m benchmarks.ingest

bench-million: setup-dev
	$(BIN)/python -m benchmarks.million

bench-overload: setup-dev
	$(BIN)/python -m benchmarks.overload

soak: setup-dev
	$(BIN)/python -m benchmarks.soak
	$(BIN)/python -m benchmarks.soak_store
	$(BIN)/python -m benchmarks.soak_ingest
	$(BIN)/python -m benchmarks.soak_outage
	$(BIN)/python -m benchmarks.soak_faults --broker embedded
	$(BIN)/python -m benchmarks.soak_faults --broker mosquitto --store influxdb
	SCHEMATHESIS_EXAMPLES=50 $(BIN)/pytest tests/acceptance/test_schemathesis.py

setup:
	@$(PYTHON) scripts/setup.py

setup-dev:
	@$(PYTHON) scripts/setup.py --dev

console: setup
	@$(BIN)/python scripts/build_console.py

# Locks carry hashes and no addresses; run after a change of dependencies in pyproject.toml.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
lock: setup-dev
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) --group node -o requirements-node.lock
	$(BIN)/python -m scripts.console_npm install --package-lock-only

clean:
	rm -rf .venv build dist console/dist console/node_modules
