# Baraza: `make help` lists everything. Python 3.11 or newer, with venv and pip, is all it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app app
# The pinned files are whole, so nothing is left to resolve (and older pips look past a pin for an extra: coverage[toml]).
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps
CATALOGUES := $(wildcard app/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
KERNELS := $(wildcard solver/engine/kernels/*.py) solver/engine/field.py

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench migration catalogues locks clean

help: ## List what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: $(VENV)/.run $(COMPILED) $(VENV)/.kernels ## Make the virtual environment and the database
	@$(FLASK) init

run: $(VENV)/.run $(COMPILED) ## Prepare what is missing, plan the demonstration, serve on http://127.0.0.1:8000 (PORT)
	@$(BIN)/python -m solver.engine.kernels & exec $(FLASK) up

test: $(VENV)/.dev $(COMPILED) $(VENV)/.kernels ## Run every test, the browser's included
	@$(BIN)/python tools/run_tests.py

check: $(VENV)/.dev ## Ruff, mypy and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.dev $(COMPILED) $(VENV)/.kernels ## Measure planner, feeds, pages, imports, publishing, answers and the planning room
	@for file in bench/planner.py bench/scaling.py bench/feeds.py bench/pages.py bench/imports.py bench/publish.py bench/questions.py bench/room.py; do $(BIN)/python $$file || exit 1; done

migration: $(VENV)/.dev ## Write a migration from the models: make migration name="why" number=0002
	@$(BIN)/alembic -c migrations/alembic.ini revision --autogenerate --rev-id "$(number)" -m "$(name)"

catalogues: $(VENV)/.dev ## Gather new texts into the catalogues of translations
	@$(BIN)/python tools/catalogues.py

locks: $(VENV)/.dev ## Pin every dependency anew, by version and hash
	@$(BIN)/python tools/lock.py

clean: ## Remove the virtual environment and compiled catalogues (never the data in instance/)
	rm -rf $(VENV) $(COMPILED) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/.run: requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit("Baraza needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Baraza needs into $(VENV) …"
	@$(PIP) -r requirements/run.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "Installing what its tests need into $(VENV) …"
	@$(PIP) -r requirements/dev.txt
	@touch $@

# The planner's compiled code: about a minute, once; who does not wait for it has it made at the first plan.
$(VENV)/.kernels: $(VENV)/.run $(KERNELS)
	@echo "Compiling the planner …"
	@$(BIN)/python -m solver.engine.kernels
	@touch $@

%.mo: %.po $(VENV)/.run
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
