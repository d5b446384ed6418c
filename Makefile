# make play    try Pinyon: a local Slack page, no account needed
# make test    run the tests
# make check   everything that has to hold before a change lands
# Each does its own set-up in .venv; the second time there is nothing left to do.

# The first of these that is new enough; 3.14 and later come last, because some requirements have no wheels for them.
ifndef PYTHON
PYTHON := $(shell for name in python3.13 python3.12 python3.11 python3; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; exit; fi; done)
endif
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check --no-input --quiet

.DEFAULT_GOAL := help
.PHONY: help setup play test check lint browser sandbox lock clean

help:
	@sed -n 's/^# //p' Makefile | head -3

# --- set-up: each stamp is newer than what it was made from ---

setup: $(VENV)/.run-stamp

$(VENV)/.venv-stamp:
	@test -n "$(PYTHON)" || { \
		echo "Pinyon needs Python 3.11 or newer, and none was found."; \
		echo "Debian, Ubuntu: apt-get install python3 python3-venv    macOS: brew install python@3.13"; \
		echo "Somewhere else: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; } >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Pinyon needs Python 3.11 or newer, and $(PYTHON) is `$(PYTHON) -V`."; exit 1; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make virtual environments. Debian, Ubuntu: apt-get install python3-venv"; exit 1; } >&2
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run-stamp: requirements/run.txt pyproject.toml $(VENV)/.venv-stamp
	@echo "Installing what Pinyon needs into $(VENV), once. This takes about a minute."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-stamp: requirements/dev.txt $(VENV)/.run-stamp
	@echo "Installing what the tests need, once."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# --- the two commands ---

play: setup
	@$(RUN) -m playground $(ARGS)

test: $(VENV)/.dev-stamp browser sandbox
	@$(RUN) -m pytest $(ARGS)

# --- the gate ---

check: lint test

lint: $(VENV)/.dev-stamp
	$(RUN) -m ruff format --check
	$(RUN) -m ruff check
	$(VENV)/bin/pyright
	$(VENV)/bin/lint-imports
	$(RUN) -m codespell_lib

# Finds a Chromium for the tests. As root on Debian one is installed; elsewhere it says what to install.
browser: $(VENV)/.dev-stamp
	@if $(RUN) tests/browser/chromium.py --quiet; then exit 0; fi; \
	if [ "`id -u`" = 0 ] && apt-cache show chromium-headless-shell >/dev/null 2>&1 || { \
		[ "`id -u`" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
		apt-cache show chromium-headless-shell >/dev/null 2>&1; }; then \
		echo "Installing chromium-headless-shell for the browser tests, once."; \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium-headless-shell >/dev/null; \
	fi; \
	$(RUN) tests/browser/chromium.py

# Code runs in bubblewrap, and so do its tests. As root on Debian it is installed; elsewhere those tests say what to install.
sandbox:
	@if command -v bwrap >/dev/null; then exit 0; fi; \
	if [ "`id -u`" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing bubblewrap for the sandbox tests, once."; \
		{ apt-cache show bubblewrap >/dev/null 2>&1 || apt-get update -qq; } && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends bubblewrap >/dev/null; \
	else \
		echo "The sandbox tests need bubblewrap: apt-get install bubblewrap (they are left out without it)."; \
	fi

# --- upkeep ---

# Needs uv: https://docs.astral.sh/uv/
lock:
	uv pip compile pyproject.toml $(LOCK) --extra install -o requirements/run.txt
	uv pip compile pyproject.toml $(LOCK) --extra install --extra dev -c requirements/run.txt -o requirements/dev.txt

LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

clean:
	rm -rf $(VENV) .pinyon build *.egg-info
