# Everything the project does, in short words. Each target sets itself up first; all that is made goes to build/.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BUILD := build
VENV := $(BUILD)/venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m helpers.series

# Parameters for the notebooks, for example: make notebooks PARAMS="-p 02.RETRAIN=True"
PARAMS ?=
NB ?=
# What goes into the Android app: the models, their weights, and the processors it is for.
MODELS ?= lenet squeezenet
WEIGHTS ?= offline
ABIS ?= arm64-v8a

export LANES ?=

.PHONY: help notebooks test lab apk apk-assets ios refresh bench setup lock clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

notebooks: setup ## the main job: run the whole series; results in build/
	@$(RUN) run $(PARAMS)

test: setup ## run every test; LANES=all makes a lane that cannot run a failure
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@# In their own order: the default puts modules of few tests last, which are the slowest, and one core then waits.
	@$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder tests
	@$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder -p no:cacheprovider $$($(BIN)/python -m helpers.setup_check) \
		--nbval-cell-timeout 900 --nbval-sanitize-with tests/nbval_sanitize.cfg notebooks

lab: setup ## open JupyterLab on notebook 00
	@$(BIN)/jupyter lab --allow-root notebooks/00_start_here.ipynb

apk: setup ## the Android app, signed: make apk MODELS="lenet squeezenet" ABIS="arm64-v8a"
	@$(BIN)/python -m helpers.apk $(MODELS) --weights "$(WEIGHTS)" --abi $(ABIS)

apk-assets: setup ## the models and pictures that Android Studio packs into the app
	@$(BIN)/python -m helpers.apk $(MODELS) --weights "$(WEIGHTS)" --assets-only

ios: setup ## put models into the iOS app, for Xcode to compile: make ios MODELS="squeezenet"
	@$(BIN)/python -m helpers.ios $(MODELS) --weights "$(WEIGHTS)"

refresh: setup ## re-execute one committed notebook in place: make refresh NB=03
	@$(RUN) refresh $(NB) $(PARAMS)

bench: setup ## the benchmark table: ratios, each measured side by side in one run
	@$(BIN)/python -m benchmarks

setup: $(VENV)/.ready ## make the virtual environment (done by the others)

lock: ## write requirements.lock and environment.yml anew from pyproject.toml (needs uv)
	@uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		--all-extras --upgrade --output-file requirements.lock pyproject.toml > /dev/null
	@$(BIN)/python -m helpers.environment_file

clean: ## delete everything that was generated
	@rm -rf $(BUILD)

$(VENV)/.ready: requirements.lock pyproject.toml apt.txt
	@if command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ] \
		&& ! dpkg-query --show $$(cat apt.txt) > /dev/null 2>&1; then \
		echo "Installing the Debian packages of apt.txt"; \
		install() { DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$$@" > /dev/null; }; \
		{ apt-get -qq update && { install $$(cat apt.txt) || for package in $$(cat apt.txt); do \
			install $$package || echo "$$package of apt.txt could not be installed; going on without"; \
		done; }; } || echo "apt.txt could not be installed; going on without"; \
	fi
	@test -n "$(PYTHON)" && command -v "$(PYTHON)" > /dev/null && "$(PYTHON)" -c 'pass' 2> /dev/null \
		&& test "$$("$(PYTHON)" -c 'print(7)' 2> /dev/null)" = 7 \
		|| { echo "expected PYTHON to name a Python; received '$(PYTHON)'; try make PYTHON=python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] <= (3, 13) else \
		"expected Python 3.11, 3.12 or 3.13; received %d.%d; name another with make PYTHON=python3.11" % sys.version_info[:2])'
	@echo "Making the virtual environment from requirements.lock (about a minute, 3 GB)"
	@rm -rf $(VENV)
	@"$(PYTHON)" -m venv $(VENV)
	@# The lock is complete; --no-deps because tfcoreml asks for TensorFlow 1.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		--requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
