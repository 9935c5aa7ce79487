/* SPDX-License-Identifier: MIT */
#include "cli/gdb/registers.h"

#include <inttypes.h>

#include "cli/repl/past.h"
#include "cli/table.h"
#include "isa/csr.h"
#include "isa/disassemble.h"

/* ---- values ---- */

/* What the expressions of the REPL call it, into `name` (REPL_SYMBOL_MAX bytes). */
static bool
name_of(uint32_t number, char *name)
{
    if (number < 32)
        (void)snprintf(name, REPL_SYMBOL_MAX, "%s", isa_register_name(number));
    else if (number == GDB_PC)
        (void)snprintf(name, REPL_SYMBOL_MAX, "pc");
    else if (number == GDB_PRIV)
        (void)snprintf(name, REPL_SYMBOL_MAX, "mode");
    else
        return number >= GDB_CSR && isa_csr_name(number - GDB_CSR, name);
    return true;
}

bool
gdb_register_read(const struct repl *r, unsigned row, uint32_t number, uint32_t *value)
{
    struct isa_hart h;

    repl_level_hart(&r->levels, row, &h);
    if (number < 32)
        *value = h.x[number];
    else if (number == GDB_PC)
        *value = h.pc;
    else if (number == GDB_PRIV)
        *value = h.mode;
    else if (number >= GDB_CSR && isa_csr_exists(number - GDB_CSR))
        *value = isa_csr_read(&h, number - GDB_CSR);
    else
        return false;
    return true;
}

bool
gdb_register_write(struct repl *r, unsigned row, uint32_t number, uint32_t value)
{
    char name[REPL_SYMBOL_MAX];

    return name_of(number, name) && repl_edit_name(r, REPL_ENTRY_edit, row, name, value);
}

/* ---- the description ---- */

static void
put_register(struct gdb_text *t, const char *name, uint32_t number, const char *type)
{
    gdb_put(t, "<reg name=\"%s\" bitsize=\"32\" type=\"%s\" regnum=\"%" PRIu32 "\"/>\n", name, type,
            number);
}

static void
put_csrs(struct gdb_text *t)
{
    char name[ISA_CSR_NAME_MAX];
    int csr;

    for (unsigned i = 0; (csr = isa_csr_at(i)) >= 0; i++)
        if (isa_csr_name((uint32_t)csr, name))
            gdb_put(t,
                    "<reg name=\"%s\" bitsize=\"32\" type=\"int\" regnum=\"%d\" group=\"csr\"/>\n",
                    name, GDB_CSR + csr);
}

void
gdb_describe_target(struct gdb_text *t)
{
    gdb_put(t, "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
               "<target version=\"1.0\">\n<architecture>riscv:rv32</architecture>\n"
               "<osabi>none</osabi>\n"
               "<feature name=\"org.gnu.gdb.riscv.cpu\">\n");
    for (uint32_t i = 0; i < 32; i++)
        put_register(t, isa_register_name(i), i, i == 1 ? "code_ptr" : i == 2 ? "data_ptr" : "int");
    put_register(t, "pc", GDB_PC, "code_ptr");
    gdb_put(t, "</feature>\n<feature name=\"org.gnu.gdb.riscv.csr\">\n");
    put_csrs(t);
    gdb_put(t, "</feature>\n<feature name=\"org.gnu.gdb.riscv.virtual\">\n");
    put_register(t, "priv", GDB_PRIV, "int");
    gdb_put(t, "</feature>\n</target>\n");
}

/* ---- threads ---- */

const char *
gdb_thread_name(const struct repl *r, unsigned row, char *name)
{
    char title[REPL_TITLE_MAX];
    struct isa_hart h;

    repl_level_hart(&r->levels, row, &h);
    (void)snprintf(name, GDB_NAME_MAX, "%s %s", repl_level_title(&r->levels, row, title),
                   repl_level_mode(row, h.mode));
    return name;
}

/* What it does, where that is not to execute its program. */
static const char *
what_it_does(const struct repl *r, unsigned row)
{
    const struct vm *vm = repl_level_vm(&r->levels, row);
    struct isa_hart h;

    if (vm != NULL)
        switch (vm->state) {
        case VM_ended: return ", ended";
        case VM_halted: return ", in a wfi that nothing can end";
        case VM_waiting: return ", waiting";
        default: break;
        }
    repl_level_hart(&r->levels, row, &h);
    if (row == 0 && repl_levels_hosted(&r->levels) && h.mode == ISA_MACHINE)
        return ", in the monitor";
    if (r->levels.row[row].inner && !repl_level_at_boundary(&r->levels, row))
        return ", as at its last boundary";
    return "";
}

const char *
gdb_thread_state(const struct repl *r, unsigned row, char *text, size_t size)
{
    char steps[TABLE_COUNT_MAX];

    (void)snprintf(text, size, "t=%s%s", table_count(repl_level_steps(&r->levels, row), steps),
                   what_it_does(r, row));
    return text;
}

static void
put_escaped(struct gdb_text *t, const char *text)
{
    for (; *text != '\0'; text++)
        switch (*text) {
        case '<': gdb_put(t, "&lt;"); break;
        case '>': gdb_put(t, "&gt;"); break;
        case '&': gdb_put(t, "&amp;"); break;
        case '"': gdb_put(t, "&quot;"); break;
        default: gdb_put_bytes(t, text, 1); break;
        }
}

void
gdb_describe_threads(const struct repl *r, struct gdb_text *t)
{
    char name[GDB_NAME_MAX], state[REPL_SPACED_MAX];

    gdb_put(t, "<?xml version=\"1.0\"?>\n<threads>\n");
    for (unsigned i = 0; i < r->levels.count; i++) {
        if (!repl_level_known(&r->levels, i))
            continue;
        gdb_put(t, "<thread id=\"%x\" name=\"", i + 1);
        put_escaped(t, gdb_thread_name(r, i, name));
        gdb_put(t, "\">");
        put_escaped(t, gdb_thread_state(r, i, state, sizeof state));
        gdb_put(t, "</thread>\n");
    }
    gdb_put(t, "</threads>\n");
}
