/* SPDX-License-Identifier: MIT */
/* The suites of unit tests: each adds itself to CUnit's registry. */
#ifndef TESTS_UNIT_SUITES_H
#define TESTS_UNIT_SUITES_H

void cli_suite(void);
void assembler_suite(void);
void description_suite(void);
void isa_suite(void);
void json_suite(void);

#endif
