# SPDX-License-Identifier: MIT
# The bare-metal monitor: the core as it is, for RV32, with clang and lld.
# Included by the top Makefile, or alone: make -f vmm/bare-metal/rules.mk

B         ?= build
VMM_CC    ?= clang
VMM_FLAGS  = --target=riscv32 -march=rv32ima -mabi=ilp32 -mno-relax -O2 -std=c11 -I. \
             -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
             -Werror -ffreestanding -nostdlib -fno-pic \
             -fno-asynchronous-unwind-tables -ffunction-sections
VMM_LINK   = -fuse-ld=lld -Wl,-T,vmm/bare-metal/link.ld -Wl,--gc-sections -Wl,--build-id=none

VMM_SRC = $(wildcard isa/*.c machine/devices/*.c vmm/*.c vmm/bare-metal/*.c) vmm/bare-metal/entry.S
VMM_OBJ = $(VMM_SRC:%=$(B)/rv32/%.o)

$(B)/rv32/%.o: %
	@mkdir -p $(@D)
	$(VMM_CC) $(VMM_FLAGS) -nostdlibinc -MMD -MP -c $< -o $@

$(B)/vmm.elf: $(VMM_OBJ) vmm/bare-metal/link.ld
	$(VMM_CC) $(VMM_FLAGS) $(VMM_LINK) $(VMM_OBJ) -o $@

-include $(VMM_OBJ:.o=.d)
