# SPDX-License-Identifier: MIT
# The benchmark programs, by clang for RV32IM.  Included by the top Makefile.

BENCH_CC    ?= clang
BENCH_FLAGS  = --target=riscv32 -march=rv32im -mabi=ilp32 -mno-relax -O2 -std=c11 -Wall -Wextra \
               -Werror -ffreestanding -nostdlib -fuse-ld=lld -Wl,-T,examples/cprog/link.ld
BENCH_TUNED  = sieve matmul fib mix strings kernel
BENCH_OTHERS = sha256 bytecode tables pack # written later; no pair was chosen by them
BENCH_C      = $(BENCH_TUNED) $(BENCH_OTHERS)
BENCH_S      = trap nothing
BENCH_ELF    = $(foreach p,$(BENCH_C) $(BENCH_S),$(B)/bench/$(p).elf $(B)/bench/short/$(p).elf)

# Shorter ones, for tests: a hundredth of the work, or so.
SHORT_sieve   = -DROUNDS=1
SHORT_matmul  = -DROUNDS=1
SHORT_fib     = -DROUNDS=1
SHORT_mix     = -DROUNDS=12
SHORT_strings = -DROUNDS=9
SHORT_kernel  = -DROUNDS=50000
SHORT_sha256  = -DROUNDS=1
SHORT_bytecode = -DROUNDS=1
SHORT_tables  = -DROUNDS=4
SHORT_pack    = -DROUNDS=1
SHORT_trap    = -DROUNDS=50000

BENCH_START  = $(if $(filter $(BENCH_S),$(1)),,tests/bench/start.S) $(wildcard tests/bench/$(1).S tests/bench/$(1).c)

define BENCH_RULES
$(B)/bench/$(1).elf: $$(call BENCH_START,$(1)) tests/bench/bench.h examples/cprog/link.ld
	@mkdir -p $$(@D)
	$$(BENCH_CC) $$(BENCH_FLAGS) $$(filter %.S %.c,$$^) -o $$@
$(B)/bench/short/$(1).elf: $$(call BENCH_START,$(1)) tests/bench/bench.h examples/cprog/link.ld
	@mkdir -p $$(@D)
	$$(BENCH_CC) $$(BENCH_FLAGS) $$(SHORT_$(1)) $$(filter %.S %.c,$$^) -o $$@
endef
$(foreach p,$(BENCH_C) $(BENCH_S),$(eval $(call BENCH_RULES,$(p))))
