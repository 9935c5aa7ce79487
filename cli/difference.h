/* SPDX-License-Identifier: MIT */
/* Where a guest and the bare machine part, told: by compare and theorem. */
#ifndef CLI_DIFFERENCE_H
#define CLI_DIFFERENCE_H

#include "cli/json.h"
#include "cli/target.h"
#include "vmm/theorem/compare.h"

enum { DIFFERENCE_WHY = 1280 }; /* bytes of a reason */

/* The first difference, side by side, and why, for 80 columns. */
void difference_print(const struct compare_result *r, const struct target *t, FILE *to);

/* The same as members of the open object of `j`. */
void difference_json(const struct compare_result *r, const struct target *t, struct json *j);

/* Why the two part there, a paragraph, into `text` (`size` bytes). */
void difference_why(const struct compare_result *r, const struct target *t, char *text,
                    size_t size);

/* `verdict`, and what was compared: "builtin:guestos, bare and under the hosted monitor, ISA ...".
 */
void difference_headline(const char *verdict, const struct target *t, FILE *to);

/* Is the observed guest's monitor a hybrid one? */
bool difference_hybrid(const struct target *t);

#endif
