# One command each to set up, run, test and check. `make help` lists them.
# PORT and HOME_DIR (data folder) may be chosen: make run PORT=9000 HOME_DIR=/srv/tinhso

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
PORT ?= 8000
HOME_DIR ?= var
export TINHSO_PORT := $(PORT)
export TINHSO_HOME := $(HOME_DIR)

VENV := .venv
PY := $(VENV)/bin/python
DIST := src/tinhso/kernel/ui/static/dist/manifest.json
MESSAGES := $(wildcard src/tinhso/locale/*/LC_MESSAGES/*.po)
FRONT := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/src/generated -prune -o -type f -print)
PYTEST := $(PY) -m pytest -q

.PHONY: help setup tools run test journeys check bench fmt clean messages translations

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | column -t -s '|'

setup: tools $(VENV)/.installed $(DIST) messages ## Install everything the platform needs into this folder

run: setup ## Start the platform; Ctrl-C stops it
	@bin/tinhso up

test: setup tests/provider/node_modules/.installed ## Run all tests, the journeys in a browser included
	@status=0; said=$$(mktemp); trap 'rm -f "$$said"' EXIT; \
	$(PYTEST) -n 2 --dist worksteal -m "not journey and not bad_day" || status=1; \
	TINHSO_TEST_DATABASE=test_bad_days $(PYTEST) -m bad_day tests > "$$said" 2>&1 & beside=$$!; \
	$(PYTEST) -m journey tests/journeys || status=1; \
	wait $$beside || status=1; \
	cat "$$said"; \
	exit $$status

tests/provider/node_modules/.installed: tests/provider/package-lock.json
	cd tests/provider && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(DIST): frontend/node_modules/.installed $(FRONT)
	cd frontend && npm run --silent build
	@touch $@

messages: $(MESSAGES:.po=.mo)

%.mo: %.po
	msgfmt --check-format -o $@ $<
