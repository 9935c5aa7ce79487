# SPDX-License-Identifier: MIT
# The C example: needs clang and lld, and nothing of this project.  Included by
# the top Makefile, or alone: make -f examples/cprog/rules.mk

B           ?= build
CPROG_CC    ?= clang
CPROG_FLAGS  = --target=riscv32 -march=rv32ima -mabi=ilp32 -mno-relax -O2 \
               -std=c11 -Wall -Wextra -Werror -ffreestanding -nostdlib \
               -fuse-ld=lld -Wl,-T,examples/cprog/link.ld

$(B)/examples/cprog.elf: examples/cprog/main.c examples/cprog/start.S examples/cprog/link.ld
	@mkdir -p $(@D)
	$(CPROG_CC) $(CPROG_FLAGS) examples/cprog/start.S examples/cprog/main.c -o $@
