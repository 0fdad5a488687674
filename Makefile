# Boxoffice. `make run` needs Python 3.11+, Node 20+ and make, nothing else.
PORT ?= 8000
CHART ?=
BUYERS ?= 20
RUNS ?= 300
SEED ?=
EVENT ?=
USERS ?= 500000
PYTHON ?= python3
VENV := .venv/bin/python
# npm writes this one last, so that an interrupted install is done again.
CDK_CLI := infra/node_modules/.package-lock.json
export PYTHONPATH := functions:layers/kit/python

.DEFAULT_GOAL := help
.PHONY: help run check test journey campaign reconcile bench-charts bench-search synth deploy clean prepare simulate-onsale bench-holds bench-map redrive

help: ## these lines
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: prepare ## the whole product on this machine; PORT=8000, CHART=FILE adds an event on a seats.io chart
	@exec $(VENV) -m local run --port "$(PORT)" $(if $(CHART),--chart "$(CHART)")

check: prepare ## the inner loop, under a minute: lint, types, fast tests
	@$(VENV) -m tests.stages check

test: prepare $(CDK_CLI) ## everything: lint, types, unit, assembly, local cloud, browser; says how long each took
	@$(VENV) -m tests.stages test

journey: prepare ## buyers from sign-in to ticket, with times; BUYERS=20, EVENT=ID, SITE=URL of a running one, CHART=FILE
	@$(VENV) -m local.journey --buyers $(BUYERS) $(if $(EVENT),--event "$(EVENT)") $(if $(SITE),--site "$(SITE)") $(if $(CHART),--chart "$(CHART)")

campaign: prepare ## simulated sales in bad weather, then each guard taken out until it is missed; RUNS=300, SEED=N plays one
	@$(VENV) -m tests.simulation $(if $(SEED),--first $(SEED) --runs 1 --no-guards,--runs $(RUNS))

reconcile: prepare ## our books against Stripe's, on the running product at PORT=8000; ARGS="--aws --hours 48" in your account
	@$(VENV) -m infra.reconcile --port $(PORT) $(ARGS)

bench-search: prepare ## 100,000 events: how fast, how right, how fresh the search is, and PostgreSQL beside it
	@$(VENV) -m tests.bench.search

bench-map: prepare ## the map of 50,000 seats: a replayed stream, its snapshot, and 50 maps that follow a sale
	@$(VENV) -m tests.bench.map
redrive: prepare ## what landed in a dead-letter queue is tried once more, at PORT=8000; ARGS="--dry-run", ARGS=--aws in your account
	@$(VENV) -m infra.redrive --port $(PORT) $(ARGS)

.PHONY: import-discovery import-venues
FILE ?=

import-discovery: prepare ## events of a Ticketmaster Discovery API page, to the site at PORT=8000; FILE=page.json, ARGS="--dry-run", --help
	@$(VENV) -m infra.imports import-discovery $(if $(FILE),"$(FILE)",--help) $(if $(findstring --site,$(ARGS)),,--site http://127.0.0.1:$(PORT)) $(ARGS)

import-venues: prepare ## venues of a CSV; FILE=venues.csv, ARGS="--site URL --email …" in your account
	@$(VENV) -m infra.imports import-venues $(if $(FILE),"$(FILE)",--help) $(if $(findstring --site,$(ARGS)),,--site http://127.0.0.1:$(PORT)) $(ARGS)

bench-charts: prepare ## charts of 1,000, 9,000 and 50,000 seats, from a file to being on sale
	@$(VENV) -m tests.bench.charts

simulate-onsale: prepare ## a sale with a waiting room at full size, its ranks and grant rule the real ones; USERS=50000000
	@$(VENV) -m tests.bench.simulate_onsale --users $(USERS)

bench-holds: prepare ## holds at the store and over HTTP, at 1, 16 and 64 clients; the last line is one JSON object
	@$(VENV) -m tests.bench.holds

.PHONY: faults bench-refunds bench-purchase
faults: prepare ## the fault matrix, 10,000 orders with random faults, 300 on the local cloud; SEED=, ORDERS= replay a campaign
	@PYTHONHASHSEED=0 $(VENV) -m $(if $(ORDERS),tests.faults.campaign --orders $(ORDERS),tests.faults) $(if $(SEED),--seed $(SEED))

bench-refunds: prepare ## 20,000 sold seats are refunded, once each, through refusals and a stop; 200 orders on the local cloud
	@PYTHONHASHSEED=0 $(VENV) -m tests.bench.refunds

bench-purchase: prepare ## how fast an order becomes tickets, at 1, 10 and 40 at once, and what a ticket costs
	@$(VENV) -m tests.bench.purchase

synth: prepare $(CDK_CLI) ## templates in cdk.out, checked by cdk-nag and cfn-lint; state machines, by an ASL validator
	@CDK_OUTDIR=cdk.out JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=1 $(VENV) app.py
	@.venv/bin/cfn-lint --ignore-checks W3005 -- cdk.out/*.template.json
	@infra/node_modules/.bin/asl-validator $(patsubst %,--json-path %,$(wildcard statemachines/*.asl.json))

deploy: prepare $(CDK_CLI) ## to the AWS account of your credentials; ARGS="--parameters …" go to the CDK
	@$(VENV) -m infra.layer
	@infra/node_modules/.bin/cdk deploy --all $(ARGS)

clean: ## everything that was made here
	@rm -rf .venv .local cdk.out web/node_modules web/dist infra/node_modules layers/dependencies/python layers/search/python layers/beacon/python

prepare:
	@command -v $(PYTHON) >/dev/null || { echo "Boxoffice needs Python 3.11 or later, and there is no $(PYTHON): install one, or name it with make run PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) local/prepare.py

$(CDK_CLI): infra/package-lock.json
	@npm ci --prefix infra --no-audit --no-fund
	@touch $@

.PHONY: bench-waitingroom verify-draw
PROOF ?= draw.json

bench-waitingroom: prepare ## joins, ticks with 10,000 live and 100,000 ready, utilisation, cost of the waiting room
	@$(VENV) -m tests.bench.waitingroom

verify-draw: prepare ## checks a saved proof of a draw; PROOF=draw.json, SITE=URL compares with what is published, BEACON=stand-in for one drawn here
	@$(VENV) -m local.verify_draw "$(PROOF)" $(if $(SITE),--site "$(SITE)") $(if $(BEACON),--beacon "$(BEACON)")
