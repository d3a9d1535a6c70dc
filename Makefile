# One command for each job; each sets itself up on a bare Debian machine with Python 3.11.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

HOUSE ?= dist/wheelhouse$(if $(PLATFORM),-$(PLATFORM))
AUDIT := .venv-audit

# The files that take longest, begun first so that both processors are at work to the end.
LONG_ONES := tests/test_flows.py tests/test_exits.py tests/test_cut_off.py tests/proof

.PHONY: demo test compiled check format lint types bench bench-peers proof serve lock templates wheelhouse wheelhouse-check audit clean

demo: $(READY)        ## a made-up city with faulty ledgers, three months of bulletins
	$(BIN)/bulletin demo demo

test: $(READY) compiled  ## all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile $(LONG_ONES) tests

compiled: $(READY)    ## the modules' bytecode: once for the many processes that follow, as an office's are
	$(BIN)/python -m compileall -q flows release schemas templates tests

check: format lint types test  ## all that a change has to pass

format: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

bench: $(READY) compiled  ## the speed figures, as ratios
	$(BIN)/python -m tests.bench

bench-peers: $(READY) compiled  ## the same, and beside other libraries
	test -d .venv-peers || "$(PYTHON)" -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -r tests/bench/peers.txt
	$(BIN)/python -m tests.bench .venv-peers/bin/python

proof: $(READY)       ## what is promised, tried: a table; LONG=1 for hours
	$(BIN)/python -W ignore -m tests.proof $(if $(LONG),--long)

serve: $(READY)       ## the office's page and a standing Prefect server; WORK=FOLDER PORT=NUMBER
	@exec $(BIN)/python -m flows.serve --folder "$(or $(WORK),.)" --port $(or $(PORT),4200)

lock: $(READY)        ## pin the whole tree anew, with hashes and no index
	$(BIN)/pip-compile --quiet --no-strip-extras --generate-hashes --allow-unsafe --no-header \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra dev -o requirements.lock pyproject.toml
	$(BIN)/python -m tests.lock
	$(BIN)/pip-compile --quiet --no-strip-extras --generate-hashes --allow-unsafe --no-header \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o release/tools.txt release/tools.in

templates: $(READY)   ## build the shipped Word templates anew
	$(BIN)/python -m templates.build

wheelhouse: $(READY) $(AUDIT)/.ready  ## a folder that installs without network; PLATFORM=win_amd64 PYTHON_VERSION=3.11
	$(BIN)/python -m release.wheelhouse $(HOUSE) $(PLATFORM) $(if $(PLATFORM),$(or $(PYTHON_VERSION),3.11))
	$(AUDIT)/bin/python -m release.sbom $(HOUSE) $(HOUSE).cdx.json

wheelhouse-check: $(READY)  ## install from that folder with the network cut off, and make the demo with it
	$(BIN)/python -m release.tryout $(HOUSE)

audit: $(READY) $(AUDIT)/.ready  ## hashes, licences and known vulnerabilities of what is pinned
	$(BIN)/python -m release.audit $(AUDIT)/bin/python

$(AUDIT)/.ready: release/tools.txt
	test -d $(AUDIT) || "$(PYTHON)" -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r release/tools.txt
	@touch $@

$(READY): requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) >/dev/null 2>&1 || { \
	  echo "python3-venv is missing; installing it"; \
	  { [ "$$(id -u)" = 0 ] && apt-get -qq update && apt-get -qq install -y --no-install-recommends python3-venv; } \
	    || { echo "Install it first: sudo apt-get install python3-venv"; exit 1; }; \
	  rm -rf $(VENV); "$(PYTHON)" -m venv $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

clean:
	rm -rf $(VENV) $(AUDIT) demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
