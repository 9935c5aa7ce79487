/* SPDX-License-Identifier: MIT */
/* Programs in assembly for the unit tests of what runs them. */
#ifndef TESTS_UNIT_PROGRAM_H
#define TESTS_UNIT_PROGRAM_H

#include "machine/image.h"

/* `text` assembled; it is right, or the test ends with what is wrong printed. */
void program_image(const char *text, struct image *image);

/* The register called `name`, by its ABI name. */
unsigned program_register(const char *name);

#endif
