# Darkroom's verbs. `make` alone lists them.

PYTHON ?= python3

# What was compiled is kept, whatever the shell says: each test starts processes that import it all.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BASE_FILES := requirements/base.txt requirements/constraints.txt
TORCH_FILES := requirements/torch.txt $(BASE_FILES)
TEST_FILES := requirements/test.txt requirements/conformance.txt $(TORCH_FILES)
# A stamp's name carries what was installed: an unchanged second start does not call pip at all.
# The project is installed too: its version is read from there.
BASE := $(VENV)/.installed-base-$(shell cat $(BASE_FILES) pyproject.toml | cksum | cut -d ' ' -f 1)
TORCH := $(VENV)/.installed-torch-$(shell cat $(TORCH_FILES) | cksum | cut -d ' ' -f 1)
TEST := $(VENV)/.installed-test-$(shell cat $(TEST_FILES) | cksum | cut -d ' ' -f 1)
PEERS := var/bench-peers/.installed-$(shell cat requirements/peers.txt | cksum | cut -d ' ' -f 1)
TYPESCRIPT := 5.9.3
TSC := var/typescript-$(TYPESCRIPT)/node_modules/.bin/tsc
AUDIT := var/pip-audit-$(shell sed -n 's/^pip-audit==//p' requirements/audit.txt)
ADVISORIES := var/advisories.json
WEIGHTS := inference/models/.weights-$(shell cat inference/weights/*.toml inference/weights/*.py | cksum | cut -d ' ' -f 1)
# What is imported is compiled then: most of what these packages bring never is.
PIP := $(VENV)/bin/python -m pip install -q --disable-pip-version-check --no-compile
PYTEST := $(if $(STRICT),DARKROOM_STRICT=1 )$(VENV)/bin/python -m pytest --durations=15

# About files, forms, headers, addresses and documents: no database has a say in what they find.
SAME_ON_BOTH := $(addprefix --ignore tests/integration/,test_api_hostile_files.py test_api_errors.py \
	test_api_multipart.py test_api_part_headers.py test_api_documents.py test_api_form_fields.py \
	test_api_logs.py test_browser_security.py test_compression.py test_cross_origin.py \
	test_metrics_access.py test_page_types.py test_static_files.py webhooks/test_private_addresses.py)

# Models lie in no package: the files of each version are checked by themselves, with what lies beside them.
MODEL_CODE := $(sort $(dir $(wildcard inference/models/*/*/*.py inference/weights/catalog/*/*/*.py)))
SHARED_CODE := inference/weights/catalog/upscale/1

.PHONY: help run torch test chaos test-fast quality screenshots pictures bench bench-peers lint audit chromium firefox fonts iproute2 nginx

help: ## lists the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: $(BASE) $(WEIGHTS) ## starts everything on http://127.0.0.1:8000 (HOST, PORT, WORKERS, WEB); Ctrl-C stops it
	@exec $(VENV)/bin/python manage.py up

torch: $(TORCH) ## adds PyTorch, for models in TorchScript, torch.export or Python that use it

# Tests wait too, for disks, processes and the clock: more of them than cores share these.
test: $(TEST) $(WEIGHTS) chromium firefox fonts iproute2 ## runs every test, on SQLite and on PostgreSQL (STRICT=1: a skipped test is a failure)
	$(PYTEST) -n 3 -m "not slow and not browser"
	$(PYTEST) -n 3 -m "not slow and not browser" -p tests.postgres tests/integration $(SAME_ON_BOTH)
	$(PYTEST) -n 5 --dist loadfile --no-loadscope-reorder -m "slow or browser" tests/browser \
		tests/acceptance tests/chaos tests/conformance tests/integration tests/unit

chaos: $(TEST) $(WEIGHTS) iproute2 nginx ## breaks everything on both databases, in full, and prints the figures (50 minutes)
	DARKROOM_CHAOS=full $(PYTEST) tests/chaos tests/integration/test_fuzz.py

test-fast: $(TEST) $(WEIGHTS) ## runs the quick loop: units, structure, the queue and the first API tests
	$(PYTEST) -q -n 3 -m "not slow and not browser" tests/unit tests/architecture \
		tests/integration/test_claims.py tests/integration/test_lifecycle.py tests/integration/test_pipeline.py \
		tests/integration/test_api_upload.py

quality: $(TEST) $(WEIGHTS) fonts chromium ## measures the shipped models; tables here, figures and contact sheets in var/quality
	$(VENV)/bin/python -m quality ocr
	$(VENV)/bin/python -m quality scenes
	$(VENV)/bin/python -m quality orientation
	$(VENV)/bin/python -m quality scripts
	$(VENV)/bin/python -m quality textless
	$(VENV)/bin/python -m quality cutouts
	$(VENV)/bin/python -m quality style
	$(VENV)/bin/python -m quality times

screenshots: $(TEST) $(WEIGHTS) chromium ## takes pictures of the page in each language, size and look; in var/screenshots
	$(VENV)/bin/python -m tests.browser.screenshots

pictures: $(TEST) $(WEIGHTS) chromium ## takes what the README and docs/models.md show anew, catalog included; in docs
	$(VENV)/bin/python -m tests.browser.readme_pictures
	$(VENV)/bin/python -m tests.browser.model_pictures

bench: $(TEST) ## measures Darkroom, beside what bench-peers has installed, on both databases (half an hour, an idle machine)
	$(VENV)/bin/python -m benchmarks all --seconds 5 --warm-up 1 --database sqlite postgres
	$(VENV)/bin/python -m benchmarks report var/benchmarks/all.json > var/benchmarks/all.md

bench-peers: $(PEERS) ## installs LitServe, BentoML and Triton into var/bench-peers, to be measured beside (500 MB)

lint: $(TEST) ## checks style, formatting, types, the direction of imports (STRICT=1: fails where npm is missing)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy --num-workers 2 .
	@printf '%s\n' $(MODEL_CODE) | xargs -P 2 -I {} \
		sh -c 'MYPYPATH={}:$$(dirname {}):$(SHARED_CODE) $(VENV)/bin/mypy {}*.py'
	$(VENV)/bin/lint-imports
	@if command -v npm > /dev/null && { test -x $(TSC) || \
		npm install --silent --no-audit --no-fund --prefix var/typescript-$(TYPESCRIPT) typescript@$(TYPESCRIPT); }; \
	then $(TSC) --project frontend; \
	else echo "*** TypeScript could not be installed by npm: the page's modules were not checked. ***"; \
		test -z "$(STRICT)"; fi

# An audit that could not ask anybody writes no report: that it failed is no news of a vulnerability.
audit: | $(AUDIT)/bin/pip-audit ## compares every pinned package with the known advisories (STRICT=2: fails where they can't be reached)
	@rm -f $(ADVISORIES)
	@if $(AUDIT)/bin/pip-audit --vulnerability-service osv --no-deps --disable-pip --progress-spinner off \
		--requirement requirements/constraints.txt --format json --output $(ADVISORIES) 2> $(ADVISORIES).log; \
	then echo "No package that is pinned here has a known vulnerability."; \
	elif [ -s $(ADVISORIES) ]; then cat $(ADVISORIES).log; \
		$(AUDIT)/bin/python -c 'import json; [print(p["name"], p["version"], v["id"], "mended in", *v["fix_versions"]) \
			for p in json.load(open("$(ADVISORIES)"))["dependencies"] for v in p.get("vulns", ())]'; exit 1; \
	else echo "*** The advisories could not be reached: NO PACKAGE WAS CHECKED FOR KNOWN VULNERABILITIES. ***"; \
		tail -n 1 $(ADVISORIES).log; test "$(STRICT)" != 2; fi

$(AUDIT)/bin/pip-audit:
	@$(PYTHON) -m venv $(AUDIT) && $(AUDIT)/bin/python -m pip install -q --disable-pip-version-check \
		-r requirements/audit.txt || { rm -rf $(AUDIT); exit 1; }

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Darkroom needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv module is missing: on Debian install python3-venv."; exit 1; }

$(BASE): | $(VENV)/bin/python
	@echo "Installing what Darkroom runs on; this takes a minute, once."
	@$(PIP) -r requirements/base.txt -c requirements/constraints.txt
	@$(PIP) --no-deps -e .
	@rm -f $(VENV)/.installed-base-* && touch $@

# Without a network the other models are served: the next start tries again.
$(WEIGHTS): | $(BASE)
	@if $(VENV)/bin/python -m inference.weights; then rm -f inference/models/.weights-* && touch $@; fi

$(TORCH): | $(BASE)
	@echo "Installing PyTorch; this takes a few minutes, once."
	@$(PIP) -r requirements/torch.txt -c requirements/constraints.txt
	@rm -f $(VENV)/.installed-torch-* && touch $@

$(TEST): | $(BASE) $(TORCH)
	@echo "Installing what the tests need."
	@$(PIP) -r requirements/test.txt -r requirements/conformance.txt -c requirements/constraints.txt
	@rm -f $(VENV)/.installed-test-* && touch $@

$(PEERS):
	@echo "Installing what Darkroom is measured beside; this takes minutes, once."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "The peers need Python 3.11: make PYTHON=/path/to/python3.11 bench-peers"; exit 1; }
	@$(PYTHON) -m venv var/bench-peers
	@var/bench-peers/bin/python -m pip install -q --disable-pip-version-check -r requirements/peers.txt
	@rm -f var/bench-peers/.installed-* && touch $@

chromium:
	@command -v chromium-headless-shell > /dev/null || command -v chromium > /dev/null || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && apt-get update -qq && \
		{ apt-get install -y -qq --no-install-recommends chromium-headless-shell || \
		apt-get install -y -qq --no-install-recommends chromium; }; } || \
		echo "*** Chromium is missing and could not be installed: the browser tests will be skipped. ***"

firefox:
	@command -v firefox-esr > /dev/null || command -v firefox > /dev/null || { [ "$$(id -u)" = 0 ] && \
		command -v apt-get > /dev/null && apt-get update -qq && \
		apt-get install -y -qq --no-install-recommends firefox-esr; } || \
		echo "*** Firefox is missing and could not be installed: the page is not tested in it. ***"

# With these tests make machines of their own, on one.
iproute2:
	@command -v ip > /dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends iproute2; } || \
		echo "*** iproute2 is missing and could not be installed: machines of their own are not tested. ***"

nginx:
	@command -v nginx > /dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light; } || \
		echo "*** nginx is missing and could not be installed: the topology will not be proven. ***"

fonts:
	@$(VENV)/bin/python -m quality.fonts || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends \
			$$($(VENV)/bin/python -m quality.fonts) > /dev/null; } || \
		echo "*** Fonts are missing and could not be installed: the tests of text models will be skipped. ***"
