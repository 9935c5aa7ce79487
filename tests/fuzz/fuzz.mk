# SPDX-License-Identifier: MIT
# Fuzzing: libFuzzer's targets, with the address and undefined-behaviour sanitizers (clang).
#
#   make fuzz TIME=600     each target for that many seconds
#   make fuzz-smoke        each builds, and runs a bounded number of times on its corpus
#
# The corpora that grow are in $(B)/fuzz/corpus, what was found in $(B)/fuzz/found.

FUZZ_CC      = clang
FUZZ_TARGETS = guest witness yaml elf assembler gdb
FUZZ_CFLAGS  = -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all
TIME         = 60

# All of the library but the commands; and, for gdb, the REPL.
FUZZ_CLI = description embedded fields json size utf8 variants state_file step_file witness yaml classify layout nesting options progress \
           stats table target trace
FUZZ_SRC = $(filter-out cli/%,$(LIB_SRC)) $(FUZZ_CLI:%=cli/%.c) $(filter cli/repl/% cli/gdb/%,$(LIB_SRC))
FUZZ_OBJ = $(FUZZ_SRC:%.c=$(B)/fuzz/%.o)
FUZZ_RUN = $(PYTHON) tests/fuzz/run.py --build $(B)

$(B)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(call Q,CC)$(FUZZ_CC) $(filter-out $(CFLAGS),$(ALL_CFLAGS)) $(FUZZ_CFLAGS) \
	    -fsanitize=fuzzer-no-link,address,undefined -c $< -o $@

$(B)/fuzz/libfuzzed.a: $(FUZZ_OBJ)
	@rm -f $@
	$(call Q,AR)ar rcs $@ $^

$(FUZZ_TARGETS:%=$(B)/fuzz/%_fuzz): $(B)/fuzz/%_fuzz: $(B)/fuzz/tests/fuzz/%_fuzz.o $(B)/embedded1.embedded.o \
                                    $(B)/fuzz/libfuzzed.a
	$(call Q,LD)$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer,address,undefined $^ $(LDLIBS) -o $@

# Seeds are made anew; what the fuzzer adds to them is kept apart.
$(B)/fuzz/seeds.stamp: tests/fuzz/seeds.py $(B)/thirdgen $(wildcard tests/corpus/*.py tests/corpus/*/*)
	$(call Q,GEN)$(PYTHON) tests/fuzz/seeds.py --build $(B) $(B)/fuzz/seeds
	@touch $@

.PHONY: fuzz-targets fuzz-smoke
fuzz-targets: $(FUZZ_TARGETS:%=$(B)/fuzz/%_fuzz) $(B)/fuzz/seeds.stamp

fuzz: fuzz-targets ## look for what breaks the readers or tells bare from virtual: TIME=seconds each
	$(FUZZ_RUN) --seconds $(TIME) $(FUZZ_TARGETS)

fuzz-smoke: fuzz-targets ## the same, for a bounded number of runs
	$(FUZZ_RUN) --runs 2000 $(FUZZ_TARGETS)

-include $(FUZZ_OBJ:.o=.d) $(FUZZ_TARGETS:%=$(B)/fuzz/tests/fuzz/%_fuzz.d)
