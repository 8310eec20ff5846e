# Examplary for LMS. `make help` lists the targets. Each installs what it needs into .venv; nothing has to be activated.
PYTHON   ?= python3
VENV     ?= .venv
BIN      := $(VENV)/bin
SWAP     := $(CURDIR)/build/pylti1p3next
POT      := lti_tool/web/translations/messages.pot
ARGS     ?=
# Processes for tests: four on two cores, because tests often wait for servers and browsers.
WORKERS  ?= 4
# Measure branch coverage in `make test`, as CI does; the limit is in pyproject.toml.
COVERAGE ?= $(CI)

# Tests start many processes, and pytest compiles their assertions: both are twice as fast with the compiled files.
unexport PYTHONDONTWRITEBYTECODE

SERVERS  := $(BIN)/python -m tests.support.servers
PYTEST   := pytest --numprocesses $(WORKERS) --dist worksteal
# Coverage doubles the CPU time, so these run without it: property tests, browsers, the demo, measurements, and the runs
# on PostgreSQL and MariaDB of tests that also run on SQLite.
UNCOVERED := (hypothesis or browser or workflow or slow or servers) and not (chaos or load)
COVERED   := not (hypothesis or browser or workflow or slow or servers or chaos or load)
# Folders of tests that need no whole app: test-fast takes less than a minute.
UNITS := docs exam examplary formats jobs lms lti models net security

.DEFAULT_GOAL := help
.PHONY: help demo init run test test-fast fuzz coverage swap axe chaos load check format wheel wheel-test sbom migration \
	bench bench-formats bench-launch bench-pages bench-console browser nginx php audit translations moodle-plugin clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/.runtime ## run the tool with a stand-in LMS and Examplary (ARGS="--once --lms canvas --out DIR")
	@$(BIN)/python -m sandbox $(ARGS)

init: $(VENV)/.runtime ## write the settings to .env (ARGS="--base-url https://exams.example.org")
	@$(BIN)/python -m lti_tool init $(ARGS)

run: $(VENV)/.runtime ## run the tool with the settings of the environment or .env
	$(BIN)/python -m lti_tool migrate
	$(BIN)/gunicorn -c config/gunicorn.conf.py wsgi:app

test: $(VENV)/.development browser nginx php ## run all tests (ARGS="tests/exam -k name" for a part)
ifeq ($(COVERAGE)$(ARGS),true)
	@rm -f .coverage .coverage.*
	@$(SERVERS) $(BIN)/coverage run -m $(PYTEST) -m "$(COVERED)"
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report
	@$(SERVERS) $(BIN)/python -m $(PYTEST) -m "$(UNCOVERED)"
else
	@$(SERVERS) $(BIN)/python -m $(PYTEST) $(ARGS)
endif

test-fast: $(VENV)/.development ## run the tests of the units: no browser, no server, no whole app, SQLite only
	@$(BIN)/python -m $(PYTEST) -m "not (browser or workflow or servers or slow or hypothesis or chaos or load)" \
		$(addprefix tests/,$(UNITS)) $(ARGS)

fuzz: $(VENV)/.development ## run the property tests with new random examples
	@HYPOTHESIS_PROFILE=fuzz $(SERVERS) $(BIN)/python -m $(PYTEST) -m "hypothesis and not browser and not chaos" $(ARGS)

coverage: ## run all tests and fail below the coverage limit
	@$(MAKE) test COVERAGE=true

swap: $(VENV)/.development ## run the LTI tests on pylti1p3next instead of PyLTI1p3 (ARGS="-k name")
	@rm -rf $(SWAP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(SWAP) pylti1p3next==2.0.2
	@PYTHONPATH=$(SWAP) $(BIN)/python -c 'import pylti1p3; print("On", pylti1p3.__file__); assert "$(SWAP)" in pylti1p3.__file__'
	@PYTHONPATH=$(SWAP) $(SERVERS) $(BIN)/python -m $(PYTEST) tests/lti tests/certification tests/web tests/registration $(ARGS)

axe: $(VENV)/.development browser ## check the accessibility of every page in every language, width and theme
	@EVERY_LOOK=yes $(SERVERS) $(BIN)/python -m $(PYTEST) tests/browser/test_pages_in_browser.py $(ARGS)

chaos: $(VENV)/.development ## kill processes, databases and Redis at every step of an exam (ARGS="-k name")
	@$(SERVERS) $(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m "" tests/chaos $(ARGS)

load: $(VENV)/.development ## simulate many teachers on gunicorn and PostgreSQL (ARGS="--teachers 500 --seconds 120")
	@$(SERVERS) $(BIN)/python -m tests.load.run $(ARGS)

check: $(VENV)/.development ## check style, types and the import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.development ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: $(VENV)/bin/python ## build the wheel into build/wheel
	@rm -rf build/wheel
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/wheel .

wheel-test: wheel ## install the wheel into an empty environment and try it
	@rm -rf build/wheel-venv && $(PYTHON) -m venv build/wheel-venv
	build/wheel-venv/bin/python -m pip install --quiet --disable-pip-version-check build/wheel/*.whl
	build/wheel-venv/bin/python -I tests/packaging/check_wheel.py tests/fixtures/exams/mixed-12.json

sbom: wheel-test $(VENV)/.development ## write the list of the packages that run to build/sbom.json (CycloneDX)
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json \
		build/wheel-venv/bin/python

migration: $(VENV)/.runtime ## write the next migration from changed tables (NAME="Add a column")
	@$(BIN)/python -m lti_tool new-migration "$(NAME)"

bench: ## measure beside comparable libraries; fails if a budget is missed
	@$(MAKE) --keep-going bench-formats bench-launch

bench-formats: $(VENV)/.development ## questions per second and memory of each format (ARGS="--questions 500")
	$(BIN)/python bench/formats.py $(ARGS)

bench-launch: $(VENV)/.development ## launches per second and CPU time of each (ARGS="--workers 1 --rounds 9")
	$(BIN)/python -m bench.launch $(ARGS)

bench-pages: $(VENV)/.development ## CPU and size of the list of 500 exams and the review of 300 questions
	@$(BIN)/python -m bench.pages

bench-console: $(VENV)/.development ## measure the console with 500 platforms, 100,000 launches and 50,000 exams
	@$(BIN)/python -m bench.console $(ARGS)

nginx: ## install nginx, with which the shipped configuration is tried, where apt can
	@sh tests/config/install_nginx.sh

php: ## install PHP, which checks the Moodle plugin's syntax, where apt can
	@sh tests/integrations/install_php.sh

browser: ## install Chromium for the browser tests, where apt is available
	@sh tests/browser/install_chromium.sh

audit: $(VENV)/.development ## check our code with bandit, and the packages for known vulnerabilities
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive lti_tool config wsgi.py
	$(BIN)/python .ci/audit.py

# Without dates, so that a second run changes nothing.
translations: $(VENV)/.runtime ## extract the texts, update and compile the catalogues
	$(BIN)/pybabel -q extract -F lti_tool/web/babel.cfg -k N_ -k NN_:1,2 -k _l --no-location --sort-output -o $(POT).new .
	@grep -v '^"POT-Creation-Date:' $(POT).new > $(POT) && rm $(POT).new
	$(BIN)/pybabel -q update -i $(POT) -d lti_tool/web/translations --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d lti_tool/web/translations

moodle-plugin: $(VENV)/bin/python ## build the Moodle plugin into build/
	$(BIN)/python integrations/moodle/build.py $(ARGS)

clean: ## remove everything that was installed or built
	rm -rf $(VENV) build instance .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis .coverage .coverage.*

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; name it with PYTHON=…") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.development: requirements.txt requirements-extras.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime
