# make chat   a relay and a client on this machine, without Docker
# make up     the stack in containers: relay, client, Prometheus
# make cluster  three relays behind HAProxy, three NATS servers, Prometheus and Grafana
# make test   everything that can be tested here
# make soak   an hour of faults under load
# make proofs a cluster struck under load, again and again; a quarter of an hour
# make bench  the relay beside others, into docs/performance.md; half an hour
# make fuzz   a million odd inputs for everything that reads what others wrote
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help chat up cluster down test check soak proofs bench fuzz lock demo translations \
	manifests clean

help:
	@sed -n 's/^# make/make/p' Makefile

chat: .venv/installed key.key
	@tools/chat

up: key.key
	docker compose up --build

# Your own .env counts too, where there is one.
cluster: key.key
	docker compose $(if $(wildcard .env),--env-file .env) --env-file cluster.env \
		up --build --scale relay=$(or $(RELAYS),3)

down:
	docker compose --profile cluster --profile grafana down

test: .venv/installed-for-tests check
	$(BIN)/pytest

check: .venv/installed-for-tests
	$(BIN)/ruff format --check services tests benchmarks tools
	$(BIN)/ruff check services tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/lint-imports

# An hour of faults; SEED=N for the same ones again.
soak: .venv/installed-for-tests
	$(BIN)/python -m tests.chaos.soak --minutes $(or $(MINUTES),60) $(if $(SEED),--seed $(SEED))

# ROUNDS=N of each blow, SEED=N for the same ones again, ONLY=PART of a name. What came of it goes into
# the tree, unless it is a part only.
proofs: .venv/installed-for-tests
	$(BIN)/python -m tests.cluster_proofs --rounds $(or $(ROUNDS),10) $(if $(SEED),--seed $(SEED)) \
		$(if $(ONLY),--only "$(ONLY)",--write)

# ONLY=ITEM,ITEM for these alone, ROUNDS=N for another number of runs of each. What is measured goes
# into the tree, where git shows how it differs from what was.
bench: .venv/installed-for-tests
	$(BIN)/python -m benchmarks --write --rounds $(or $(ROUNDS),5) $(if $(ONLY),--only $(ONLY))

# RUNS=N for another number of inputs, SEED=N for others; KEEP=1 adds what is found to the corpus.
fuzz: .venv/installed-for-fuzz
	$(BIN)/python -m tests.fuzz --runs $(or $(RUNS),1000000) --seed $(or $(SEED),1) $(if $(KEEP),--keep)

# A Fernet key, as 'sussurro keygen' makes it, also where there is no Python. With -C the shell
# overwrites nothing.
key.key:
	@(umask 077 && set -C && head -c 32 /dev/urandom | base64 | tr '+/' '-_' > $@)
	@echo "A new key is in key.key. Give it to your friends by a safe way, and to nobody else." >&2

.venv/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Sussurro needs Python 3.11 or newer; name one with PYTHON=..." >&2; exit 2; }
	@echo "Making a virtual environment in .venv (once) ..." >&2
	@$(PYTHON) -m venv .venv \
		|| { echo "On Debian and Ubuntu, first: apt install python3-venv" >&2; rm -rf .venv; exit 2; }
	@touch $@

.venv/installed: .venv/created requirements.lock pyproject.toml
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock >&2
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
	@touch $@

.venv/installed-for-tests: .venv/installed requirements-dev.lock
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock >&2
	@touch $@

.venv/installed-for-fuzz: .venv/installed-for-tests requirements-fuzz.lock
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes --only-binary :all: \
		-r requirements-fuzz.lock >&2 \
		|| { echo "Fuzzing needs atheris, which could not be installed: it is ready-made for Linux on" \
			"x86-64 and some versions of Python; name one with PYTHON=... after 'make clean'." >&2; exit 2; }
	@touch $@

# Dependencies change on purpose, by this alone.
lock: .venv/installed-for-tests
	$(BIN)/python tools/lock.py

# The pictures of the documentation: a real relay, real clients, and a conversation.
demo: .venv/installed-for-tests
	$(BIN)/python -m tests.support.demo docs/images

translations: .venv/installed-for-tests
	$(BIN)/python tools/translations.py

# After a change of the rules of Prometheus or of the dashboard of Grafana.
manifests: .venv/installed-for-tests
	$(BIN)/python tools/monitoring.py

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
