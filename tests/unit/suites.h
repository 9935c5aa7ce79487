/* SPDX-License-Identifier: MIT */
/* The suites of unit tests: each adds itself to CUnit's registry. */
#ifndef TESTS_UNIT_SUITES_H
#define TESTS_UNIT_SUITES_H

void cli_suite(void);
void classify_suite(void);
void assembler_suite(void);
void console_suite(void);
void description_suite(void);
void engine_suite(void);
void history_suite(void);
void isa_suite(void);
void json_suite(void);
void machine_suite(void);
void repl_suite(void);
void vmm_suite(void);

/* All of them, in the order in which they run. */
#define SUITES                                                                                     \
    assembler_suite, classify_suite, cli_suite, console_suite, description_suite, engine_suite,    \
        history_suite, isa_suite, json_suite, machine_suite, repl_suite, vmm_suite

#endif
