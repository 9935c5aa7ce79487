/* SPDX-License-Identifier: MIT */
#include "cli/repl/frames.h"

#include <stdio.h>

enum { SCAN = 512, RA = 1, SP = 2 }; /* instructions looked back for a function's beginning */

struct reader {
    const struct repl_levels *ls;
    unsigned row;
    struct isa_hart h;
};

static bool
read_word(const struct reader *r, uint32_t va, uint32_t *word)
{
    uint32_t pa;

    return va % 4 == 0 && repl_level_relocate(r->ls, r->row, &r->h, va, 4, &pa) &&
           repl_level_load(r->ls, r->row, pa, 4, word);
}

static bool
moves_sp(uint32_t word, int32_t *by)
{
    *by = (int32_t)isa_imm_i(word);
    return isa_decode(word) == INSN_addi && isa_rd(word) == SP && isa_rs1(word) == SP;
}

static bool
is_return(uint32_t word)
{
    return word == 0x00008067 || isa_decode(word) == INSN_mret; /* jalr zero,0(ra) */
}

static bool
follows_call(const struct reader *r, uint32_t ra)
{
    uint32_t word;
    enum isa_insn insn;

    if (!read_word(r, ra - 4, &word))
        return false;
    insn = isa_decode(word);
    return (insn == INSN_jal || insn == INSN_jalr) && (isa_rd(word) == RA || isa_rd(word) == 5);
}

/*
 * The `addi sp,sp,-N` before pc that made the frame: its address, and N.  In
 * the innermost function, one that has returned its frame, or is behind a
 * return, has none; further out one there must be.
 */
static bool
find_beginning(const struct reader *r, uint32_t pc, bool innermost, uint32_t *at, uint32_t *size)
{
    for (uint32_t va = pc - 4; pc - va <= 4 * SCAN; va -= 4) {
        uint32_t word;
        int32_t by;

        if (!read_word(r, va, &word))
            return false;
        if (innermost && (is_return(word) || (moves_sp(word, &by) && by > 0)))
            return false;
        if (!moves_sp(word, &by) || by >= 0)
            continue;
        *at = va;
        *size = (uint32_t)-by;
        return true;
    }
    return false;
}

/* `sw ra,M(sp)` between the beginning and pc: M. */
static bool
find_saved(const struct reader *r, uint32_t beginning, uint32_t pc, uint32_t *offset)
{
    for (uint32_t va = beginning + 4; va < pc; va += 4) {
        uint32_t word;

        if (!read_word(r, va, &word))
            return false;
        if (isa_decode(word) == INSN_sw && isa_rs1(word) == SP && isa_rs2(word) == RA) {
            *offset = isa_imm_s(word);
            return true;
        }
    }
    return false;
}

/* The caller of `from`; false, with the reason, where it can't be known. */
static bool
caller(const struct reader *r, const struct repl_frame *from, bool innermost, struct repl_frame *to,
       char *end)
{
    uint32_t beginning, size = 0, offset, ra = r->h.x[RA];
    bool framed = find_beginning(r, from->pc, innermost, &beginning, &size);
    bool saved = framed && find_saved(r, beginning, from->pc, &offset);

    if (!innermost && !saved) {
        (void)snprintf(end, REPL_PROBLEM_MAX, "no `sw ra,...(sp)' was found before 0x%08x",
                       from->pc);
        return false;
    }
    if (saved && !read_word(r, from->sp + offset, &ra)) {
        (void)snprintf(end, REPL_PROBLEM_MAX, "ra was saved at 0x%08x, which can't be read",
                       from->sp + offset);
        return false;
    }
    if (!follows_call(r, ra)) {
        (void)snprintf(end, REPL_PROBLEM_MAX,
                       "the return address, 0x%08x, does not stand behind a call", ra);
        return false;
    }
    to->pc = ra;
    to->sp = from->sp + (framed ? size : 0);
    return true;
}

void
repl_frames(const struct repl_levels *ls, unsigned i, struct repl_frames *f)
{
    struct reader r = {.ls = ls, .row = i};

    repl_level_hart(ls, i, &r.h);
    f->list[0] = (struct repl_frame){r.h.pc, r.h.x[SP]};
    f->end[0] = '\0';
    for (f->count = 1; f->count < REPL_FRAMES_MAX; f->count++)
        if (!caller(&r, &f->list[f->count - 1], f->count == 1, &f->list[f->count], f->end))
            return;
    (void)snprintf(f->end, sizeof f->end, "%d frames are shown at most", REPL_FRAMES_MAX);
}
