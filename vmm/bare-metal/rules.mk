# SPDX-License-Identifier: MIT
# The bare-metal monitor: the core as it is, for RV32, with clang and lld,
# optimised as a whole.  Included by the top Makefile, or alone:
# make -f vmm/bare-metal/rules.mk

B         ?= build
VMM_CC    ?= clang
VMM_LD    ?= ld.lld
VMM_FLAGS  = --target=riscv32 -march=rv32ima -mabi=ilp32 -mno-relax -O2 -flto -std=c11 -I. \
             -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
             -Werror -ffreestanding -nostdlibinc -fno-pic -fno-asynchronous-unwind-tables \
             -ffunction-sections -fno-jump-tables

VMM_SRC = $(wildcard isa/*.c machine/devices/*.c vmm/*.c vmm/bare-metal/*.c) vmm/bare-metal/entry.S
VMM_OBJ = $(VMM_SRC:%=$(B)/rv32/%.o)

$(B)/rv32/%.o: %
	@mkdir -p $(@D)
	$(call Q,CC)$(VMM_CC) $(VMM_FLAGS) -MMD -MP -c $< -o $@

$(B)/vmm.elf: $(VMM_OBJ) vmm/bare-metal/link.ld
	$(call Q,LD)$(VMM_LD) -T vmm/bare-metal/link.ld --gc-sections --build-id=none -mllvm -jump-is-expensive=0 \
	    -mllvm -tail-dup-placement-threshold=6 $(VMM_OBJ) -o $@

-include $(VMM_OBJ:.o=.d)
