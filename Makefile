# SPDX-License-Identifier: MIT
# thirdgen: `make help` lists what there is to make.

CC       = gcc
CFLAGS   = -O2 -g
LDFLAGS  =
PREFIX   = /usr/local
B        = build
PYTHON   = /usr/bin/python3

WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARNINGS) -I. $(CFLAGS) -MMD -MP
LDLIBS     = -lelf -lyaml -lreadline -lz

# The library: everything but main, in the order of the arrows.
LIB_DIRS = isa machine/devices machine vmm vmm/hosted vmm/theorem assembler cli cli/repl cli/gdb
LIB_SRC  = $(filter-out cli/main.c,$(foreach d,$(LIB_DIRS),$(wildcard $(d)/*.c)))
LIB_OBJ  = $(LIB_SRC:%.c=$(B)/%.o)

# What the command has inside it: the ISA variants, the guest OS, small guests to show things with.
VARIANTS  = virtualizable smsw sidt lra popf jrst1 jrst1-epc rdtsc set-r
EMBED_SRC = $(VARIANTS:%=isa/variants/%.yaml) $(wildcard examples/variants/*.s) $(wildcard cli/repl/*.s)
EMBED     = $(EMBED_SRC) $(B)/guestos.elf $(B)/vmm.elf

.DEFAULT_GOAL = all
.PHONY: all demo check test test-all test-mutants bench bench-short bench-deps prove prove-deps fuzz lint format install clean deps test-deps help
.DELETE_ON_ERROR:

all: $(B)/thirdgen ## build/thirdgen, with build/guestos.elf and build/vmm.elf in it

# A line for each file; V=1 shows the commands.
Q = $(if $(V),,@echo "  $(1)  $@";)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(ALL_CFLAGS) -c $< -o $@

$(B)/libthirdgen.a: $(LIB_OBJ)
	@rm -f $@
	$(call Q,AR)ar rcs $@ $^

# Two stages: the first has no guest OS inside, and assembles it for the second.
$(B)/embedded1.s: cli/embed.sh $(EMBED_SRC)
	@mkdir -p $(@D)
	$(call Q,GEN)sh cli/embed.sh $(EMBED_SRC) >$@

$(B)/embedded.s: cli/embed.sh $(EMBED)
	@mkdir -p $(@D)
	$(call Q,GEN)sh cli/embed.sh $(EMBED) >$@

$(B)/%.embedded.o: $(B)/%.s
	$(call Q,AS)$(CC) -c $< -o $@

$(B)/stage1/thirdgen: $(B)/cli/main.o $(B)/embedded1.embedded.o $(B)/libthirdgen.a
	@mkdir -p $(@D)
	$(call Q,LD)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

$(B)/guestos.elf: guestos/guestos.s $(wildcard guestos/*.s) $(B)/stage1/thirdgen
	$(call Q,AS)$(B)/stage1/thirdgen as $< -o $@

$(B)/thirdgen: $(B)/cli/main.o $(B)/embedded.embedded.o $(B)/libthirdgen.a
	$(call Q,LD)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

include examples/cprog/rules.mk vmm/bare-metal/rules.mk

# ---- tests ----

TEST_SRC = $(wildcard tests/unit/*.c)
TEST_OBJ = $(TEST_SRC:%.c=$(B)/%.o)

$(B)/unit: $(TEST_OBJ) $(B)/embedded.embedded.o $(B)/libthirdgen.a
	$(call Q,LD)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -lcunit -o $@

TEST_TOOLS = $(B)/isa_tool $(B)/reference $(B)/classify_tool $(B)/profile

$(TEST_TOOLS): $(B)/%: $(B)/tests/tools/%.o $(B)/embedded.embedded.o $(B)/libthirdgen.a
	$(call Q,LD)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

RUN_TESTS = $(PYTHON) tests/run.py --build $(B)

TEST_PROGRAMS = all $(B)/unit $(TEST_TOOLS) $(B)/examples/cprog.elf

check: $(TEST_PROGRAMS) ## the quick tests, before each commit (a minute at most)
	$(RUN_TESTS) quick

test: test-deps ## all tests that fit in ten minutes
	+$(MAKE) --no-print-directory $(TEST_PROGRAMS)
	$(RUN_TESTS) quick full

test-all: test-deps ## everything, without regard to time
	+$(MAKE) --no-print-directory $(TEST_PROGRAMS)
	$(RUN_TESTS) quick full long

test-mutants: $(TEST_PROGRAMS) ## seeded monitor bugs, each to be caught
	$(PYTHON) tests/mutants/run.py --build $(B)
	$(PYTHON) tests/mutants/compare.py --build $(B)
	$(PYTHON) tests/mutants/replay.py --build $(B)

include tests/fuzz/fuzz.mk tests/sanitize.mk tests/bench/bench.mk

BENCH_PACKAGES = $(BUILD_PACKAGES) python3 qemu-system-misc

bench-deps: ## install what the benchmarks are measured against
	@sh tests/packages.sh $(BENCH_PACKAGES)

bench: all $(BENCH_ELF) ## speed against QEMU; what the checks, an exit and recursion cost
	+$(MAKE) --no-print-directory CC=clang B=$(B)/by-clang all
	THIRDGEN=$(B)/thirdgen BUILD=$(B) $(PYTHON) tests/bench/bench.py
	THIRDGEN=$(B)/thirdgen $(PYTHON) tests/bench/theorem.py
	THIRDGEN=$(B)/thirdgen BUILD=$(B) $(PYTHON) tests/bench/nesting.py

bench-short: all $(BENCH_ELF) ## the same programs, a hundredth as long: are their results right?
	THIRDGEN=$(B)/thirdgen BUILD=$(B) $(PYTHON) tests/bench/bench.py --short --rounds 1 --json $(B)/bench-short.json

PROOF_PACKAGES = clang-14 libllvm14 patch python3 python3-z3
PROVE_PACKAGES = $(PROOF_PACKAGES) coq

prove-deps: ## install what the proofs need
	@sh tests/packages.sh $(PROVE_PACKAGES)

prove: all ## theorem and homomorphism, proved of the C for all states (docs/proof.md; ISA=smsw: a variant)
	$(PYTHON) tests/proof/prove.py --build $(B) --jobs $$(nproc) $(if $(ISA),--isa $(ISA)) $(if $(MUTANT),--mutant $(MUTANT))
	$(PYTHON) tests/proof/coq.py --build $(B) || [ $$? -eq 77 ]

demo: deps ## install what is missing, build, and tell the theorem
	+$(MAKE) --no-print-directory all
	$(B)/thirdgen theorem
	$(B)/thirdgen theorem --isa smsw

# ---- what it needs on a machine ----

BUILD_PACKAGES = gcc make libc6-dev libreadline-dev libyaml-dev libelf-dev zlib1g-dev clang lld
TEST_PACKAGES  = $(BUILD_PACKAGES) libcunit1-dev python3 python3-pexpect tmux clang-format \
                 libclang-rt-14-dev llvm qemu-system-misc binutils-riscv64-unknown-elf \
                 gcc-riscv64-unknown-elf gdb-multiarch $(PROOF_PACKAGES)

deps: ## install what building needs (Debian packages)
	@sh tests/packages.sh $(BUILD_PACKAGES)

test-deps: ## install what the tests need, too
	@sh tests/packages.sh $(TEST_PACKAGES)

# ---- the rest ----

FORMATTED = $(filter-out isa/table.h isa/csr.h machine/pairs.h cli/commands.h,$(wildcard $(foreach d,isa machine/devices machine vmm vmm/hosted \
            vmm/theorem assembler cli cli/repl cli/gdb tests/unit tests/tools tests/fuzz tests/proof,$(d)/*.c $(d)/*.h)))

format: ## lay the sources out
	@clang-format -i $(FORMATTED)

lint: ## is everything laid out as `make format` would?
	@clang-format --dry-run -Werror $(FORMATTED)

install: all ## into PREFIX (default /usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(B)/thirdgen $(DESTDIR)$(PREFIX)/bin/thirdgen

clean: ## remove build/
	rm -rf $(B)

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(LIB_OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(B)/cli/main.d
