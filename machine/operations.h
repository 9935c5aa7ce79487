/* SPDX-License-Identifier: MIT */
/*
 * What each kind of operation does, in terms of the semantics of isa/ and of
 * how one operation leads to another, which the includer says:
 *
 *   OPERATION(kind) { ... }   the body of a kind; it ends with one of:
 *   GO                        on, at ip
 *   DEFER(kind)               as that kind, at ip
 *   CALL(function)            a function of the engine's, with the state saved
 *   LEAVE                     out of the engine's loop
 *
 * LOOK(ip): leave if the budget may be used up at ip.
 *
 * Included for each form of dispatch there is.
 */

#define RD  m->hart.x[ip->rd]
#define RS1 m->hart.x[ip->rs1]
#define RS2 m->hart.x[ip->rs2]

#define NEXT                                                                                       \
    do {                                                                                           \
        ip++;                                                                                      \
        GO;                                                                                        \
    } while (0)

OPERATION(undecoded)
{
    CALL(threaded_decode);
}

/* Whatever is rare, or is to trap: as the reference engine does it. */
OPERATION(execute)
{
    CALL(threaded_execute);
}

OPERATION(system)
{
    CALL(threaded_system);
}

/* ecall and mret, which swap mode and pc, and know of no counter. */
OPERATION(swap)
{
    CALL(threaded_swap);
}

OPERATION(leave)
{
    LEAVE;
}

OPERATION(nop)
{
    NEXT;
}

OPERATION(lui)
{
    RD = ip->imm;
    NEXT;
}

OPERATION(auipc)
{
    RD = decoded_pc(&m->decoded, ip) + ip->imm;
    NEXT;
}

/* ---- jumps and branches: the target first, since it has to be in the window ---- */

OPERATION(j)
{
    const struct operation *to = ahead(ip, ip->imm);

    if (unlikely(to < m->decoded.first || to >= m->decoded.end))
        DEFER(execute);
    JUMP(to);
}

OPERATION(jal)
{
    const struct operation *to = ahead(ip, ip->imm);

    if (unlikely(to < m->decoded.first || to >= m->decoded.end))
        DEFER(execute);
    RD = decoded_pc(&m->decoded, ip) + 4;
    JUMP(to);
}

OPERATION(jr)
{
    uint32_t off = (RS1 + ip->imm) & ~1u;

    if (unlikely((off & 2) != 0 || off >= bound))
        DEFER(execute);
    JUMP_COMPUTED(at_offset(&m->decoded, off));
}

OPERATION(jalr)
{
    uint32_t off = (RS1 + ip->imm) & ~1u;

    if (unlikely((off & 2) != 0 || off >= bound))
        DEFER(execute);
    RD = decoded_pc(&m->decoded, ip) + 4;
    JUMP_COMPUTED(at_offset(&m->decoded, off));
}

#define BRANCH(id, mnemonic, operands, match, mask, meaning, about)                                \
    OPERATION(id##_back)                                                                           \
    {                                                                                              \
        if (!isa_taken_##meaning(RS1, RS2))                                                        \
            NEXT;                                                                                  \
        if (unlikely(ahead(ip, ip->imm) < m->decoded.first))                                       \
            DEFER(execute);                                                                        \
        JUMP(ahead(ip, ip->imm));                                                                  \
    }                                                                                              \
    OPERATION(id##_far)                                                                            \
    {                                                                                              \
        if (!isa_taken_##meaning(RS1, RS2))                                                        \
            NEXT;                                                                                  \
        if (unlikely(ahead(ip, ip->imm) >= m->decoded.end))                                        \
            DEFER(execute);                                                                        \
        JUMP(ahead(ip, ip->imm));                                                                  \
    }                                                                                              \
    OPERATION(id##_forward)                                                                        \
    {                                                                                              \
        if (!isa_taken_##meaning(RS1, RS2))                                                        \
            NEXT;                                                                                  \
        if (unlikely(ahead(ip, ip->imm) >= m->decoded.end))                                        \
            DEFER(execute);                                                                        \
        HOP(ahead(ip, ip->imm));                                                                   \
    }
ISA_BRANCH(BRANCH)
#undef BRANCH

/* ---- loads and stores: in the window and aligned, or the long way ---- */

#define LOAD(id, mnemonic, operands, match, mask, meaning, about)                                  \
    OPERATION(id)                                                                                  \
    {                                                                                              \
        uint32_t off = RS1 + ip->imm;                                                              \
                                                                                                   \
        if (unlikely(misses(off, ISA_BYTES_##meaning, bound)))                                     \
            DEFER(execute);                                                                        \
        RD = isa_widen_##meaning(isa_ram_load(mem + off, ISA_BYTES_##meaning));                    \
        NEXT;                                                                                      \
    }
ISA_LOAD(LOAD)
#undef LOAD

#define STORE(id, mnemonic, operands, match, mask, meaning, about)                                 \
    OPERATION(id)                                                                                  \
    {                                                                                              \
        uint32_t off = RS1 + ip->imm;                                                              \
                                                                                                   \
        if (unlikely(misses(off - m->decoded.clean_low, ISA_BYTES_##meaning,                       \
                            m->decoded.clean_bound)) &&                                            \
            (misses(off, ISA_BYTES_##meaning, bound) || is_marked(&m->decoded, off)))              \
            DEFER(execute);                                                                        \
        isa_ram_store(mem + off, ISA_BYTES_##meaning, RS2);                                        \
        NEXT;                                                                                      \
    }
ISA_STORE(STORE)
#undef STORE

/* ---- arithmetic ---- */

#define OP_IMM(id, mnemonic, operands, match, mask, meaning, about)                                \
    OPERATION(id)                                                                                  \
    {                                                                                              \
        RD = isa_op_##meaning(RS1, ip->imm);                                                       \
        NEXT;                                                                                      \
    }
ISA_OP_IMM(OP_IMM)
#undef OP_IMM

#define OP(id, mnemonic, operands, match, mask, meaning, about)                                    \
    OPERATION(id)                                                                                  \
    {                                                                                              \
        RD = isa_op_##meaning(RS1, RS2);                                                           \
        NEXT;                                                                                      \
    }
ISA_OP(OP)
#undef OP

/* ---- privileged instructions ---- */

OPERATION(csr_read)
{
    if (unlikely(m->hart.mode != ISA_MACHINE))
        DEFER(system);
    threaded_csr_read(m, ip);
    NEXT;
}

#define CSR(id, mnemonic, operands, match, mask, meaning, about)                                   \
    OPERATION(id)                                                                                  \
    {                                                                                              \
        if (unlikely(!threaded_csr_write(m, ip)))                                                  \
            DEFER(system);                                                                         \
        NEXT;                                                                                      \
    }
ISA_CSR_REGISTER(CSR)
ISA_CSR_IMMEDIATE(CSR)
#undef CSR

#undef RD
#undef RS1
#undef RS2
#undef NEXT
