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

OPERATION(ecall)
{
    CALL(threaded_ecall);
}

OPERATION(mret)
{
    if (unlikely(m->hart.mode != ISA_MACHINE))
        DEFER(system);
    CALL(threaded_mret);
}

OPERATION(leave)
{
    LEAVE;
}

OPERATION(nop)
{
    NEXT;
}

#define PLACE_auipc (decoded_pc(&m->decoded, ip) + ip->imm)

OPERATION(auipc)
{
    RD = PLACE_auipc;
    NEXT;
}

/* ---- jumps and branches: their targets have to be in the window ---- */

/* In a group there is nothing to look at, but the budget going back. */
#define TAKE_back JUMP(distance(ip))
#define TAKE_forward                                                                               \
    do {                                                                                           \
        MOVE(distance(ip));                                                                        \
        GO;                                                                                        \
    } while (0)
#define TAKE_far                                                                                   \
    do {                                                                                           \
        if (unlikely(!in_window(&m->decoded, ahead(ip, distance(ip)))))                            \
            DEFER(execute);                                                                        \
        JUMP(distance(ip));                                                                        \
    } while (0)

#define J(where)                                                                                   \
    OPERATION(j_##where)                                                                           \
    {                                                                                              \
        TAKE_##where;                                                                              \
    }
J(back)
J(forward)
J(far)
#undef J

#define LINK RD = decoded_pc(&m->decoded, ip) + 4

#define JUMP_jal(base)                                                                             \
    if (unlikely(!in_window(&m->decoded, ahead(ip, distance(ip)))))                                \
        DEFER(execute);                                                                            \
    LINK;                                                                                          \
    JUMP(distance(ip));

#define JUMP_REGISTER(base, link)                                                                  \
    uint32_t target = ((base) + ip->imm) & ~1u;                                                    \
                                                                                                   \
    if (unlikely((target & 2) != 0 || target >= units(words, 1)))                                  \
        DEFER(execute);                                                                            \
    link;                                                                                          \
    JUMP_COMPUTED(at_offset(&m->decoded, target));
#define JUMP_jr(base)   JUMP_REGISTER(base, (void)0)
#define JUMP_jalr(base) JUMP_REGISTER(base, LINK)

OPERATION(jal)
{
    JUMP_jal(0);
}

OPERATION(jr)
{
    JUMP_jr(RS1);
}

OPERATION(jalr)
{
    JUMP_jalr(RS1);
}

#define BRANCH_WHERE(id, where)                                                                    \
    OPERATION(id##_##where)                                                                        \
    {                                                                                              \
        if (!taken_##id(RS1, RS2))                                                                 \
            NEXT;                                                                                  \
        TAKE_##where;                                                                              \
    }
#define BRANCH(id, ...) BRANCH_WHERE(id, back) BRANCH_WHERE(id, forward) BRANCH_WHERE(id, far)
ISA_BRANCH(BRANCH)
#undef BRANCH
#undef BRANCH_WHERE

/* ---- loads and stores: in the window and aligned, or the long way ---- */

#define LOAD_FROM(address, id)                                                                     \
    uint32_t off = (address);                                                                      \
                                                                                                   \
    if (unlikely(unit_at(off, bytes_##id) >= units(words, bytes_##id)))                            \
        DEFER(execute);                                                                            \
    value = load_##id(mem + off);                                                                  \
    RD = value

#define STORE_TO(address, id, stored)                                                              \
    uint32_t off = (address);                                                                      \
                                                                                                   \
    if (unlikely(unit_at(off - m->decoded.clean_low, bytes_##id) >=                                \
                 units(m->decoded.clean_words, bytes_##id)))                                       \
        if (!can_store(&m->decoded, off, bytes_##id))                                              \
            DEFER(execute);                                                                        \
    isa_ram_store(mem + off, bytes_##id, stored)

#define LOAD(id, ...)                                                                              \
    OPERATION(id)                                                                                  \
    {                                                                                              \
        uint32_t value;                                                                            \
                                                                                                   \
        LOAD_FROM(RS1 + ip->imm, id);                                                              \
        NEXT;                                                                                      \
    }
ISA_LOAD(LOAD)
#undef LOAD

#define STORE(id, ...)                                                                             \
    OPERATION(id)                                                                                  \
    {                                                                                              \
        STORE_TO(RS1 + ip->imm, id, RS2);                                                          \
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

#ifdef PAIR_OPERATION

#define FIRST_compute(id)                                                                          \
    value = compute_##id(ip, RS1, RS2);                                                            \
    RD = value;

#define FIRST_place(id)                                                                            \
    value = PLACE_##id;                                                                            \
    RD = value;

#define FIRST_load(id)                                                                             \
    {                                                                                              \
        LOAD_FROM(RS1 + ip->imm, id);                                                              \
    }

#define FIRST_store(id)                                                                            \
    {                                                                                              \
        STORE_TO(RS1 + ip->imm, id, RS2);                                                          \
    }

#define FIRST_untaken(id)                                                                          \
    if (taken_##id(RS1, RS2))                                                                      \
        DEFER(id##_forward);

#define FIRST_untaken_far(id)                                                                      \
    if (taken_##id(RS1, RS2))                                                                      \
        DEFER(id##_far);

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

#define SECOND_place(id, how)                                                                      \
    RD = PLACE_##id;                                                                               \
    NEXT;

#define SECOND_load(id, how)                                                                       \
    LOAD_FROM(A_##how + ip->imm, id);                                                              \
    NEXT;

#define SECOND_store(id, how)                                                                      \
    STORE_TO(A_##how + ip->imm, id, B_##how);                                                      \
    NEXT;

#define SECOND_BRANCH(id, how, where)                                                              \
    if (!taken_##id(A_##how, B_##how))                                                             \
        NEXT;                                                                                      \
    TAKE_##where;
#define SECOND_back(id, how)    SECOND_BRANCH(id, how, back)
#define SECOND_forward(id, how) SECOND_BRANCH(id, how, forward)
#define SECOND_far(id, how)     SECOND_BRANCH(id, how, far)

#define SECOND_jump(id, how) JUMP_##id(A_##how)

#define PAIR(class_1, first, class_2, second, how)                                                 \
    PAIR_OPERATION(class_1##_##first##_##class_2##_##second##_##how)                               \
    {                                                                                              \
        uint32_t value = 0;                                                                        \
                                                                                                   \
        (void)value;                                                                               \
        FIRST_##class_1(first) ip++;                                                               \
        SECOND_##class_2(second, how)                                                              \
    }
PAIRS(PAIR)
#undef PAIR

#undef FIRST_compute
#undef FIRST_place
#undef FIRST_load
#undef FIRST_store
#undef FIRST_untaken
#undef FIRST_untaken_far
#undef A_n
#undef A_a
#undef A_b
#undef B_n
#undef B_a
#undef B_b
#undef SECOND_compute
#undef SECOND_place
#undef SECOND_load
#undef SECOND_store
#undef SECOND_BRANCH
#undef SECOND_back
#undef SECOND_forward
#undef SECOND_far
#undef SECOND_jump
#endif

#undef RD
#undef RS1
#undef RS2
#undef NEXT
#undef TAKE_back
#undef TAKE_forward
#undef TAKE_far
#undef LINK
#undef JUMP_jal
#undef JUMP_REGISTER
#undef JUMP_jr
#undef JUMP_jalr
#undef PLACE_auipc
#undef LOAD_FROM
#undef STORE_TO
