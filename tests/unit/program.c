/* SPDX-License-Identifier: MIT */
#include "tests/unit/program.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "assembler/assembler.h"
#include "isa/instruction.h"

void
program_image(const char *text, struct image *image)
{
    struct diagnostics d = {0};
    struct assembly assembly;
    char error[IMAGE_ERROR_MAX] = "";
    unsigned char *elf = NULL;
    size_t length = 0;
    bool ok = assembler_assemble("test.s", text, strlen(text), NULL, &d, &assembly);

    diagnostics_print(&d, stdout, false);
    diagnostics_free(&d);
    CU_ASSERT_TRUE_FATAL(ok);
    elf = assembler_write_elf(&assembly, &length);
    CU_ASSERT_PTR_NOT_NULL_FATAL(elf);
    assembly_free(&assembly);
    ok = image_read(image, elf, length, error);
    free(elf);
    CU_ASSERT_STRING_EQUAL(error, "");
    CU_ASSERT_TRUE_FATAL(ok);
}

unsigned
program_register(const char *name)
{
    int r = isa_register_number(name, (unsigned)strlen(name));

    CU_ASSERT_FATAL(r >= 0);
    return (unsigned)r;
}
