# Two commands are enough: `make run` to try Gatelog, `make test` to check it.
# The rest is here for people who work on it. Every target is a script that can be read.

.DEFAULT_GOAL := help
.PHONY: help run test unit integration package-test bench demo manual deb fuzz format lint clean record

help: ## what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing, build the release, start the daemon under ./var, say what to type next
	@scripts/prepare build
	@scripts/run

test: ## install what is missing, then every test: units, integration beside real peers, goldens
	@scripts/prepare test
	@scripts/test

unit: ## the unit tests alone (debug build)
	@swift test

integration: ## the integration tests alone (release build)
	@scripts/integration

package-test: ## the Debian package alone, in a Debian system of its own (root; a minute, the first time two)
	@scripts/prepare test
	@scripts/integration 'test_package.py'

bench: ## Gatelog beside tcpdump, tshark, dumpcap, ulogd2 and ripgrep, ratios in one run (root, an hour, 25 GB)
	@scripts/prepare bench
	@Benchmarks/run

demo: ## read a recorded capture: lines, a summary, an expression explained
	@scripts/prepare build
	@scripts/demo

deb: ## the Debian package, with the Swift runtime inside; prints where it is
	@scripts/prepare package
	@scripts/build-deb

manual: ## manual pages and shell completions into var/manual
	@scripts/prepare build
	@scripts/manual-pages var/manual
	@echo "Written: var/manual (man -l var/manual/gatelog.1)"

fuzz: ## each fuzz target for SECONDS (60)
	@scripts/fuzz $(or $(SECONDS),60)

record: ## write the goldens anew from what the programs print now; read the diff afterwards
	@GATELOG_RECORD=1 swift test
	@GATELOG_RECORD=1 scripts/integration
	@scripts/limits

format: ## format the sources in place
	@swift format format --in-place --recursive --parallel Sources Tests Benchmarks Fuzz Package.swift

lint: ## complain about the format and change nothing
	@swift format lint --strict --recursive --parallel Sources Tests Package.swift

clean: ## remove what was built
	@rm -rf .build
