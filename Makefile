# Examplary for LMS. `make help` lists what can be made.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SWAP   := $(CURDIR)/build/pylti1p3next
ARGS   ?=
# Processes that run the tests: on two cores three, for they wait for servers and browsers more than they compute.
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo run test swap chaos load check format bench bench-formats bench-launch browser audit translations clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/.runtime ## install, start everything on this machine, print what to open (ARGS="--once --lms canvas --out DIR")
	@$(BIN)/python -m sandbox $(ARGS)

run: $(VENV)/.runtime ## run the tool with the settings of the environment
	$(BIN)/python -m lti_tool migrate
	$(BIN)/gunicorn -c config/gunicorn.conf.py wsgi:app

test: $(VENV)/.development browser ## install, and run all tests (ARGS="tests/exam -k name")
	@$(BIN)/python -m tests.support.servers $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

swap: $(VENV)/.development ## run the tests of LTI on pylti1p3next instead of PyLTI1p3, all else the same (ARGS="-k name")
	@rm -rf $(SWAP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(SWAP) pylti1p3next==2.0.2
	@PYTHONPATH=$(SWAP) $(BIN)/python -c 'import pylti1p3; print("On", pylti1p3.__file__); assert "$(SWAP)" in pylti1p3.__file__'
	@PYTHONPATH=$(SWAP) $(BIN)/python -m tests.support.servers $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal \
		tests/lti tests/certification tests/web tests/registration $(ARGS)

wheel: $(VENV)/bin/python ## build the wheel into build/wheel
	@rm -rf build/wheel
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/wheel .

wheel-test: wheel ## install the wheel into an empty environment and try it
	@rm -rf build/wheel-venv && $(PYTHON) -m venv build/wheel-venv
	build/wheel-venv/bin/python -m pip install --quiet --disable-pip-version-check build/wheel/*.whl
	build/wheel-venv/bin/python -I tests/packaging/check_wheel.py tests/fixtures/exams/mixed-12.json

chaos: $(VENV)/.development ## kill processes, databases and Redis at every point of the road; prints what was survived (ARGS="-k name")
	@$(BIN)/python -m tests.support.servers $(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m "" tests/chaos $(ARGS)

load: $(VENV)/.development ## many teachers at once on gunicorn and PostgreSQL; prints times and memory (ARGS="--teachers 500 --seconds 120")
	@$(BIN)/python -m tests.support.servers $(BIN)/python -m tests.load.run $(ARGS)

check: $(VENV)/.development ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.development ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: bench-formats bench-launch ## measure, beside others on the same machine

bench-formats: $(VENV)/.development ## questions a second and memory of each format (ARGS="--questions 500")
	$(BIN)/python bench/formats.py $(ARGS)

bench-launch: $(VENV)/.development ## launches a second and CPU of each (ARGS="--workers 1 --rounds 9")
	$(BIN)/python bench/launch.py $(ARGS)

browser: ## install Chromium for the browser tests, where apt can
	@sh tests/browser/install_chromium.sh

audit: $(VENV)/.development ## look for known holes in what we depend on
	$(BIN)/pip-audit -r requirements.txt -r requirements-extras.txt

translations: $(VENV)/.runtime ## gather the texts, update and compile the catalogues
	$(BIN)/pybabel -q extract -F lti_tool/web/babel.cfg -k N_ -k _l --no-location --sort-output -o lti_tool/web/translations/messages.pot .
	$(BIN)/pybabel -q update -i lti_tool/web/translations/messages.pot -d lti_tool/web/translations --no-fuzzy-matching
	$(BIN)/pybabel -q compile -d lti_tool/web/translations

clean: ## remove what was installed and made
	rm -rf $(VENV) build instance .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; name it with PYTHON=…") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.development: requirements.txt requirements-extras.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime
