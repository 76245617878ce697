# make run, make test, make office, make lint, make benchmark, make fuzz, make audit, make lock, make help.
# PORT=8600, ADDRESS=0.0.0.0, PYTHON=/path/to/python3.11 and ARGS="-k name" may follow.

CAN_RUN := 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'
NAMES := python3.11 python3.12 python3.13 python3.14 python3 python
PYTHON ?= $(shell for name in $(NAMES); do if $$name -c $(CAN_RUN) 2>/dev/null; then command -v $$name; break; fi; done)
SETUP = $(or $(PYTHON),$(error Python 3.11 to 3.14 was not found: install one, or name it with PYTHON=/path/to/python3.11)) .ci/setup.py
PY := .venv/bin/python

.PHONY: help run build test office lint benchmark fuzz audit lock clean

help:    ## this list
	@sed -n 's/^\([a-z]*\): *.*## /\1\t/p' Makefile

run: build ## set up, build the database, open the dashboard on http://localhost:8501
	@$(PY) -m streamlit run app.py $(if $(PORT),--server.port $(PORT)) $(if $(ADDRESS),--server.address $(ADDRESS))

build:   ## set up and build the database; plans that cannot be read are named and left out
	@$(SETUP) requirements.txt
	@$(PY) -m etl build || test -f data/citytargets.duckdb

test:    ## set up with the test tools and a browser, then run every test (ARGS="tests/test_x.py -k name")
	@$(SETUP) requirements.txt tests/requirements.txt
	@$(PY) tests/setup_browser.py
	@$(PY) -m pytest -c tests/pytest.ini --rootdir . $(ARGS)

office:  ## install LibreOffice where that needs no password, then draw every Office file with it and look at the pages
	@$(SETUP) requirements.txt tests/requirements.txt
	@command -v soffice >/dev/null || sh .ci/apt libreoffice-impress libreoffice-writer libreoffice-calc fonts-liberation2
	@CITYTARGETS_OFFICE=1 $(PY) -m pytest -c tests/pytest.ini --rootdir . tests/office $(ARGS)

lint:    ## ruff
	@$(SETUP) requirements.txt tests/requirements.txt
	@$(PY) -m ruff check .

benchmark: ## speed beside a plain regex and Microsoft Recognizers-Text
	@$(SETUP) requirements.txt tests/requirements.txt
	@$(PY) -m tests.benchmarks $(ARGS)

fuzz:    ## coverage-guided fuzzing of the readers and the text layer, a minute each (ARGS="html pdf --minutes 60")
	@$(SETUP) requirements.txt tests/requirements.txt tests/fuzz/requirements.txt
	@$(PY) -m tests.fuzz $(ARGS)

audit:   ## known vulnerabilities of every pinned package, from the index's advisories (ARGS="-s osv" asks osv.dev)
	@$(SETUP) requirements.txt
	@$(PY) -m uv tool run pip-audit==2.10.1 --strict --disable-pip --no-deps --progress-spinner off -r .constraints.txt $(ARGS)

lock:    ## pin again what the requirement files bring with them
	@$(SETUP) requirements.txt
	@grep -hv '^-c' requirements.txt tests/requirements.txt | $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
		--custom-compile-command "make lock" --annotation-style line --upgrade --output-file .constraints.txt -

clean:   ## remove the virtual environment and what was built
	rm -rf .venv static data/citytargets.duckdb
