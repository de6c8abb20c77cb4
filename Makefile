PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1
SOURCES := app.py errors.py settings.py retrieval tools agents ui eval bench docs tests

.DEFAULT_GOAL := help
.PHONY: help setup torch run test lint fix types bench docs lock vectors model

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 10

setup: .venv/requirements.lock.installed ## create .venv with what the program needs

torch: setup ## install PyTorch, which only `train` needs
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null
	@echo "Installing PyTorch (minutes; gigabytes where no build without CUDA is at hand) ..."
	@$(PY) -m pip install -qq torch==2.13.0

run: setup ## build the demo catalogue if it is missing and start the chat
	@$(PY) app.py serve

test: .venv/requirements-dev.lock.installed ## run the tests
	@$(PY) -m pytest -q

lint: .venv/requirements-dev.lock.installed ## check style
	@.venv/bin/ruff check $(SOURCES)

fix: .venv/requirements-dev.lock.installed ## repair what style checks can repair
	@.venv/bin/ruff check --fix $(SOURCES)

types: .venv/requirements-dev.lock.installed ## check types
	@.venv/bin/mypy

bench: setup ## measure speed
	@for program in bench/*.py; do echo "== $$program"; $(PY) $$program || exit 1; done

docs: setup ## write the generated parts of docs/ again
	@$(PY) docs/generate.py

lock: ## resolve the dependencies again (needs uv)
	uv pip compile pyproject.toml $(COMPILE) -o requirements.lock
	uv pip compile pyproject.toml $(COMPILE) --extra postgres --extra otel -c requirements.lock -o requirements-server.lock
	uv pip compile pyproject.toml $(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock
	echo uv==0.13.8 | uv pip compile - $(COMPILE) -o requirements-setup.lock
COMPILE := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q

vectors: setup ## embed the demo catalogue again into the shipped vectors
	@$(PY) -m retrieval.demo_vectors

model: setup ## train the shipped model of the demo again (needs `make torch`; minutes)
	@$(PY) -m retrieval.demo_model

.venv/requirements.lock.installed: requirements.lock
	@.ci/setup requirements.lock

.venv/requirements-dev.lock.installed: requirements-dev.lock
	@.ci/setup requirements-dev.lock requirements.lock
