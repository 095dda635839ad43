# Every target sets up what it needs first; a second run finds it done.
#   make demo    the main job on the bundled examples        make check   what CI reads: lint, types, layers
#   make test    all tests but the slow ones                 make slow    whole-product tests
#   make bench   ratios against named peers (Chromium)       make lock    newest dependencies, pinned
# Options: PYTHON=python3.13 (which Python), ARGS="-k fidelity" (passed on to pytest or icmaps).

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test slow check format bench picture lock clean \
	pdf-packages tests-packages browser-packages bench-packages

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
RUN := $(BIN)/python -m
PIP := $(RUN) pip --disable-pip-version-check -qq
PYTEST := $(RUN) pytest -n 2
# Named after the folder, so that a checkout that was moved or copied is set up anew.
READY := .venv/.ready-$(shell pwd | cksum | cut -d ' ' -f 1)

help:
	@sed -n '/^#   /s/^#   //p; s/^# Options/Options/p' Makefile

demo: $(READY)
	@$(RUN) icmaps demo $(ARGS)

test: $(READY) tests-packages
	$(PYTEST) --dist worksteal -m "not slow" $(ARGS)

slow: $(READY) tests-packages browser-packages
	$(PYTEST) --dist loadscope -m slow $(ARGS)

check: $(READY)
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(BIN)/lint-imports

format: $(READY)
	$(RUN) ruff check --fix
	$(RUN) ruff format

bench: $(READY) tests-packages browser-packages bench-packages
	@set -e; for file in benchmarks/[!_]*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

# The pictures in README and docs: two pages of the demo's growth report, of a group report, and of a
# merged file of a print run.
picture: $(READY) tests-packages
	@$(RUN) icmaps demo -o out >/dev/null
	@pdftoppm -r 84 -f 1 -l 2 -png out/jordan-ames-growth.pdf out/page
	@$(BIN)/python docs/picture.py out/page-1.png out/page-2.png docs/growth-report.png
	@$(RUN) icmaps group examples/tables/north-county-2026.csv -o out/group.pdf >/dev/null
	@pdftoppm -r 84 -f 1 -l 3 -png out/group.pdf out/group
	@$(BIN)/python docs/picture.py out/group-1.png out/group-3.png docs/group-report.png
	@$(RUN) icmaps print examples/tables/north-county-2026.csv -o out/run --by school --merge \
		--only "Harbor Middle" >/dev/null
	@pdftoppm -r 84 -f 1 -l 3 -png out/run/merged/harbor-middle.pdf out/run/page
	@$(BIN)/python docs/picture.py out/run/page-001.png out/run/page-003.png docs/print-run.png

# The newest versions that have been out for a week, for every Python and platform we support.
lock:
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install -qq --upgrade uv
	@build/lock/bin/uv pip compile pyproject.toml --all-extras --group dev --group bench --output-file requirements.lock \
		--quiet --no-config --upgrade --exclude-newer "7 days" --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --no-header --no-annotate --no-emit-index-url

clean:
	rm -rf .venv build dist icmaps-demo out .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(READY): requirements.lock pyproject.toml | pdf-packages
	@echo "Setting up .venv ..."
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes --no-deps --only-binary :all: --no-compile -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f .venv/.ready-* && touch $@

pdf-packages tests-packages browser-packages bench-packages: %-packages:
	@$(PYTHON) .ci/system_packages.py $*
