# Everything one types. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help demo accounts test check fix bench fuzz faults population access lock

PYTHON_OF_VENV := .venv/bin/python
CHECKING := $(PYTHON_OF_VENV) -m portal.local checking
# What to test: make test TESTS=tests/unit/connect
TESTS ?= tests
# One process more than there are cores (tests/conftest.py); each has a Postgres and a Redis of its own, so many
# want memory more than they save time.
PYTEST := $(PYTHON_OF_VENV) -m pytest -n auto --maxprocesses 5

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

demo: ## run everything on this machine: PORT= SANDBOX_PORT= CORPUS=folder RESET=1
	@portal/local/venv.sh demo
	@exec $(PYTHON_OF_VENV) -m portal.local

accounts: ## print the running demo's accounts, with the one-time codes of this moment
	@portal/local/venv.sh demo
	@$(PYTHON_OF_VENV) -m portal.local accounts

test: ## run the tests: TESTS=path CHROMIUM=path REQUIRE_BROWSER=1
	@portal/local/venv.sh dev
	$(PYTEST) $(TESTS)

check: ## everything a change must pass, quickest complaint first
	@portal/local/venv.sh dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	$(CHECKING) .venv/bin/mypy .
	$(CHECKING) $(PYTHON_OF_VENV) manage.py makemigrations --check --dry-run
	$(CHECKING) $(PYTHON_OF_VENV) manage.py check --deploy --fail-level WARNING
	$(PYTEST) $(TESTS)

fix: ## put format and lint right where a machine can
	@portal/local/venv.sh dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: ## measure, both sides of every comparison in one run
	@portal/local/venv.sh dev
	$(PYTHON_OF_VENV) -m tests.bench

fuzz: ## send hostile resources, pages, requests and script: SEED= N=resources
	@portal/local/venv.sh dev
	@SEED=$(SEED) N=$(N) $(PYTHON_OF_VENV) -m tests.fuzz
	EVERY=1 $(PYTHON_OF_VENV) -m pytest tests/browser/test_script_in_records.py \
		tests/browser/test_script_in_files.py tests/browser/test_every_page.py

faults: ## put in every fault of the list, on a site of its own: SEED= ONLY=F05,F07 KILLS= ROUNDS=
	@portal/local/venv.sh dev
	@SEED=$(SEED) ONLY=$(ONLY) KILLS=$(KILLS) ROUNDS=$(ROUNDS) $(PYTHON_OF_VENV) -m tests.faults

population: ## export a clinic's thousand patients, killed three times, and count: PEOPLE= RESOURCES= KILLS= FORM=
	@portal/local/venv.sh dev
	@PEOPLE=$(PEOPLE) RESOURCES=$(RESOURCES) KILLS=$(KILLS) FORM=$(FORM) $(PYTHON_OF_VENV) -m tests.population

access: ## every address, method and role, and that each read is logged: SEED= VIEWS= SHARE=
	@portal/local/venv.sh dev
	@SEED=$(SEED) VIEWS=$(VIEWS) SHARE=$(SHARE) $(PYTHON_OF_VENV) -m tests.access

lock: ## pin the dependencies of pyproject.toml anew, as of a week ago (needs uv)
	@portal/local/lock.sh
