# Everything runs in a virtual environment that `make` sets up by itself; PYTHON chooses the interpreter.
PYTHON ?= python3
VENV ?= .venv
READY := $(VENV)/.ready
export PATH := $(abspath $(VENV))/bin:$(PATH)
export TF_CPP_MIN_LOG_LEVEL := 3

.PHONY: help setup system demo test quick browser lint check mutate lab bench constraints clean
.DEFAULT_GOAL := help

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY)  ## the virtual environment with pinned dependencies and the package

$(READY): pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (some minutes on the first run: TensorFlow is large) …"
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench,dask,dev,mutation,nbgrader,postgresql,report,tensorflow]'
	@touch $@

system:  ## Debian's PostgreSQL and Chromium, which some tests need (as root)
	@ls /usr/lib/postgresql/*/bin/pg_isready >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql; } || echo "No PostgreSQL: its test is skipped."
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } || echo "No Chromium: tests in a browser are skipped."

demo: $(READY)  ## release, a class of simulated learners, autograde, feedback, scores
	gradetape demo demo-course

test: $(READY)  ## all tests
	pytest

quick: $(READY)  ## the tests that take seconds
	pytest -m "not guests and not e2e and not browser"

lint: $(READY)  ## ruff and mypy
	ruff check .
	ruff format --check src tests
	mypy

browser: $(READY)  ## a course in a real browser, and axe on its pages (two minutes)
	pytest tests/browser

check: $(READY)  ## prove every assignment of the bundled course
	gradetape check

mutate: $(READY)  ## mutation testing of every grader of the bundled course (a quarter of an hour)
	gradetape check --mutate

lab: $(READY)  ## JupyterLab in this course directory: formgrader, assignment list, exchange, warm kernels
	gradetape lab

bench: $(READY)  ## throughput beside nbgrader and otter-grader, overhead, memory, growth, cluster (an hour)
	python bench/all.py

constraints:  ## renew the pinned versions (needs uv)
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate --quiet --output-file constraints.txt

clean:  ## remove what the commands above made
	rm -rf $(VENV) demo-course .gradetape gradebook.db .mypy_cache .ruff_cache .pytest_cache
