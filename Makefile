# Hark needs make and Python 3.11 or later; everything else is installed into .venv.
#
#   make demo    the product on a demo portfolio            make test    all tests
#   make run     the product on your own data               make check   format, lint, types, contracts
#   make stop    stop demo and run                          make fix     format and mend what can be mended
#   make status  say what runs                              make bench   the tables of docs/performance.md
#   make lock    renew the lock files                       make clean   delete .venv and caches, keep the data
#
# PORT=8001 serves on another port, PYTHON=/path/to/python3.12 uses another Python.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo run stop status test chromium check fix bench lock clean

PORT ?= 8000
export PORT

BIN := .venv/bin
WORKERS ?= 2
PYTEST_ARGS ?=

# A virtual environment that was half made, or whose Python has been removed since, is made anew.
IS_SOUND := $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
$(shell [ -e .venv/.made ] && ! $(IS_SOUND) && rm -f .venv/.made)

# What needs production settings: nothing is connected to, but all of them must be there.
AS_IN_PRODUCTION := DATABASE_URL=postgresql://hark@localhost/hark REDIS_URL=redis://localhost HARK_HTTPS=true \
	HARK_ALLOWED_HOSTS=hark.example.com HARK_SECRET_KEY=not-a-secret-but-as-long-and-mixed-as-one-0123456789-ABCDEF

help:
	@sed -n '3,9s/^# *//p' Makefile

demo run: .venv/.runtime
	@$(BIN)/python -m config.embedded $@

stop status: .venv/.runtime
	@$(BIN)/python -m config.embedded $@ || true
	@$(BIN)/python -m config.embedded $@ --demo || true

test: .venv/.dev chromium
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	$(BIN)/deptry .
	HARK_VAR=var/check $(BIN)/python manage.py makemigrations --check --dry-run
	$(AS_IN_PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

fix: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

bench: .venv/.bench
	@for script in benchmarks/[!_]*.py; do $(BIN)/python "$$script" || exit 1; done

# Universal: one lock serves every platform and Python version. No index address goes into it.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade
lock: .venv/.made
	echo uv | $(LOCK) - --output-file requirements-uv.lock
	$(LOCK) pyproject.toml --output-file requirements.lock
	$(LOCK) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(LOCK) pyproject.toml --extra bench --constraint requirements-dev.lock --output-file requirements-bench.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis staticfiles var/check
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
	@echo "The data in var/ is kept; delete var/ yourself if you want it gone."

# uv installs in seconds what takes pip half a minute. It may not know the mirror that pip is configured for, so pip
# stands in when it fails. Compiled now, as every process that starts would otherwise spend a second more.
define install
	@echo "Installing what $(1) lists"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r $(1) 2>.venv/install.log \
	|| { [ ! -x $(BIN)/uv ] || echo "uv could not install it (see .venv/install.log); pip tries."; \
	     $(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --require-hashes -r $(1); }
	@touch $@
endef

.venv/.runtime: requirements.lock .venv/.made
	$(call install,requirements.lock)

.venv/.dev: requirements-dev.lock .venv/.made
	$(call install,requirements-dev.lock)
	@touch .venv/.runtime

# What only the benchmarks need: the libraries Hark is measured against.
.venv/.bench: requirements-bench.lock .venv/.dev
	$(call install,requirements-bench.lock)

.venv/.made: requirements-uv.lock
	@if ! $(IS_SOUND); then \
		for python in $(PYTHON) python3.13 python3.12 python3.11 python3.14 python3 python none; do \
			if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
			then break; fi; \
		done; \
		if [ "$$python" = none ]; then \
			echo "Hark needs Python 3.11 or later with its venv module, and found none. To get it:"; \
			echo "  Debian, Ubuntu:  apt-get install python3 python3-venv"; \
			echo "  Fedora:          dnf install python3"; \
			echo "  macOS:           brew install python@3.12"; \
			echo "Or name one that is not on the path: make PYTHON=/path/to/python3.12 ..."; \
			exit 1; \
		fi; \
		echo "Making .venv with $$("$$python" --version)"; \
		rm -rf .venv && "$$python" -m venv .venv || exit 1; \
	fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock \
		2>.venv/install.log || echo "uv could not be installed (see .venv/install.log); pip does its work, more slowly."
	@touch $@

# The browser tests need Chromium. Where it cannot be installed for you, they fail and say so.
chromium: .venv/.dev
	@if command -v chromium chromium-browser google-chrome >/dev/null 2>&1; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "Installing Chromium for the browser tests"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium \
			>.venv/chromium.log && exit 0; \
	fi; \
	if ls "$${PLAYWRIGHT_BROWSERS_PATH:-$$HOME/.cache/ms-playwright}" "$$HOME/Library/Caches/ms-playwright" 2>/dev/null \
		| grep -q chromium; then exit 0; fi; \
	echo "Downloading Chromium for the browser tests"; \
	$(BIN)/python -m playwright install chromium || { \
		echo "Chromium is missing, and the browser tests will fail without it. To get it:"; \
		echo "  Debian:  sudo apt-get install chromium        Fedora:  sudo dnf install chromium"; \
		echo "  macOS:   brew install --cask chromium"; }
