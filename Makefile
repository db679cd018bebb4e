# Every target sets up what it needs by itself. `make run` and `make test` are all that a new machine with Go, git and make has to know.

# No C anywhere in the program: one static binary, the same from every machine. Only the race detector wants C (test-race).
export CGO_ENABLED := 0

# The generator is run at the version of the library in go.mod, so that the two cannot part.
TEMPL = go run github.com/a-h/templ/cmd/templ@$(shell go list -m -f '{{.Version}}' github.com/a-h/templ)
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

# -buildvcs=false: a build from a clone and one from an archive of the same sources are the same bytes.
BUILD := go build -trimpath -buildvcs=false

# npm's packages under testdata may carry Go files of their own; they are not ours to format.
GO_FILES = $(shell find . -name node_modules -prune -o -name '*.go' -print)

# npm ci writes node_modules/.package-lock.json: newer than the lock means that what the lock names is there.
# It runs no package's scripts: what they would fetch no lockfile has a hash of.
LOCKS := $(shell find handlers -name node_modules -prune -o -name package-lock.json -print)
NODE_MODULES := $(LOCKS:package-lock.json=node_modules/.package-lock.json)

# Where goroutines meet: the writer's queue and the batch loop, the doors, the running server. Views and static have none.
RACE ?= ./db/... ./handlers/... ./cmd/...
# SQLite itself and its C library, machine-made Go, are built without the detector: no race of ours is in there (their driver, which is where our
# goroutines meet them, is watched), and with it the tests take three times as long.
UNWATCHED := -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false
ADDR ?= 127.0.0.1:8080
FUZZTIME ?= 30s

.PHONY: run test check build generate fmt bench clean test-race test-long reproducible test-tools race-tools

run: build
	exec bin/quittance serve -demo -data ./demo-data -addr $(ADDR)

build:
	$(BUILD) -o bin/quittance ./cmd/quittance

# -count=1: Go's cache of passes sees neither the browser nor Node, so a cached pass could be one of last month's browser.
test: test-tools $(NODE_MODULES)
	go test -count=1 -timeout 18m ./...

test-race: race-tools test-tools $(NODE_MODULES)
	CGO_ENABLED=1 go test -count=1 -race $(UNWATCHED) -short -timeout 30m $(RACE)

# The counts that a nightly run can afford (build tag long), each fuzz target for $(FUZZTIME), and the build twice.
test-long: test-tools $(NODE_MODULES) reproducible
	go test -count=1 -tags long -timeout 6h ./...
	.ci/fuzz $(FUZZTIME)

# What performance.md sets budgets for, each figure beside the bare schema in the same run: about a quarter of an hour at a million records, in a folder that
# goes afterwards. QUITTANCE_BENCH_RECORDS=100000 make bench is the short one; QUITTANCE_BENCH_PAGES, a regular expression, reads some pages only and prints each. One package after the other: they share the data, which the first one imports.
bench:
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && trap 'exit 130' INT TERM && \
	QUITTANCE_BENCH_DIR=$$dir go test -p 1 -run '^$$' -bench '^Benchmark(Budgets|Pages)$$' -benchtime 1x -timeout 2h ./cmd/quittance ./handlers ./db ./db/mask

check:
	.ci/generated $(TEMPL)
	@files=$$(gofmt -l $(GO_FILES)); [ -z "$$files" ] || { echo "make fmt would change:" $$files; exit 1; }
	@! grep -l '"resolved"' $(LOCKS) /dev/null || { echo "these lockfiles name a registry's host: put omit-lockfile-registry-resolved=true into the .npmrc beside them and lock again"; exit 1; }
	go mod tidy -diff
	go mod verify
	go vet -tags long ./...
	$(STATICCHECK) -tags long ./...
	go test -count=1 -run '^Test(Floors|Libc|TopLevel|NoSkips)' ./cmd/quittance

# Two builds, in two folders and without a common cache, are the same bytes.
reproducible:
	.ci/reproducible $(BUILD)

generate:
	$(TEMPL) generate -path views

fmt:
	gofmt -w $(GO_FILES)
	$(TEMPL) fmt views

# The made-up data goes too: the next run makes the same people again, from the same seed.
clean:
	rm -rf bin demo-data $(LOCKS:package-lock.json=node_modules)

test-tools:
	@.ci/need chromium:chromium node:nodejs npm:npm

race-tools:
	@.ci/need cc:build-essential

%/node_modules/.package-lock.json: %/package-lock.json | test-tools
	cd $* && npm ci --ignore-scripts --no-audit --no-fund
	touch $@
