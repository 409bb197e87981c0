# scalestudy. The two commands that matter:
#
#   make table3     build, run configs/studies/table3.yaml, print Table 3; table, figure and report are in out/
#   make test       build and run all tests; ends with "N passed, N failed"
#
# Others: make (build/scalestudy and its manual, build/scalestudy.1), check, install, clean, format, deps, help;
#   make test-slurm     run folders on a Slurm cluster of three nodes that it starts on this machine: five minutes
#   make test-slurm-suite  its tests of slurmrestd with the Slurm of another Debian: SUITE=trixie, sid
#   make test-slurm-kills   20 rounds of random kills of machines, tasks, controllers over 200 jobs: ROUNDS=20 SEED=1
#   make example        the picture in the README, from what make table3 measures
#   make bench-peers    the speed beside PyTorch and ONNX Runtime, an hour; PEERS='--only train224/mobilenet_v2'
#   make fuzz           damaged files of every kind under the sanitizers; FUZZ_SECONDS=60 for each kind, T=... only some
#   make test-kills     kill -9 a study 200 times at random moments, and see that nothing is lost: KILLS=200 SEED=1
#   make bench-store    studies of 1,000 to 100,000 trivial jobs through the database: a minute; BENCH_JOBS='1000 10000'
#   make bench-scaling  share of the machine's peak as networks grow, and with more threads: ten minutes
#   make bench-feed     images a second from a folder, beside PyTorch's DataLoader; IMAGES=folder of train and val
#
# Knobs, given as make NAME=VALUE:
#   VARIANT=release|debug|san   release: -O2; debug: -Og with assertions; san: -O1 with sanitizers
#   SANITIZE=address,undefined  what VARIANT=san checks; or SANITIZE=thread
#   CC=gcc|clang                compiler
#   V=1                         show the commands
#   T='pattern ...'             make test: only test files and scripts whose path contains one of the patterns;
#                               make check: only checks whose name contains the pattern
#   STUDY=FILE                  make table3: another study, such as configs/studies/table3-quick.yaml
#   PREFIX=/usr/local DESTDIR=  where make install puts things
#   PACKAGES=install|ask|skip   missing Debian packages: install (as root or by sudo; what table3, tests and deps
#                               do), ask: say which line to type (all others), skip: do not look
#   WERROR=-Werror              warnings are errors, as in make check
#   BUILD=folder                objects and binaries (default: build/VARIANT, with the compiler's name unless gcc)
#   BLAS=libopenblas.so.0       the library of matrix products, loaded when they need it: OpenBLAS by name or path

VARIANT ?= release
SANITIZE ?= address,undefined
PREFIX ?= /usr/local
BLAS ?= libopenblas.so.0
# `make` alone installs nothing: it says the line to type.
PACKAGES ?= $(if $(filter table3 test test-% deps,$(MAKECMDGOALS)),install,ask)
ifeq ($(origin CC),default)
CC := gcc
endif

# As many jobs at a time as there are cores, unless -j says otherwise.
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif

comma := ,
compiler := $(notdir $(firstword $(CC)))
flavour := $(VARIANT)$(if $(filter san,$(VARIANT)),-$(subst $(comma),-,$(SANITIZE)))$(if $(filter gcc cc,$(compiler)),,-$(compiler))
BUILD ?= build/$(flavour)

ifeq ($(filter $(VARIANT),release debug san),)
$(error VARIANT=$(VARIANT) is not a variant; choose release, debug or san)
endif
OPTIMISE_release := -O2 -g
OPTIMISE_debug := -Og -g3
# With line numbers but without variables, and not relocatable: it compiles and starts a tenth faster.
OPTIMISE_san := -O1 -g1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
LINK_san := -fsanitize=$(SANITIZE) -no-pie

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes $(FRAMES) $(WERROR)
CFLAGS += -std=c11 -D_GNU_SOURCE -I. -I$(BUILD) -include harness/base/banned.h $(WARNINGS) $(OPTIMISE_$(VARIANT)) \
	-fno-math-errno -fno-trapping-math -pthread
LDFLAGS += $(LINK_$(VARIANT)) -pthread
# OpenBLAS, libcurl and libarchive are loaded when they are first needed (harness/system/late_library.h).
LDLIBS := -lsqlite3 -lcrypto -lyaml -ljansson -ljpeg -lspng -lz -lm -ldl

# Vector kernels are compiled once for each instruction set that may be chosen at run time, with its flags.
VECTORS := workloads/nn/kernels/vector
ISAS := $(if $(filter x86_64,$(shell uname -m)),avx2 avx512)
FLAGS_avx2 := -mavx2 -mfma
FLAGS_avx512 := -mavx512f -mavx512dq -mavx512vl -mavx512bw -mavx2 -mfma
# For what is worth unrolling.
OPTIMISE_loops := $(if $(filter release,$(VARIANT)),-O3)

%/blas.o: CFLAGS += -DBLAS_FILE='"$(BLAS)"'

# Every job draws the built-in set anew: 1.3 times as fast so.
%/shapes_draw.o: CFLAGS += $(OPTIMISE_loops)

FOLDERS := $(shell find harness scalers workloads results plots -type d)
SOURCES := $(sort $(wildcard $(addsuffix /*.c,$(filter-out $(VECTORS),$(FOLDERS)))))
HEADERS := $(sort $(wildcard $(addsuffix /*.h,$(FOLDERS))) $(wildcard tests/*/*.h))
TESTS := $(sort $(wildcard tests/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
VECTOR_SOURCES := $(sort $(wildcard $(VECTORS)/*.c))
VECTOR_OBJECTS := $(foreach isa,$(ISAS),$(VECTOR_SOURCES:%.c=$(BUILD)/%_$(isa).o))
LIBRARY := $(BUILD)/libscalestudy.a
PROGRAM := $(BUILD)/scalestudy
TEST_PROGRAMS := $(TESTS:%.c=$(BUILD)/%)

# Threads get stacks of what `ulimit -s` says. The sanitizers' own additions to a frame do not count.
$(OBJECTS) $(VECTOR_OBJECTS): FRAMES := $(if $(filter-out san,$(VARIANT)),-Wframe-larger-than=65536)

# Those that make test T=... runs: nothing else is built for it.
contains = $(if $(strip $(foreach pattern,$(T),$(findstring $(pattern),$(1)))),$(1))
WANTED_PROGRAMS := $(if $(strip $(T)),$(foreach program,$(TEST_PROGRAMS),$(call contains,$(program))),$(TEST_PROGRAMS))

ifeq ($(V),1)
say = @:
else
say = @echo
.SILENT:
endif

.PHONY: all
all: $(PROGRAM) build/scalestudy build/scalestudy.1

# The program of every day: a variant does not take its place.
build/scalestudy: $(PROGRAM)
	mkdir -p build
	if [ $(BUILD) = build/release ] || [ ! -x $@ ]; then ln -sfn $(abspath $(PROGRAM)) $@; fi

# The manual: man -l build/scalestudy.1.
build/scalestudy.1: $(PROGRAM)
	mkdir -p $(@D)
	$(PROGRAM) manual >$@.$$$$ && mv $@.$$$$ $@

# Packages: $(1) is the group of packages, see harness/make/packages.sh.
$(BUILD)/.packages-%:
	mkdir -p $(BUILD)
	PACKAGES=$(PACKAGES) flock $(BUILD) sh harness/make/packages.sh $*
	touch $@

.PHONY: deps
deps:
	PACKAGES=$(PACKAGES) sh harness/make/packages.sh test

# Files that are part of the program, as strings in headers: gen/NAME.h holds NAME.
EMBEDDED := $(patsubst %,$(BUILD)/gen/%.h,schema_sql report_html report_css report_js manual_mdoc)
$(BUILD)/gen/schema_sql.h: results/store/schema.sql
$(BUILD)/gen/report_html.h: harness/report/page.html
$(BUILD)/gen/report_css.h: harness/report/page.css
$(BUILD)/gen/report_js.h: harness/report/page.js
$(BUILD)/gen/manual_mdoc.h: $(BUILD)/gen/manual.mdoc
$(EMBEDDED): harness/make/embed.sh | $(BUILD)/.packages-build
	mkdir -p $(@D)
	sh harness/make/embed.sh $(basename $(@F)) $(filter-out %.sh,$^) >$@.$$$$ && mv $@.$$$$ $@

# The parts of the manual that are written by hand, in the order of their names (cmd_manual.c).
$(BUILD)/gen/manual.mdoc: $(sort $(wildcard harness/manual/*.mdoc))
	mkdir -p $(@D)
	cat $^ >$@

# The git revision; written only where it is another one, so that a commit compiles main.c alone.
REVISION := $(BUILD)/gen/revision.h
$(REVISION): always | $(BUILD)/.packages-build
	mkdir -p $(@D)
	new=$@.$$$$; printf '#define REVISION "%s"\n' "$$(sh harness/make/revision.sh)" >$$new; \
	if cmp -s $$new $@; then rm $$new; else mv $$new $@; fi
.PHONY: always
always:

$(OBJECTS): $(BUILD)/%.o: %.c Makefile | $(BUILD)/.packages-build $(EMBEDDED) $(REVISION)
	$(say) "  CC    $<"
	mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# compile-for ISA: the rule of its objects.
define compile-for
$(BUILD)/$(VECTORS)/%_$(1).o: $(VECTORS)/%.c Makefile | $(BUILD)/.packages-build
	$$(say) "  CC    $$< ($(1))"
	mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(OPTIMISE_loops) $$(FLAGS_$(1)) -ffp-contract=fast -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(ISAS),$(eval $(call compile-for,$(isa))))

$(LIBRARY): $(filter-out $(BUILD)/harness/main.o,$(OBJECTS)) $(VECTOR_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

$(PROGRAM): $(BUILD)/harness/main.o $(LIBRARY)
	$(say) "  LINK  $@"
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Tests of what happens when an allocation or a write fails put their own functions in place of these, in their
# programs alone (tests/faults/faults.h).
$(BUILD)/tests/faults/%: LDFLAGS += $(addprefix -Wl$(comma)--wrap=,malloc calloc realloc strdup fopen fdopen fflush fclose \
	fsync rename)

# A test file holds only functions test_subject__claim; its main is generated.
$(BUILD)/tests/%: tests/%.c tests/lib/test.h tests/lib/discover.sh $(LIBRARY) | $(BUILD)/.packages-test
	$(say) "  TEST  $<"
	mkdir -p $(@D)
	sh tests/lib/discover.sh $< >$@.main.c
	$(CC) $(CFLAGS) -MMD -MP -MT $@ -MF $@.d $(LDFLAGS) -o $@ $@.main.c $(LIBRARY) -lcmocka $(LDLIBS)

.PHONY: programs
programs: $(PROGRAM) $(TEST_PROGRAMS)

.PHONY: test
test: $(PROGRAM) build/scalestudy $(WANTED_PROGRAMS)
	SCALESTUDY=$(abspath $(PROGRAM)) bash tests/lib/run.sh '$(T)' $(WANTED_PROGRAMS)

# The same with the Slurm of another Debian release, which debootstrap brings into build/suites; as root.
SUITE ?= trixie
.PHONY: test-slurm-suite
test-slurm-suite: $(PROGRAM) build/scalestudy
	SCALESTUDY=$(abspath $(PROGRAM)) bash tests/slurm/suite.sh $(SUITE) '$(or $(T),rest_gives)'

.PHONY: test-slurm
test-slurm: $(PROGRAM) build/scalestudy
	SCALESTUDY=$(abspath $(PROGRAM)) PACKAGES=$(PACKAGES) bash tests/slurm/run.sh '$(T)'

# Rounds of random kills on a cluster of its own, over a study of so many jobs.
ROUNDS ?= 20
JOBS ?= 200
.PHONY: test-slurm-kills
test-slurm-kills: $(PROGRAM) build/scalestudy
	folder=$$(mktemp -d) && cd $$folder && SCALESTUDY=$(abspath $(PROGRAM)) ROUNDS=$(ROUNDS) JOBS=$(JOBS) SEED=$(SEED) \
		PATIENCE=900 bash $(abspath tests/slurm/random_kills_lose_nothing.sh) && rm -rf $$folder

KILLS ?= 200
.PHONY: test-kills
test-kills: $(PROGRAM) build/scalestudy | $(BUILD)/.packages-test
	folder=$$(mktemp -d) && cd $$folder && SCALESTUDY=$(abspath $(PROGRAM)) \
		bash $(abspath tests/faults/kills.sh) $(KILLS) $(SEED) && rm -rf $$folder

.PHONY: check
check: $(EMBEDDED) $(REVISION) | $(BUILD)/.packages-check
	MAKE='$(MAKE)' BUILD=$(BUILD) bash tests/check/run.sh '$(T)'

# out/NAME.* is named after the study's file.
STUDY ?= configs/studies/table3.yaml
OUT := out/$(basename $(notdir $(STUDY)))
.PHONY: table3
table3: $(PROGRAM) build/scalestudy | $(BUILD)/.packages-run
	mkdir -p out
	$(PROGRAM) run $(STUDY) --db $(OUT).db
	$(PROGRAM) table table3 --db $(OUT).db
	$(PROGRAM) table table3 --db $(OUT).db -o $(OUT).txt
	$(PROGRAM) plot flops-accuracy --db $(OUT).db -o $(OUT).svg
	$(PROGRAM) report --db $(OUT).db -o $(OUT).html
	echo "The table is $(OUT).txt, the figure $(OUT).svg, the whole as a page for a browser $(OUT).html; the results are in $(OUT).db."

# The picture in the README, from the results of `make table3`: after a change of the engine or of the figure.
.PHONY: example
example: table3
	cp $(OUT).svg plots/example.svg

# How fast the program is beside PyTorch and ONNX Runtime, which are development tools: PEERS='--only train224 ...'.
.PHONY: bench-peers bench-scaling bench-feed
bench-peers: $(PROGRAM) build/scalestudy
	/usr/bin/python3 tests/bench/peers.py --program $(abspath $(PROGRAM)) --db build/bench/peers.db $(PEERS)

bench-scaling: $(PROGRAM) build/scalestudy
	SCALESTUDY=$(abspath $(PROGRAM)) bash tests/bench/scaling.sh

bench-feed: $(PROGRAM) build/scalestudy
	SCALESTUDY=$(abspath $(PROGRAM)) bash tests/bench/feed.sh '$(IMAGES)'

BENCH_JOBS ?= 1000 10000 100000
.PHONY: bench-store
bench-store: $(BUILD)/tests/harness/test_store_speed
	BENCH_JOBS='$(BENCH_JOBS)' $<

# The same as the tests of damage in `make test`, for longer: those that T names, or all.
FUZZ_SECONDS ?= 60
FUZZED := tests/data/test_cifar_python $(foreach test,$(TESTS),$(if $(findstring damage,$(notdir $(test))),$(test:.c=)))
.PHONY: fuzz
fuzz:
	TEST_TIMEOUT=$$((15 * $(FUZZ_SECONDS) + 300)) FUZZ_SECONDS=$(FUZZ_SECONDS) \
		$(MAKE) VARIANT=san BUILD=build/fuzz T='$(or $(T),$(FUZZED))' test

.PHONY: install
install: $(PROGRAM) build/scalestudy.1
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/scalestudy/studies \
		$(DESTDIR)$(PREFIX)/share/scalestudy/clusters
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/scalestudy
	install -m 644 build/scalestudy.1 $(DESTDIR)$(PREFIX)/share/man/man1/scalestudy.1
	install -m 644 harness/completion.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/scalestudy
	install -m 644 configs/studies/*.yaml $(DESTDIR)$(PREFIX)/share/scalestudy/studies
	install -m 644 configs/clusters/*.yaml $(DESTDIR)$(PREFIX)/share/scalestudy/clusters

.PHONY: format
format:
	clang-format -i $(SOURCES) $(VECTOR_SOURCES) $(HEADERS) $(TESTS)

.PHONY: clean
clean:
	rm -rf build

.PHONY: help
help:
	sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

.PHONY: print-sources print-headers print-tests
print-sources print-headers print-tests: print-%:
	echo $(if $(filter sources,$*),$(SOURCES) $(VECTOR_SOURCES),$(if $(filter headers,$*),$(HEADERS),$(TESTS)))

-include $(OBJECTS:.o=.d) $(VECTOR_OBJECTS:.o=.d) $(addsuffix .d,$(TEST_PROGRAMS))
