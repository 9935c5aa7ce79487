# SPDX-License-Identifier: MIT
# Everything built by clang with the address and undefined-behaviour sanitizers,
# and with it the tests that reach the most code: make sanitize.

SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

.PHONY: sanitize sanitized

sanitize: ## the unit tests, the corpora and some more, under ASan and UBSan
	+$(MAKE) --no-print-directory -f $(firstword $(MAKEFILE_LIST)) B=$(B)/asan CC=clang CFLAGS="-O1 -g $(SANITIZE)" LDFLAGS="$(SANITIZE)" sanitized

# By their names in tests/run.py.  What a sanitizer finds ends the process with a
# status that no test expects.
SANITIZED = 'unit tests' 'command line' 'broken ELF files' 'guest kernel' 'examples' 'variants' 'one guest of several' \
            'gdb, packet' 'chrome traces'

sanitized: $(TEST_PROGRAMS)
	$(B)/thirdgen check --cases 2k --seed 7 >$(B)/check.log || { cat $(B)/check.log; exit 1; }
	for name in $(SANITIZED); do $(RUN_TESTS) --only "$$name" quick || exit 1; done
