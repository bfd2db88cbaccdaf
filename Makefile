# `make run` starts the app, `make test` checks everything; both set up .venv by themselves and again when the
# requirements change. Works with the GNU Make 3.81 that macOS ships, so no newer features here.

VENV := .venv
PY   := $(VENV)/bin/python

# Whether a Python is one of those we support. `make run PYTHON=...` names one, otherwise the newest on the PATH.
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do \
            if $$p -c '$(SUPPORTED)' 2>/dev/null; then echo $$p; break; fi; done)
endif

# uv is ten times faster than pip and brings a Python where none is; `make run UV=` does without it.
ifeq ($(origin UV),undefined)
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)
endif
ifeq ($(UV),)
USABLE    = $(PY) -m pip --version
NEW_VENV  = $(PYTHON) -m venv $(VENV)
INSTALL   = $(PY) -m pip install --disable-pip-version-check
else
ANY_PYTHON := >=3.11,<3.14
USABLE    = true
NEW_VENV  = $(UV) venv --quiet --allow-existing --python "$(or $(PYTHON),$(ANY_PYTHON))" $(VENV)
INSTALL   = $(UV) pip install --python $(PY)
endif

# Whom `make run` answers: this machine only, or with ADDRESS=0.0.0.0 everyone who can reach it.
ADDRESS := localhost

.PHONY: help run test check lint format bench walk pictures wasm graphs runtime chromium clean always

help:
	@echo "make run      start the app, for this machine only (ADDRESS=0.0.0.0 for all in the network)"
	@echo "make test     lint, type-check and run every test, those in a browser too"
	@echo "make check    lint and type-check only"
	@echo "make format   format the code and mend what the linter can mend"
	@echo "make bench    measure against others (ONLY=name for one benchmark)"
	@echo "make walk     act at random on all screens for an hour, and say what broke"
	@echo "make pictures photograph the screens that the README shows"
	@echo "make wasm     compile the live convolution's loops, after a change of sums.c"
	@echo "make graphs   write the networks as graphs for the browser, after a change of what writes them"
	@echo "make runtime  fetch what computes them there, after a change of its version (needs npm)"
	@echo "make clean    remove .venv and everything else that was made here"

run: $(VENV)/app.stamp
	$(PY) -m streamlit run app.py --server.address=$(ADDRESS)

# Tests in a browser wait for what a visitor waits for: the others and the types' check fill the pauses, and what those
# in it say comes when all have ended. Several processes keep all cores busy; threads within each would only wait for
# one another. What one process has compiled the others find, also where the environment says to keep nothing.
test: export OMP_NUM_THREADS := 1
test: export PYTHONDONTWRITEBYTECODE :=
test: lint chromium
	$(TYPES) >$(VENV)/types.log 2>&1 & types=$$!; \
	$(PY) -m pytest tests/browser -n 2 --dist loadfile >$(VENV)/in_browser.log 2>&1 & in_browser=$$!; \
	trap "kill $$types $$in_browser" INT TERM; \
	nice $(PY) -m pytest --ignore tests/browser -n auto --maxprocesses 4 --dist loadfile; others=$$?; \
	wait $$types; typed=$$?; cat $(VENV)/types.log; \
	wait $$in_browser; failed=$$?; cat $(VENV)/in_browser.log; \
	[ $$typed = 0 ] && [ $$failed = 0 ] && exit $$others

TYPES = $(PY) -m mypy explorer pages

check: lint
	$(TYPES)

lint: $(VENV)/tests.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: $(VENV)/tests.stamp
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(VENV)/tests.stamp
	$(PY) -m benchmarks $(ONLY)

walk: chromium
	$(PY) -m tests.browser.walker.cold --times 30
	$(PY) -m tests.browser.walker --minutes 60

pictures: chromium
	$(PY) -m tests.browser.support.photograph

wasm: $(VENV)/tests.stamp
	$(PY) -m tests.support.compile_sums

graphs: $(VENV)/tests.stamp
	$(PY) -m explorer.networks.graphs

runtime: $(VENV)/tests.stamp
	$(PY) -m tests.support.fetch_runtime

chromium: $(VENV)/tests.stamp
	@$(PY) -m tests.browser.support.chromium

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A .venv whose Python has gone (moved, upgraded, removed) is set up again although its stamps are there.
BROKEN := $(shell $(PY) -c '' 2>/dev/null || echo always)

$(VENV)/app.stamp: requirements.txt $(BROKEN)
	@$(ready_venv)
	$(INSTALL) -r requirements.txt
	@rm $(VENV)/unfinished && touch $@

$(VENV)/tests.stamp: tests/requirements.txt $(VENV)/app.stamp
	@$(ready_venv)
	$(INSTALL) -r requirements.txt -r tests/requirements.txt
	@rm $(VENV)/unfinished && touch $@

# $(VENV)/unfinished stands while something is being installed: where an earlier run left it, we start afresh.
define ready_venv
if [ -e $(VENV)/unfinished ] || ! { $(PY) -c '$(SUPPORTED)' && $(USABLE); } >/dev/null 2>&1; then $(new_venv); fi; \
touch $(VENV)/unfinished
endef

define new_venv
$(if $(PYTHON)$(UV),,$(call stop,Explorer needs Python 3.11$(comma) 3.12 or 3.13 and found none: install one$(comma) or name it as in 'make run PYTHON=/path/to/python3.12'.);) \
$(if $(PYTHON),$(PYTHON) -c '$(SUPPORTED)' 2>/dev/null || $(call stop,'$(PYTHON)' is not Python 3.11$(comma) 3.12 or 3.13$(comma) which Explorer needs: name another as in 'make run PYTHON=/path/to/python3.12'.);) \
$(if $(UV),,$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(call stop,$(PYTHON) cannot make virtual environments: install its venv module first (on Debian and Ubuntu: apt-get install $(notdir $(PYTHON))-venv).);) \
rm -rf $(VENV) && mkdir $(VENV) && touch $(VENV)/unfinished && $(NEW_VENV) || exit 1
endef

comma := ,
stop = { echo "$(1)" >&2; exit 1; }
