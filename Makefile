# The verbs of this project. Each works alone from a clean clone; what it needs, `setup` installs into .venv.
#
#   make demo     the sample trial, loaded and served on this machine (PORT=8000)
#   make test     the tests
#   make check    the linters: ruff, mypy --strict, import-linter
#   make golden   rewrite the golden files and the outputs shown in the documents; read the diff before you commit it
#   make profiles  compile the profiles (needs npm and the packages that they stand on, in SUSHI's cache ~/.fhir/packages)
#   make oracle   compare the validator with HL7's (the command in CRFHIR_ORACLE) and rewrite docs/validation.md's section
#   make bench    speed and memory, as ratios from one run
#   make soak     minutes of clients, kills and a checker of what was promised (SOAK='--minutes 30')
#   make figures  what a verdict costs, into docs/validation.md (beside HL7's validator with its command in CRFHIR_ORACLE)
#   make lock     pin the ranges of setup.cfg anew
#
# PYTHON=/path/to/python chooses the interpreter; without it the newest of python3.13, 3.12, 3.11 and python3 is taken.

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.stamp
LOCK  := requirements.lock
UV    := uv==0.13.9
SUSHI := fsh-sushi@3.21.0
JOBS  ?= auto

.DEFAULT_GOAL := setup
.PHONY: setup check lint format types imports test demo golden profiles oracle bench figures soak lock clean

setup: $(STAMP)

# Made again when the lock, the metadata or the build system changes. A .venv that cannot run Python (its interpreter
# is gone, the folder was moved) is made from nothing.
$(STAMP): $(LOCK) setup.cfg pyproject.toml .ci/python
	@$(BIN)/python -c 'import pip' 2>/dev/null || "$$(.ci/python)" -m venv --clear $(VENV)
	@echo "installing the pinned dependencies into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(LOCK)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q adapter
	@touch $@

check: lint format types imports

lint: $(STAMP)
	$(BIN)/ruff check

format: $(STAMP)
	$(BIN)/ruff format --check

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

test: $(STAMP)
	$(BIN)/pytest --numprocesses $(JOBS) --dist worksteal

demo: $(STAMP)
	$(BIN)/crfhir demo

golden: $(STAMP)
	$(BIN)/python -m tests.golden.regenerate
	$(BIN)/python -m tests.documents

# SUSHI makes StructureDefinitions of the FSH files; all else in the package is made from the study package.
profiles: $(STAMP)
	rm -rf .make/sushi
	$(BIN)/crfhir study publish --shorthand .make/sushi
	npm exec --yes --package=$(SUSHI) -- sushi build .make/sushi
	$(BIN)/crfhir study publish --compiled .make/sushi/fsh-generated/resources --compiler $(SUSHI)

# Without CRFHIR_ORACLE it says what that is and does nothing. Verdicts are kept under .make/oracle: empty it for
# another version of HL7's validator. ORACLE='--most 500' asks fewer cases and leaves the document alone.
oracle: $(STAMP)
	$(BIN)/python -m tests.oracle $(ORACLE)

bench: $(STAMP)
	$(BIN)/python -m benchmarks

soak: $(STAMP)
	CRFHIR_KILLS=200 $(BIN)/pytest --quiet tests/store/test_faults.py
	$(BIN)/python -m tests.soak $(SOAK)

figures: $(STAMP)
	$(BIN)/python -m benchmarks --only validation --write

# uv resolves once for every Python and system that setup.cfg allows. Only the pins and hashes are kept, no index.
lock: $(STAMP)
	$(BIN)/python -m venv .make/uv
	.make/uv/bin/pip install --quiet --disable-pip-version-check '$(UV)'
	.make/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
	    --custom-compile-command 'make lock' --output-file $(LOCK) setup.cfg $(UPGRADE)

clean:
	rm -rf $(VENV) .make build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
