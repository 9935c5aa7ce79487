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

#define BRANCH(id, ...)                                                                            \
    OPERATION(id##_back)                                                                           \
    {                                                                                              \
        if (!taken_##id(RS1, RS2))                                                                 \
            NEXT;                                                                                  \
        if (unlikely(ahead(ip, ip->imm) < m->decoded.first))                                       \
            DEFER(execute);                                                                        \
        JUMP(ahead(ip, ip->imm));                                                                  \
    }                                                                                              \
    OPERATION(id##_far)                                                                            \
    {                                                                                              \
        if (!taken_##id(RS1, RS2))                                                                 \
            NEXT;                                                                                  \
        if (unlikely(ahead(ip, ip->imm) >= m->decoded.end))                                        \
            DEFER(execute);                                                                        \
        JUMP(ahead(ip, ip->imm));                                                                  \
    }                                                                                              \
    OPERATION(id##_forward)                                                                        \
    {                                                                                              \
        if (!taken_##id(RS1, RS2))                                                                 \
            NEXT;                                                                                  \
        if (unlikely(ahead(ip, ip->imm) >= m->decoded.end))                                        \
            DEFER(execute);                                                                        \
        HOP(ahead(ip, ip->imm));                                                                   \
    }
ISA_BRANCH(BRANCH)
#undef BRANCH

/* ---- loads and stores: in the window and aligned, or the long way ---- */

#define LOAD(id, ...)                                                                              \
    OPERATION(id)                                                                                  \
    {                                                                                              \
        uint32_t off = RS1 + ip->imm;                                                              \
                                                                                                   \
        if (unlikely(misses(off, bytes_##id, bound)))                                              \
            DEFER(execute);                                                                        \
        RD = load_##id(mem + off);                                                                 \
        NEXT;                                                                                      \
    }
ISA_LOAD(LOAD)
#undef LOAD

#define STORE(id, ...)                                                                             \
    OPERATION(id)                                                                                  \
    {                                                                                              \
        uint32_t off = RS1 + ip->imm;                                                              \
                                                                                                   \
        if (unlikely(cannot_store(&m->decoded, off, bytes_##id, bound)))                           \
            DEFER(execute);                                                                        \
        isa_ram_store(mem + off, bytes_##id, RS2);                                                 \
        NEXT;                                                                                      \
    }
ISA_STORE(STORE)
#undef STORE

/* ---- arithmetic ---- */

#define COMPUTE(id, ...)                                                                           \
    OPERATION(id)                                                                                  \
    {                                                                                              \
        RD = compute_##id(ip, RS1, RS2);                                                           \
        NEXT;                                                                                      \
    }
COMPUTE(lui, )
ISA_OP_IMM(COMPUTE)
ISA_OP(COMPUTE)
#undef COMPUTE

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

/* ---- pairs: the first, what it hands over in `value`, and the second ---- */

#define FIRST_compute(id)                                                                          \
    uint32_t value = compute_##id(ip, RS1, RS2);                                                   \
                                                                                                   \
    RD = value;                                                                                    \
    ip++;

#define FIRST_load(id)                                                                             \
    uint32_t off = RS1 + ip->imm, value;                                                           \
                                                                                                   \
    if (unlikely(misses(off, bytes_##id, bound)))                                                  \
        DEFER(execute);                                                                            \
    RD = value = load_##id(mem + off);                                                             \
    ip++;

#define FIRST_store(id)                                                                            \
    uint32_t off = RS1 + ip->imm;                                                                  \
                                                                                                   \
    if (unlikely(cannot_store(&m->decoded, off, bytes_##id, bound)))                               \
        DEFER(execute);                                                                            \
    isa_ram_store(mem + off, bytes_##id, RS2);                                                     \
    ip++;

#define FIRST_untaken(id)                                                                          \
    if (taken_##id(RS1, RS2))                                                                      \
        DEFER(id##_forward);                                                                       \
    ip++;

/* Operands of the second: one of them may be the first's value. */
#define A_n RS1
#define A_a value
#define A_b RS1
#define B_n RS2
#define B_a RS2
#define B_b value

#define SECOND_compute(id, how)                                                                    \
    RD = compute_##id(ip, A_##how, B_##how);                                                       \
    NEXT;

#define SECOND_load(id, how)                                                                       \
    uint32_t second_off = A_##how + ip->imm;                                                       \
                                                                                                   \
    if (unlikely(misses(second_off, bytes_##id, bound)))                                           \
        DEFER(execute);                                                                            \
    RD = load_##id(mem + second_off);                                                              \
    NEXT;

#define SECOND_store(id, how)                                                                      \
    uint32_t second_off = A_##how + ip->imm;                                                       \
                                                                                                   \
    if (unlikely(cannot_store(&m->decoded, second_off, bytes_##id, bound)))                        \
        DEFER(execute);                                                                            \
    isa_ram_store(mem + second_off, bytes_##id, B_##how);                                          \
    NEXT;

#define SECOND_back(id, how)                                                                       \
    if (!taken_##id(A_##how, B_##how))                                                             \
        NEXT;                                                                                      \
    if (unlikely(ahead(ip, ip->imm) < m->decoded.first))                                           \
        DEFER(execute);                                                                            \
    JUMP(ahead(ip, ip->imm));

#define SECOND_forward(id, how)                                                                    \
    if (!taken_##id(A_##how, B_##how))                                                             \
        NEXT;                                                                                      \
    if (unlikely(ahead(ip, ip->imm) >= m->decoded.end))                                            \
        DEFER(execute);                                                                            \
    HOP(ahead(ip, ip->imm));

#ifdef PAIR_OPERATION
#define PAIR(class_1, first, class_2, second, how)                                                 \
    PAIR_OPERATION(first##_##second##_##class_2##_##how)                                           \
    {                                                                                              \
        FIRST_##class_1(first) SECOND_##class_2(second, how)                                       \
    }
PAIRS(PAIR)
#undef PAIR
#endif

#undef FIRST_compute
#undef FIRST_load
#undef FIRST_store
#undef FIRST_untaken
#undef A_n
#undef A_a
#undef A_b
#undef B_n
#undef B_a
#undef B_b
#undef SECOND_compute
#undef SECOND_load
#undef SECOND_store
#undef SECOND_back
#undef SECOND_forward
#undef RD
#undef RS1
#undef RS2
#undef NEXT
