# The two commands a newcomer needs are `make demo` and `make test`; each sets up what it uses.
PYTHON ?= python3
BIN := .venv/bin

FLOORS := --floor language=0.99 --floor kind=0.97 --floor verified=1 --floor relation=0.95 --floor refs=0.98 \
	--floor authority_ref=0.95 --floor own_text=0.97 --floor own_text_words=0.97 --floor attachments=0.98 \
	--floor acknowledge=1 --floor urgency=0.9 --floor urgency_macro_f1=0.88 --floor critical_recall=1 \
	--floor missed_critical=0 --floor deadline=0.93 --floor false_deadlines=2 --floor harm=0.85 \
	--floor false_merges=0 --floor hard_negatives_merged=0

.DEFAULT_GOAL := help
.PHONY: help demo test check format soak evaluate lock servers clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/run.stamp ## Run the main job on embedded parts; ONCE=1 ends when all mails are handled
	@$(BIN)/python run.py demo $(if $(ONCE),--once)

# Both start the program many times; an image that keeps no compiled code would compile it anew each time.
test soak: export PYTHONDONTWRITEBYTECODE :=

test: .venv/dev.stamp servers check ## Install what the tests need, then check style and types and run the tests
	@$(BIN)/python -m pytest -q -m "not soak" --numprocesses auto --dist loadfile --no-loadscope-reorder

check: .venv/dev.stamp ## Check style and types only
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: .venv/dev.stamp ## Put the code into the house format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

soak: .venv/dev.stamp servers ## Run the long tests
	@$(BIN)/python -m pytest -q -m soak

evaluate: .venv/run.stamp ## Replay the labelled corpus and compare; fails under a floor (docs/evaluate.md)
	@$(BIN)/python run.py evaluate tests/corpus $(FLOORS)

lock: .venv/dev.stamp ## Pin the dependencies again, with hashes, from pyproject.toml
	@.make/lock.sh

servers:
	@.make/servers.sh

.venv/run.stamp: requirements.lock .make/venv.sh
	@PYTHON=$(PYTHON) .make/venv.sh requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock .make/venv.sh
	@PYTHON=$(PYTHON) .make/venv.sh requirements-dev.lock
	@touch $@ .venv/run.stamp

clean: ## Remove the virtual environment, caches and local data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis var
