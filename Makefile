# The two commands that matter are `make demo` and `make test`; `make help` lists the rest.
# ARGS is handed to the program: `make demo ARGS=--once`.

CARGO ?= cargo
# Absolute, for it is used from several folders.
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
PYTHON := $(TARGET)/controlplane/venv/bin/python
CONTROL_PLANE := $(TARGET)/debug/control-plane
# Where `make upgrade-test` has the release that it begins with.
EARLIER := $(TARGET)/releases/$(FROM)
# One choice of crates in every step, so that no dependency is built twice with other features.
WORKSPACE := $(CARGO) test --workspace

# What cargo-fuzz asks of the compiler, and a stable one does. Without AddressSanitizer: no code here is unsafe.
COVERAGE := --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
	-Cllvm-args=-sanitizer-coverage-trace-compares

.PHONY: help demo test control-plane packages install-test long-stories upgrade-test surroundings second-opinion judges bench fuzz check update deny clean-run tools product prerequisites

help: ## Lists the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  %-14s %s\n", $$1, $$2}'

demo: product ## A database from ten lines of YAML to its final snapshot, and an app that uses it, in a real control plane
	@$(CONTROL_PLANE) demo $(ARGS)

control-plane: product ## The same stack with everything installed, until Ctrl-C
	@$(CONTROL_PLANE) start $(ARGS)

test: prerequisites ## Everything: formats, lints, unit tests, the AWS endpoint's tests, the oracle, render and end-to-end stories
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) test
	@$(MAKE) --no-print-directory tools
	@set -e; for player in moto sim; do \
		(cd tests/aws && AWS_ENDPOINT=$$player $(PYTHON) -B -m unittest discover --start-directory tests --top-level-directory .); \
	done
	@$(MAKE) --no-print-directory judges
	$(WORKSPACE) --lib --bins --test render --test oracle
	$(WORKSPACE) --test e2e
	@$(MAKE) --no-print-directory long-stories
	@$(MAKE) --no-print-directory second-opinion
	@$(MAKE) --no-print-directory install-test

long-stories: tools ## End-to-end stories that take minutes each: everything edited, made again and taken away: AGAIN=100 ORDERS=20
	$(WORKSPACE) --test e2e -- --ignored

upgrade-test: tools ## From an earlier release to this one and back, part by part, while teams work: FROM=v0.1.0
	@test -n "$(FROM)" || { echo "FROM is missing: name the earlier release, as Git knows it: make upgrade-test FROM=v0.1.0" >&2; exit 1; }
	@test -f $(EARLIER)/Cargo.toml || { mkdir -p $(EARLIER) && git archive $(FROM) | tar --extract --directory $(EARLIER); }
	cd $(EARLIER) && CARGO_TARGET_DIR=target $(CARGO) build --locked --package goldenpath-function --package goldenpath-provider --bins
	UPGRADE_FROM=$(EARLIER) $(WORKSPACE) --test e2e -- releases::

second-opinion: tools ## The stories of databases, deletion and crashes once more, with moto in AWS's place
	@set -e; for stories in database:: deletion:: crash::; do \
		AWS_ENDPOINT=moto $(WORKSPACE) --test e2e -- $$stories; \
	done

judges: tools ## AWS's service model, its documentation's examples, boto3's waiters and moto judge the AWS of our own: ARGS=--seed=7
	cd tests/aws-sim && $(PYTHON) -B -m unittest discover --quiet --start-directory judges/tests --top-level-directory .
	cd tests/aws-sim && $(PYTHON) -B -m judges --sim $(TARGET)/debug/aws-sim $(ARGS)

packages: prerequisites ## Crossplane packages of it all, and what is applied before them, without Docker: REGISTRY=ghcr.io/acme
	@$(CARGO) run --quiet --package goldenpath-package --bin package

install-test: tools ## Pushes and installs the packages, twice: Crossplane's package manager, Deployments, a database, and nothing is left
	@$(TARGET)/debug/package
	$(WORKSPACE) --test install

surroundings: tools ## Prometheus' and Alertmanager's tools judge rules and routes, Kyverno's its policies, actionlint the release: fifteen minutes to build them, once
	$(WORKSPACE) --test install -- --ignored

bench: prerequisites ## The function against one that does nothing; latency of a new database, a thousand steady resources, memory at rest
ifeq ($(filter-out function,$(ARGS)),)
	$(CARGO) bench --profile image --package goldenpath-function --bench against_null
endif
ifneq ($(ARGS),function)
	@$(CARGO) build --release --workspace --bins
	@$(TARGET)/release/control-plane bench $(ARGS)
endif

fuzz: prerequisites ## Made-up requests: 10,000 by rules, then a minute of each form or as libFuzzer is told: ARGS=-max_total_time=600
	@command -v $${CXX:-c++} >/dev/null || { echo "a C++ compiler is missing, which libFuzzer needs: install g++ or clang++, or name one in CXX" >&2; exit 1; }
	@PROPTEST_CASES=$${PROPTEST_CASES:-10000} $(CARGO) test --quiet --package goldenpath-function --test properties -- --nocapture
	@cp Cargo.lock function/fuzz/Cargo.lock
	@$(CARGO) run --quiet --package goldenpath-function --example corpus -- target/fuzz/seeds
	@set -e; for form in protobuf json; do \
		mkdir -p target/fuzz/corpus/$$form target/fuzz/artifacts; \
		RUSTFLAGS="$(COVERAGE)" $(CARGO) run --quiet --release --manifest-path function/fuzz/Cargo.toml \
			--target-dir target/fuzz --target $$(rustc --print host-tuple) --bin $$form -- \
			-max_total_time=60 -max_len=65536 -timeout=10 -print_final_stats=1 -verbosity=0 -print_funcs=0 -artifact_prefix=target/fuzz/artifacts/$$form- \
			$(ARGS) target/fuzz/corpus/$$form target/fuzz/seeds/$$form; \
	done

check: prerequisites ## Formats and lints only
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

update: tools ## Rewrites what is generated and checked in
	UPDATE=1 $(CARGO) test
	UPDATE=1 $(WORKSPACE) --test render --test oracle

deny: prerequisites ## Licences, sources and who may depend on what (needs cargo-deny)
	@command -v cargo-deny >/dev/null || { echo "cargo-deny is missing: cargo install --locked cargo-deny" >&2; exit 1; }
	$(CARGO) deny check bans licenses sources

clean-run: product ## Removes the logs of ended runs; keeps the tools
	@$(CONTROL_PLANE) clean

# With the examples, for they bring the features of the tests' dependencies: one build serves all.
product: prerequisites
	@$(CARGO) build --workspace --bins --examples

tools: product
	@$(CONTROL_PLANE) tools

# Go and Python are checked where they are needed, by `control-plane`.
prerequisites:
	@command -v $(CARGO) >/dev/null || { echo "cargo is missing: install Rust from https://rustup.rs" >&2; exit 1; }
