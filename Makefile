# One command each to set up, run, test and check. `make help` lists them.
# PORT and HOME_DIR (data folder) may be chosen: make run PORT=9000 HOME_DIR=/srv/tinhso
# Without them TINHSO_PORT and TINHSO_HOME count, from the environment or .env.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
ifdef PORT
export TINHSO_PORT := $(PORT)
endif
ifdef HOME_DIR
export TINHSO_HOME := $(HOME_DIR)
endif
unexport PYTHONDONTWRITEBYTECODE  # tests start many programs; each would compile everything again

VENV := .venv
PY := $(VENV)/bin/python
DIST := src/tinhso/kernel/ui/static/dist/manifest.json
MESSAGES := $(wildcard src/tinhso/locale/*/LC_MESSAGES/*.po)
FRONT := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/mini-app -prune -o -path frontend/src/generated -prune -o -type f -print)
PYTEST := $(PY) -m pytest -q

.PHONY: help setup tools run test journeys check bench fmt clean messages translations

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | column -t -s '|'

setup: tools $(VENV)/.installed $(DIST) messages ## Install everything the platform needs into this folder

run: setup ## Start the platform; Ctrl-C stops it
	@bin/tinhso up

test: setup tests/provider/node_modules/.installed ## Run all tests, the journeys in a browser included
	@status=0; temp=$$(mktemp -d); trap 'rm -rf "$$temp"' EXIT; export TINHSO_TEST_FOUNDED="$$temp/founded"; \
	$(PY) -m tests.founding "$$TINHSO_TEST_FOUNDED" || exit 1; \
	$(PYTEST) --basetemp="$$temp/all" -n 2 --dist worksteal -m "not journey and not bad_day" || status=1; \
	TINHSO_TEST_DATABASE=test_bad_days $(PYTEST) --basetemp="$$temp/bad" -m bad_day tests > "$$temp/said" 2>&1 & beside=$$!; \
	$(PYTEST) --basetemp="$$temp/journeys" -m journey tests/journeys || status=1; \
	wait $$beside || status=1; \
	cat "$$temp/said"; \
	exit $$status

journeys: setup ## Run only the journeys in a real browser
	$(PYTEST) -m journey tests/journeys

check: setup frontend/mini-app/node_modules/.installed ## Formatting, lint, types, import contracts, migrations, messages, front end, forbidden words
	@tools/check

bench: setup ## Measure speed; figures go to bench/results
	$(PY) -m bench

translations: $(VENV)/.installed ## Add new texts to the translation catalogues
	$(PY) tools/messages.py update

fmt: $(VENV)/.installed ## Format the Python code
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

clean: ## Remove what setup and builds made; data is kept
	rm -rf $(VENV) frontend/node_modules frontend/mini-app/node_modules src/tinhso/kernel/ui/static/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

tools:
	@tools/system-packages

$(VENV)/.installed: requirements/develop.txt
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(PY) -c "import sysconfig, pathlib; pathlib.Path(sysconfig.get_path('purelib'), 'tinhso.pth').write_text(str(pathlib.Path('src').resolve()))"
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/mini-app/node_modules/.installed: frontend/mini-app/package-lock.json
	cd frontend/mini-app && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

tests/provider/node_modules/.installed: tests/provider/package-lock.json
	cd tests/provider && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(DIST): frontend/node_modules/.installed $(FRONT)
	cd frontend && npm run --silent build
	@touch $@

messages: $(MESSAGES:.po=.mo)

%.mo: %.po
	msgfmt --check-format -o $@ $<
