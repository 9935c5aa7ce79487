# SPDX-License-Identifier: MIT
# thirdgen: `make help` lists what there is to make.

CC       = gcc
CFLAGS   = -O2 -g
WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
STANDARD = -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
PREFIX   = /usr/local
B        = build

ALL_CFLAGS = $(STANDARD) $(WARNINGS) -I. $(CFLAGS) -MMD -MP
LDLIBS     = -lelf -lyaml -lreadline

# The library: everything but main.  Each directory's sources, in the order of the arrows.
LIB_DIRS = isa machine/devices machine vmm vmm/hosted vmm/theorem assembler cli cli/repl
LIB_SRC  = $(filter-out cli/main.c cli/embedded.c,$(foreach d,$(LIB_DIRS),$(wildcard $(d)/*.c)))
LIB_OBJ  = $(LIB_SRC:%.c=$(B)/%.o)

.DEFAULT_GOAL = all
.PHONY: all demo check test test-all bench prove fuzz lint format install clean deps test-deps help

all: $(B)/thirdgen ## build/thirdgen

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

$(B)/libthirdgen.a: $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(B)/thirdgen: $(B)/cli/main.o $(B)/libthirdgen.a
	$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@

clean: ## remove build/
	rm -rf $(B)

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

-include $(LIB_OBJ:.o=.d)
