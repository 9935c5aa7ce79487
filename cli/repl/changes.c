/* SPDX-License-Identifier: MIT */
#include "cli/repl/changes.h"

#include <stdio.h>
#include <string.h>

#include "isa/instruction.h"

static void
note(struct repl_changes *c, const char *name, uint32_t from, uint32_t to)
{
    if (from != to)
        c->list[c->count++] = (struct repl_change){name, from, to};
}

void
repl_changes(const struct isa_hart *a, const struct isa_hart *b, struct repl_changes *c)
{
    c->count = 0;
    note(c, "mode", a->mode, b->mode);
    for (unsigned i = 1; i < 32; i++)
        note(c, isa_register_name(i), a->x[i], b->x[i]);
#define NOTE_CSR(name) note(c, #name, a->name, b->name);
    REPL_CHANGING_CSRS(NOTE_CSR)
#undef NOTE_CSR
}

static void
describe(const struct repl_change *c, char *text, size_t size)
{
    if (strcmp(c->name, "mode") == 0)
        (void)snprintf(text, size, "mode %s -> %s", c->from == ISA_MACHINE ? "M" : "U",
                       c->to == ISA_MACHINE ? "M" : "U");
    else
        (void)snprintf(text, size, "%s 0x%x -> 0x%x", c->name, c->from, c->to);
}

const char *
repl_changes_text(const struct repl_changes *c, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < c->count; i++) {
        char one[64];

        describe(&c->list[i], one, sizeof one);
        if (used + strlen(one) + 8 > size) {
            (void)snprintf(text + used, size - used, ", ...");
            break;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "", one);
    }
    return text;
}
