/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer's target for the readers of descriptions and of variants: no text
 * may crash them, leak, or be accepted with a mistake, and what is refused is
 * refused with a reason that can be printed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/description.h"
#include "cli/variants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

/* What every reader owes: `good` says whether there were errors; each has a message and, in a
 * file, stands in its place in the order of lines. */
static void
check(struct diagnostics *d, bool good, FILE *sink)
{
    unsigned line = 0;

    must(good == (d->errors == 0));
    for (size_t i = 0; i < d->count; i++) {
        const struct diagnostic *one = &d->list[i];

        must(one->message[0] != '\0');
        if (one->kind == DIAGNOSTIC_note)
            continue;
        must(one->line >= line);
        line = one->line;
    }
    diagnostics_print(d, sink, true);
    diagnostics_free(d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *sink;
    struct diagnostics d = {0};
    struct description *description;
    struct variant_file variant;

    if (sink == NULL)
        sink = fopen("/dev/null", "w");
    must(sink != NULL);
    bool good = description_parse("folder/fuzz.yaml", (const char *)data, size, &d, &description);
    must(good == (description != NULL));
    check(&d, good, sink);
    description_free(description);

    good = variant_parse("fuzz.yaml", (const char *)data, size, &d, &variant);
    must(!good || variant.isa.count <= ISA_RULES_MAX);
    check(&d, good, sink);
    if (good)
        variant_free(&variant);
    return 0;
}
