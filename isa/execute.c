/* SPDX-License-Identifier: MIT */
/* One instruction, executed.  Each rule of the manual once; semantics.h has the arithmetic. */
#include "isa/execute.h"

#include "isa/csr.h"
#include "isa/privileged.h"
#include "isa/semantics.h"

void
isa_reset(struct isa_hart *h, uint32_t entry, uint32_t a1)
{
    static const struct isa_hart zero;

    *h = zero;
    h->x[11] = a1;
    h->pc = entry;
    h->mode = ISA_MACHINE;
    h->mbound = 0xfffffffcu;
}

static void
set_register(struct isa_hart *h, uint32_t rd, uint32_t value)
{
    if (rd != 0)
        h->x[rd] = value;
}

static void
count(struct isa_hart *h)
{
    h->mcycle++;
    h->minstret++;
    h->mtime++;
}

void
isa_retire(struct isa_hart *h)
{
    h->pc += 4;
    count(h);
}

static enum isa_result
done(struct isa_hart *h, uint32_t rd, uint32_t value)
{
    set_register(h, rd, value);
    isa_retire(h);
    return ISA_DONE;
}

static enum isa_result
trap(struct isa_outcome *out, uint32_t cause, uint32_t tval)
{
    out->cause = cause;
    out->tval = tval;
    return ISA_TRAP;
}

static enum isa_result
illegal(struct isa_outcome *out, uint32_t word)
{
    return trap(out, CAUSE_illegal, word);
}

enum isa_result
isa_refuse(struct isa_outcome *out)
{
    return trap(out, out->access.store ? CAUSE_store_access : CAUSE_load_access,
                out->access.address);
}

enum isa_result
isa_fetch(const struct isa_hart *h, const struct isa_ram *ram, uint32_t *word,
          struct isa_outcome *out)
{
    struct isa_window w;
    uint32_t offset;

    isa_hart_window(h, ram->size, &w);
    if (!isa_relocate(&w, h->pc, 4, &offset))
        return trap(out, CAUSE_fetch_access, h->pc);
    *word = isa_ram_load(ram->bytes + offset, 4);
    return ISA_DONE;
}

/* ---- jumps and branches (Volume I, section 2.5) ---- */

/* The target of a jump is 4-byte aligned, or the jump itself traps. */
static enum isa_result
jump(struct isa_hart *h, uint32_t rd, uint32_t target, struct isa_outcome *out)
{
    if ((target & 3) != 0)
        return trap(out, CAUSE_fetch_misaligned, target);
    set_register(h, rd, h->pc + 4);
    h->pc = target;
    count(h);
    return ISA_DONE;
}

static enum isa_result
branch(struct isa_hart *h, uint32_t word, bool taken, struct isa_outcome *out)
{
    if (!taken) {
        isa_retire(h);
        return ISA_DONE;
    }
    return jump(h, 0, h->pc + isa_imm_b(word), out);
}

/* ---- loads and stores (section 2.6) ---- */

/*
 * Where the `bytes` at va lie in RAM.  Misaligned before access fault.  Outside
 * RAM in M-mode it may be a device's: ISA_ACCESS.
 */
static enum isa_result
reach(const struct isa_hart *h, const struct isa_ram *ram, uint32_t va, uint32_t bytes, bool store,
      uint32_t *offset, struct isa_outcome *out)
{
    struct isa_window w;

    if ((va & (bytes - 1)) != 0)
        return trap(out, store ? CAUSE_store_misaligned : CAUSE_load_misaligned, va);
    isa_hart_window(h, ram->size, &w);
    if (isa_relocate(&w, va, bytes, offset))
        return ISA_DONE;
    out->access.address = va;
    out->access.bytes = bytes;
    out->access.store = store;
    return h->mode == ISA_MACHINE ? ISA_ACCESS : isa_refuse(out);
}

/* A loaded value, as load instruction `insn` fills a register with it. */
static uint32_t
widen(enum isa_insn insn, uint32_t value)
{
    switch (insn) {
#define WIDEN(id, mnemonic, operands, match, mask, meaning, about)                                 \
    case INSN_##id: return isa_widen_##meaning(value);
        ISA_LOAD(WIDEN)
#undef WIDEN
    default: return value;
    }
}

static enum isa_result
load(struct isa_hart *h, const struct isa_ram *ram, enum isa_insn insn, uint32_t bytes,
     uint32_t word, struct isa_outcome *out)
{
    uint32_t offset = 0;
    enum isa_result r =
        reach(h, ram, h->x[isa_rs1(word)] + isa_imm_i(word), bytes, false, &offset, out);

    if (r != ISA_DONE)
        return r;
    return done(h, isa_rd(word), widen(insn, isa_ram_load(ram->bytes + offset, bytes)));
}

static enum isa_result
store(struct isa_hart *h, const struct isa_ram *ram, uint32_t bytes, uint32_t word,
      struct isa_outcome *out)
{
    uint32_t offset = 0, value = h->x[isa_rs2(word)];
    enum isa_result r =
        reach(h, ram, h->x[isa_rs1(word)] + isa_imm_s(word), bytes, true, &offset, out);

    if (r != ISA_DONE) {
        out->access.value = value;
        return r;
    }
    isa_ram_store(ram->bytes + offset, bytes, value);
    isa_retire(h);
    return ISA_DONE;
}

bool
isa_access_of(const struct isa_hart *h, uint32_t word, struct isa_access *access)
{
    switch (word & 0x707f) {
#define LOAD(id, mnemonic, operands, match, mask, meaning, about)                                  \
    case match:                                                                                    \
        access->store = false;                                                                     \
        access->bytes = ISA_BYTES_##meaning;                                                       \
        break;
        ISA_LOAD(LOAD)
#undef LOAD
#define STORE(id, mnemonic, operands, match, mask, meaning, about)                                 \
    case match:                                                                                    \
        access->store = true;                                                                      \
        access->bytes = ISA_BYTES_##meaning;                                                       \
        break;
        ISA_STORE(STORE)
#undef STORE
    default: return false;
    }
    access->address = h->x[isa_rs1(word)] + (access->store ? isa_imm_s(word) : isa_imm_i(word));
    access->value = access->store ? h->x[isa_rs2(word)] : 0;
    return true;
}

void
isa_served(struct isa_hart *h, uint32_t word, const struct isa_access *access)
{
    if (!access->store)
        set_register(h, isa_rd(word), widen(isa_decode(word), access->value));
}

void
isa_complete(struct isa_hart *h, uint32_t word, const struct isa_access *access)
{
    isa_served(h, word, access);
    isa_retire(h);
}

/* ---- atomics (chapter 8): no device takes them, and they count as stores but for lr ---- */

static enum isa_result
reach_atomic(const struct isa_hart *h, const struct isa_ram *ram, uint32_t va, bool store,
             uint32_t *offset, struct isa_outcome *out)
{
    enum isa_result r = reach(h, ram, va, 4, store, offset, out);

    return r == ISA_ACCESS ? isa_refuse(out) : r;
}

static enum isa_result
load_reserved(struct isa_hart *h, const struct isa_ram *ram, uint32_t word, struct isa_outcome *out)
{
    uint32_t offset = 0;
    enum isa_result r = reach_atomic(h, ram, h->x[isa_rs1(word)], false, &offset, out);

    if (r != ISA_DONE)
        return r;
    h->mresv = offset | MRESV_VALID;
    return done(h, isa_rd(word), isa_ram_load(ram->bytes + offset, 4));
}

static enum isa_result
store_conditional(struct isa_hart *h, const struct isa_ram *ram, uint32_t word,
                  struct isa_outcome *out)
{
    uint32_t offset = 0;
    enum isa_result r = reach_atomic(h, ram, h->x[isa_rs1(word)], true, &offset, out);
    bool reserved = h->mresv == (offset | MRESV_VALID);

    if (r != ISA_DONE)
        return r;
    h->mresv = 0;
    if (reserved)
        isa_ram_store(ram->bytes + offset, 4, h->x[isa_rs2(word)]);
    return done(h, isa_rd(word), !reserved);
}

/* The word that read-modify-write `insn` leaves in memory. */
static uint32_t
modify(enum isa_insn insn, uint32_t old, uint32_t operand)
{
    switch (insn) {
#define MODIFY(id, mnemonic, operands, match, mask, meaning, about)                                \
    case INSN_##id: return isa_op_##meaning(old, operand);
        ISA_AMO_RMW(MODIFY)
#undef MODIFY
    default: return old;
    }
}

static enum isa_result
read_modify_write(struct isa_hart *h, const struct isa_ram *ram, enum isa_insn insn, uint32_t word,
                  struct isa_outcome *out)
{
    uint32_t offset = 0, old;
    enum isa_result r = reach_atomic(h, ram, h->x[isa_rs1(word)], true, &offset, out);

    if (r != ISA_DONE)
        return r;
    old = isa_ram_load(ram->bytes + offset, 4);
    isa_ram_store(ram->bytes + offset, 4, modify(insn, old, h->x[isa_rs2(word)]));
    return done(h, isa_rd(word), old);
}

/* ---- the privileged instructions ---- */

bool
isa_csr_writes(enum isa_insn insn, uint32_t word)
{
    (void)insn;
    return isa_csr_word_writes(word);
}

enum isa_result
isa_csr_access(struct isa_hart *h, uint32_t ram_size, uint32_t word, struct isa_outcome *out)
{
    uint32_t number = isa_csr_field(word), old;
    bool writes = isa_csr_word_writes(word);

    if (!isa_csr_exists(number) || (writes && isa_csr_read_only(number)))
        return illegal(out, word);
    old = isa_csr_read(h, number);
    if (writes)
        isa_csr_write(h, number, isa_csr_updated(h, old, word), ram_size);
    isa_set_rd(h, word, old);
    return ISA_DONE;
}

static enum isa_result
csr_instruction(struct isa_hart *h, uint32_t ram_size, uint32_t word, struct isa_outcome *out)
{
    enum isa_result r = isa_csr_access(h, ram_size, word, out);

    if (r == ISA_DONE)
        isa_retire(h);
    return r;
}

enum isa_result
isa_ecall(const struct isa_hart *h, struct isa_outcome *out)
{
    return trap(out, h->mode == ISA_MACHINE ? CAUSE_ecall_machine : CAUSE_ecall_user, 0);
}

void
isa_mret(struct isa_hart *h)
{
    isa_return(h);
    count(h);
}

static enum isa_result
wait_for_interrupt(struct isa_hart *h)
{
    if ((h->mip & h->mie) == 0)
        return ISA_WAIT;
    isa_retire(h);
    return ISA_DONE;
}

/* A privileged instruction in M-mode, or with full effect by a variant's rule. */
static enum isa_result
privileged(struct isa_hart *h, const struct isa_ram *ram, enum isa_insn insn, uint32_t word,
           struct isa_outcome *out)
{
    switch (insn) {
    case INSN_mret: isa_mret(h); return ISA_DONE;
    case INSN_wfi: return wait_for_interrupt(h);
    default: return csr_instruction(h, ram->size, word, out);
    }
}

enum isa_action
isa_user_mode_action(const struct isa_variant *v, enum isa_insn insn, uint32_t word)
{
    if (insn == INSN_mret || insn == INSN_wfi)
        return isa_variant_action(v, RULE_instruction, insn);
    return isa_variant_action(v, isa_csr_writes(insn, word) ? RULE_csr_write : RULE_csr_read,
                              isa_csr_field(word));
}

static enum isa_result
privileged_in_user_mode(struct isa_hart *h, const struct isa_ram *ram, const struct isa_variant *v,
                        enum isa_insn insn, uint32_t word, struct isa_outcome *out)
{
    switch (isa_user_mode_action(v, insn, word)) {
    case ACTION_execute: return privileged(h, ram, insn, word, out);
    case ACTION_ignore: isa_retire(h); return ISA_DONE;
    case ACTION_read_zero: return done(h, isa_rd(word), 0);
    case ACTION_jump: return jump(h, 0, h->mepc, out);
    case ACTION_trap: break;
    }
    return illegal(out, word);
}

/* ---- all of them ---- */

enum isa_result
isa_execute(struct isa_hart *h, const struct isa_ram *ram, const struct isa_variant *v,
            uint32_t word, struct isa_outcome *out)
{
    enum isa_insn insn = isa_decode(word);
    uint32_t rd = isa_rd(word), a = h->x[isa_rs1(word)], b = h->x[isa_rs2(word)];

    switch (insn) {
    case INSN_lui: return done(h, rd, isa_imm_u(word));
    case INSN_auipc: return done(h, rd, h->pc + isa_imm_u(word));
    case INSN_jal: return jump(h, rd, h->pc + isa_imm_j(word), out);
    case INSN_jalr: return jump(h, rd, (a + isa_imm_i(word)) & ~1u, out);

#define BRANCH(id, mnemonic, operands, match, mask, meaning, about)                                \
    case INSN_##id: return branch(h, word, isa_taken_##meaning(a, b), out);
        ISA_BRANCH(BRANCH)
#undef BRANCH
#define LOAD(id, mnemonic, operands, match, mask, meaning, about)                                  \
    case INSN_##id: return load(h, ram, insn, ISA_BYTES_##meaning, word, out);
        ISA_LOAD(LOAD)
#undef LOAD
#define STORE(id, mnemonic, operands, match, mask, meaning, about)                                 \
    case INSN_##id: return store(h, ram, ISA_BYTES_##meaning, word, out);
        ISA_STORE(STORE)
#undef STORE
#define OP_IMM(id, mnemonic, operands, match, mask, meaning, about)                                \
    case INSN_##id: return done(h, rd, isa_op_##meaning(a, isa_imm_i(word)));
        ISA_OP_IMM(OP_IMM)
#undef OP_IMM
#define OP(id, mnemonic, operands, match, mask, meaning, about)                                    \
    case INSN_##id: return done(h, rd, isa_op_##meaning(a, b));
        ISA_OP(OP)
#undef OP
#define AMO(id, mnemonic, operands, match, mask, meaning, about) case INSN_##id:
        ISA_AMO_RMW(AMO)
#undef AMO
        return read_modify_write(h, ram, insn, word, out);

    case INSN_fence:
    case INSN_fence_i: isa_retire(h); return ISA_DONE;
    case INSN_lr_w: return load_reserved(h, ram, word, out);
    case INSN_sc_w: return store_conditional(h, ram, word, out);

    case INSN_ecall: return isa_ecall(h, out);
    case INSN_ebreak: return trap(out, CAUSE_breakpoint, h->pc);

#define PRIVILEGED(id, mnemonic, operands, match, mask, meaning, about) case INSN_##id:
        ISA_PRIVILEGED(PRIVILEGED)
#undef PRIVILEGED
        if (h->mode == ISA_MACHINE)
            return privileged(h, ram, insn, word, out);
        return privileged_in_user_mode(h, ram, v, insn, word, out);

    case INSN_undefined: break;
    }
    return illegal(out, word);
}
