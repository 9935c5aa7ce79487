/* SPDX-License-Identifier: MIT */
/* All CUnit suites: usage: unit.  The exit status is 0 when every assertion held. */
#include <CUnit/Basic.h>
#include <stdlib.h>

#include "tests/unit/suites.h"

static void (*const suites[])(void) = {SUITES};

int
main(void)
{
    unsigned failures;

    if (CU_initialize_registry() != CUE_SUCCESS)
        return EXIT_FAILURE;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        suites[i]();
    CU_basic_set_mode(CU_BRM_NORMAL);
    (void)CU_basic_run_tests();
    failures = CU_get_number_of_failures() + CU_get_number_of_tests_failed();
    failures += CU_get_number_of_tests_run() == 0;
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
