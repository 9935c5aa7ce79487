/* SPDX-License-Identifier: MIT */
/*
 * The pairs of instructions that one operation executes: those which follow
 * each other often, counted (tests/bench/pairs.py) in the benchmark programs
 * that are for tuning, the C programs among the tests, the guest OS and the
 * examples: at least one in 3000 of the steps, on the average, and their like.
 *
 *   X(class of the first, first, class of the second, second, how)
 *
 * how: the second's rs1 (a) or rs2 (b) is the first's rd, and handed over in a
 * host register; or neither, or it does not matter (n).  Classes: what
 * operations.h does for them; a branch has one for each place it can go to, and
 * is `untaken` or `untaken_far` as the first of a pair.
 */
#ifndef MACHINE_PAIRS_H
#define MACHINE_PAIRS_H

/* Something, then a branch; a branch forward that is not taken, then something. */
#define PAIR_BRANCH(X, class_1, first, branch, how)                                                \
    X(class_1, first, back, branch, how)                                                           \
    X(class_1, first, forward, branch, how) X(class_1, first, far, branch, how)
#define PAIR_UNTAKEN(X, branch, class_2, second)                                                   \
    X(untaken, branch, class_2, second, n) X(untaken_far, branch, class_2, second, n)

/* clang-format off */
#define PAIRS(X)                                                                                  \
    X(compute, add, compute, add, a) X(compute, add, compute, add, b)                             \
    X(compute, add, compute, add, n) X(compute, add, compute, addi, a)                            \
    X(compute, add, compute, addi, n) X(compute, add, compute, and, n)                            \
    X(compute, add, compute, andi, a) X(compute, add, compute, andi, n)                           \
    X(compute, add, compute, lui, n) X(compute, add, compute, mul, n)                             \
    X(compute, add, compute, slli, a) X(compute, add, compute, slli, n)                           \
    X(compute, add, compute, sltu, a) X(compute, add, compute, sltu, n)                           \
    X(compute, add, compute, srl, n) X(compute, add, compute, xor, b)                             \
    X(compute, add, compute, xor, n) X(compute, add, load, lbu, a) X(compute, add, load, lbu, n)  \
    X(compute, add, load, lw, a) X(compute, add, load, lw, n) X(compute, add, store, sb, a)       \
    X(compute, add, store, sb, n) X(compute, add, store, sw, a) X(compute, add, store, sw, b)     \
    X(compute, add, store, sw, n) PAIR_BRANCH(X, compute, add, beq, n)                            \
    PAIR_BRANCH(X, compute, add, bge, n) PAIR_BRANCH(X, compute, add, bgeu, n)                    \
    PAIR_BRANCH(X, compute, add, blt, n) PAIR_BRANCH(X, compute, add, bltu, a)                    \
    PAIR_BRANCH(X, compute, add, bltu, b) PAIR_BRANCH(X, compute, add, bltu, n)                   \
    PAIR_BRANCH(X, compute, add, bne, a) PAIR_BRANCH(X, compute, add, bne, b)                     \
    PAIR_BRANCH(X, compute, add, bne, n)                                                          \
    X(compute, addi, compute, add, a) X(compute, addi, compute, add, b)                           \
    X(compute, addi, compute, add, n) X(compute, addi, compute, addi, a)                          \
    X(compute, addi, compute, addi, n) X(compute, addi, compute, and, n)                          \
    X(compute, addi, compute, andi, a) X(compute, addi, compute, andi, n)                         \
    X(compute, addi, compute, lui, n) X(compute, addi, compute, or, n)                            \
    X(compute, addi, compute, slli, a) X(compute, addi, compute, slli, n)                         \
    X(compute, addi, compute, sltu, n) X(compute, addi, compute, srli, a)                         \
    X(compute, addi, compute, srli, n) X(compute, addi, compute, sub, n)                          \
    X(compute, addi, place, auipc, n) X(compute, addi, load, lbu, a)                              \
    X(compute, addi, load, lbu, n) X(compute, addi, load, lw, a) X(compute, addi, load, lw, n)    \
    X(compute, addi, store, sb, a) X(compute, addi, store, sb, b) X(compute, addi, store, sb, n)  \
    X(compute, addi, store, sw, a) X(compute, addi, store, sw, b) X(compute, addi, store, sw, n)  \
    PAIR_BRANCH(X, compute, addi, beq, a) PAIR_BRANCH(X, compute, addi, beq, b)                   \
    PAIR_BRANCH(X, compute, addi, beq, n) PAIR_BRANCH(X, compute, addi, bge, a)                   \
    PAIR_BRANCH(X, compute, addi, bge, n) PAIR_BRANCH(X, compute, addi, bgeu, a)                  \
    PAIR_BRANCH(X, compute, addi, bgeu, n) PAIR_BRANCH(X, compute, addi, blt, a)                  \
    PAIR_BRANCH(X, compute, addi, blt, b) PAIR_BRANCH(X, compute, addi, blt, n)                   \
    PAIR_BRANCH(X, compute, addi, bltu, a) PAIR_BRANCH(X, compute, addi, bltu, b)                 \
    PAIR_BRANCH(X, compute, addi, bltu, n) PAIR_BRANCH(X, compute, addi, bne, a)                  \
    PAIR_BRANCH(X, compute, addi, bne, b) PAIR_BRANCH(X, compute, addi, bne, n)                   \
    PAIR_BRANCH(X, compute, addi, j, n) X(compute, addi, jump, jr, n)                             \
    X(compute, and, compute, add, a) X(compute, and, compute, add, b)                             \
    X(compute, and, compute, addi, n)                                                             \
    X(compute, andi, compute, add, a) X(compute, andi, compute, add, b)                           \
    X(compute, andi, compute, add, n) X(compute, andi, compute, addi, n)                          \
    X(compute, andi, compute, or, a) X(compute, andi, compute, or, b)                             \
    X(compute, andi, compute, or, n) X(compute, andi, compute, slli, a)                           \
    X(compute, andi, compute, slli, n) X(compute, andi, compute, srli, n)                         \
    PAIR_BRANCH(X, compute, andi, beq, a) PAIR_BRANCH(X, compute, andi, beq, n)                   \
    PAIR_BRANCH(X, compute, andi, bne, a) PAIR_BRANCH(X, compute, andi, bne, n)                   \
    X(compute, divu, compute, divu, n) X(compute, divu, compute, mul, a)                          \
    X(compute, divu, compute, mul, n) X(compute, divu, compute, slli, n)                          \
    X(compute, lui, compute, add, n) X(compute, lui, compute, addi, a)                            \
    X(compute, lui, compute, addi, n) X(compute, lui, compute, lui, n)                            \
    X(compute, lui, place, auipc, n) X(compute, lui, load, lbu, a) X(compute, lui, load, lbu, n)  \
    X(compute, lui, load, lw, a) X(compute, lui, load, lw, n) X(compute, lui, store, sw, a)       \
    X(compute, lui, store, sw, n) PAIR_BRANCH(X, compute, lui, beq, b)                            \
    PAIR_BRANCH(X, compute, lui, beq, n) PAIR_BRANCH(X, compute, lui, bgeu, b)                    \
    PAIR_BRANCH(X, compute, lui, bgeu, n) PAIR_BRANCH(X, compute, lui, bltu, b)                   \
    PAIR_BRANCH(X, compute, lui, bltu, n) PAIR_BRANCH(X, compute, lui, bne, b)                    \
    PAIR_BRANCH(X, compute, lui, bne, n) PAIR_BRANCH(X, compute, lui, j, n)                       \
    X(compute, mul, compute, add, a) X(compute, mul, compute, add, b)                             \
    X(compute, mul, compute, add, n) X(compute, mul, compute, addi, n)                            \
    X(compute, mul, compute, mulhu, n) X(compute, mul, compute, sub, b)                           \
    X(compute, mul, compute, sub, n)                                                              \
    X(compute, mulhu, compute, add, n) X(compute, mulhu, compute, slli, n)                        \
    X(compute, mulhu, compute, srli, a) X(compute, mulhu, compute, srli, n)                       \
    X(compute, or, compute, addi, a) X(compute, or, compute, addi, n)                             \
    X(compute, or, compute, divu, a) X(compute, or, compute, divu, n)                             \
    X(compute, or, compute, mulhu, a) X(compute, or, compute, mulhu, n)                           \
    X(compute, or, compute, or, a) X(compute, or, compute, or, b) X(compute, or, compute, or, n)  \
    X(compute, or, compute, remu, a) X(compute, or, compute, remu, n)                             \
    X(compute, or, compute, slli, n) X(compute, or, compute, sltu, a)                             \
    X(compute, or, compute, sltu, n) X(compute, or, compute, srl, n)                              \
    X(compute, or, compute, sub, a) X(compute, or, compute, sub, n) X(compute, or, store, sw, b)  \
    X(compute, or, store, sw, n) PAIR_BRANCH(X, compute, or, beq, a)                              \
    PAIR_BRANCH(X, compute, or, beq, n) PAIR_BRANCH(X, compute, or, bge, n)                       \
    PAIR_BRANCH(X, compute, or, blt, n) PAIR_BRANCH(X, compute, or, bne, n)                       \
    PAIR_BRANCH(X, compute, ori, beq, n) PAIR_BRANCH(X, compute, ori, bne, n)                     \
    X(compute, remu, compute, and, n) PAIR_BRANCH(X, compute, remu, beq, n)                       \
    PAIR_BRANCH(X, compute, remu, bne, n)                                                         \
    X(compute, sll, compute, add, b) X(compute, sll, compute, add, n)                             \
    X(compute, sll, compute, addi, n) X(compute, sll, compute, or, b)                             \
    X(compute, sll, compute, or, n)                                                               \
    X(compute, slli, compute, add, a) X(compute, slli, compute, add, b)                           \
    X(compute, slli, compute, add, n) X(compute, slli, compute, addi, a)                          \
    X(compute, slli, compute, addi, n) X(compute, slli, compute, andi, n)                         \
    X(compute, slli, compute, or, a) X(compute, slli, compute, or, b)                             \
    X(compute, slli, compute, or, n) X(compute, slli, compute, sll, a)                            \
    X(compute, slli, compute, sll, n) X(compute, slli, compute, slli, n)                          \
    X(compute, slli, compute, sltu, n) X(compute, slli, compute, srai, a)                         \
    X(compute, slli, compute, srl, n) X(compute, slli, compute, srli, a)                          \
    X(compute, slli, compute, srli, n) X(compute, slli, compute, xor, b)                          \
    X(compute, slli, compute, xor, n) X(compute, slli, load, lw, n)                               \
    PAIR_BRANCH(X, compute, slli, bge, n) PAIR_BRANCH(X, compute, slli, blt, a)                   \
    PAIR_BRANCH(X, compute, slli, blt, n)                                                         \
    X(compute, sltu, compute, add, b) X(compute, sltu, compute, add, n)                           \
    X(compute, sltu, compute, addi, a) X(compute, sltu, compute, addi, n)                         \
    X(compute, sltu, compute, and, b) X(compute, sltu, compute, and, n)                           \
    X(compute, sltu, compute, sltu, n) X(compute, sltu, compute, xori, a)                         \
    X(compute, sltu, compute, xori, n) X(compute, sltu, store, sw, n)                             \
    PAIR_BRANCH(X, compute, sltu, beq, n) PAIR_BRANCH(X, compute, sltu, bge, n)                   \
    PAIR_BRANCH(X, compute, sltu, blt, n) PAIR_BRANCH(X, compute, sltu, bne, a)                   \
    PAIR_BRANCH(X, compute, sltu, bne, n)                                                         \
    X(compute, srl, compute, andi, a) X(compute, srl, compute, andi, n)                           \
    X(compute, srl, compute, sll, n) X(compute, srl, compute, srli, n)                            \
    X(compute, srl, compute, sub, n) PAIR_BRANCH(X, compute, srl, j, n)                           \
    X(compute, srli, compute, add, b) X(compute, srli, compute, andi, a)                          \
    X(compute, srli, compute, mul, a) X(compute, srli, compute, mul, n)                           \
    X(compute, srli, compute, or, b) X(compute, srli, compute, or, n)                             \
    X(compute, srli, compute, slli, n) X(compute, srli, compute, xor, b)                          \
    X(compute, srli, compute, xor, n) PAIR_BRANCH(X, compute, srli, beq, n)                       \
    PAIR_BRANCH(X, compute, srli, bne, a) PAIR_BRANCH(X, compute, srli, bne, n)                   \
    X(compute, sub, compute, addi, n) X(compute, sub, compute, ori, n)                            \
    X(compute, sub, compute, sll, n) X(compute, sub, compute, slli, a)                            \
    X(compute, sub, compute, slli, n) X(compute, sub, compute, srl, b)                            \
    X(compute, sub, compute, srl, n) X(compute, sub, compute, sub, n)                             \
    X(compute, sub, load, lw, n) PAIR_BRANCH(X, compute, sub, bne, a)                             \
    PAIR_BRANCH(X, compute, sub, j, n)                                                            \
    X(compute, xor, compute, add, b) X(compute, xor, compute, add, n)                             \
    X(compute, xor, compute, andi, a) X(compute, xor, compute, andi, n)                           \
    X(compute, xor, compute, slli, a) X(compute, xor, compute, slli, n)                           \
    X(compute, xor, compute, srli, a) X(compute, xor, compute, srli, n)                           \
    X(compute, xor, compute, xor, a) X(compute, xor, store, sw, b)                                \
    X(compute, xori, compute, addi, n)                                                            \
    X(place, auipc, compute, addi, a) X(place, auipc, compute, addi, n)                           \
    X(place, auipc, jump, jalr, a) X(place, auipc, jump, jalr, n)                                 \
    X(load, lb, store, sb, b) X(load, lb, store, sb, n)                                           \
    X(load, lbu, compute, add, a) X(load, lbu, compute, add, b) X(load, lbu, compute, addi, a)    \
    X(load, lbu, compute, addi, n) X(load, lbu, compute, andi, a) X(load, lbu, compute, andi, n)  \
    X(load, lbu, compute, slli, a) X(load, lbu, compute, slli, n) X(load, lbu, compute, xor, a)   \
    X(load, lbu, compute, xor, b) X(load, lbu, load, lbu, n) X(load, lbu, store, sb, b)           \
    PAIR_BRANCH(X, load, lbu, beq, a) PAIR_BRANCH(X, load, lbu, beq, b)                           \
    PAIR_BRANCH(X, load, lbu, beq, n) PAIR_BRANCH(X, load, lbu, bne, a)                           \
    PAIR_BRANCH(X, load, lbu, bne, b) PAIR_BRANCH(X, load, lbu, bne, n)                           \
    X(load, lhu, compute, add, a) X(load, lhu, compute, add, b)                                   \
    X(load, lw, compute, add, a) X(load, lw, compute, add, b) X(load, lw, compute, add, n)        \
    X(load, lw, compute, addi, a) X(load, lw, compute, addi, n) X(load, lw, compute, andi, a)     \
    X(load, lw, compute, lui, n) X(load, lw, compute, mul, a) X(load, lw, compute, mul, b)        \
    X(load, lw, compute, mul, n) X(load, lw, compute, slli, a) X(load, lw, compute, slli, n)      \
    X(load, lw, compute, sltu, n) X(load, lw, compute, srli, a) X(load, lw, compute, srli, n)     \
    X(load, lw, compute, xor, b) X(load, lw, load, lw, a) X(load, lw, load, lw, n)                \
    X(load, lw, store, sw, b) X(load, lw, store, sw, n) PAIR_BRANCH(X, load, lw, beq, a)          \
    PAIR_BRANCH(X, load, lw, beq, b) PAIR_BRANCH(X, load, lw, beq, n)                             \
    PAIR_BRANCH(X, load, lw, bge, a) PAIR_BRANCH(X, load, lw, bge, b)                             \
    PAIR_BRANCH(X, load, lw, bge, n) PAIR_BRANCH(X, load, lw, bgeu, a)                            \
    PAIR_BRANCH(X, load, lw, bgeu, b) PAIR_BRANCH(X, load, lw, blt, a)                            \
    PAIR_BRANCH(X, load, lw, blt, b) PAIR_BRANCH(X, load, lw, blt, n)                             \
    PAIR_BRANCH(X, load, lw, bltu, a) PAIR_BRANCH(X, load, lw, bltu, b)                           \
    PAIR_BRANCH(X, load, lw, bne, a) PAIR_BRANCH(X, load, lw, bne, b)                             \
    PAIR_BRANCH(X, load, lw, bne, n)                                                              \
    X(store, sb, compute, add, n) X(store, sb, compute, addi, n) X(store, sb, load, lbu, n)       \
    X(store, sb, store, sb, n) PAIR_BRANCH(X, store, sb, beq, n)                                  \
    PAIR_BRANCH(X, store, sb, bgeu, n) PAIR_BRANCH(X, store, sb, bltu, n)                         \
    PAIR_BRANCH(X, store, sb, bne, n) PAIR_BRANCH(X, store, sb, j, n) X(store, sb, jump, jr, n)   \
    X(store, sh, store, sw, n)                                                                    \
    X(store, sw, compute, add, n) X(store, sw, compute, addi, n) X(store, sw, compute, lui, n)    \
    X(store, sw, compute, remu, n) X(store, sw, compute, slli, n) X(store, sw, place, auipc, n)   \
    X(store, sw, load, lbu, n) X(store, sw, load, lw, n) X(store, sw, store, sw, n)               \
    PAIR_BRANCH(X, store, sw, beq, n) PAIR_BRANCH(X, store, sw, bltu, n)                          \
    PAIR_BRANCH(X, store, sw, bne, n)                                                             \
    PAIR_UNTAKEN(X, beq, compute, add) PAIR_UNTAKEN(X, beq, compute, addi)                        \
    PAIR_UNTAKEN(X, beq, compute, andi) PAIR_UNTAKEN(X, beq, compute, lui)                        \
    PAIR_UNTAKEN(X, beq, compute, slli) PAIR_UNTAKEN(X, beq, compute, srl)                        \
    PAIR_UNTAKEN(X, beq, compute, srli) PAIR_UNTAKEN(X, beq, load, lbu)                           \
    PAIR_UNTAKEN(X, beq, load, lw) PAIR_UNTAKEN(X, beq, store, sb)                                \
    PAIR_UNTAKEN(X, beq, store, sw)                                                               \
    PAIR_UNTAKEN(X, bge, compute, add) PAIR_UNTAKEN(X, bge, compute, addi)                        \
    PAIR_UNTAKEN(X, bge, compute, slli) PAIR_UNTAKEN(X, bge, compute, srl)                        \
    PAIR_UNTAKEN(X, bge, load, lbu) PAIR_UNTAKEN(X, bge, load, lw)                                \
    PAIR_UNTAKEN(X, bge, store, sb) PAIR_UNTAKEN(X, bge, store, sw)                               \
    PAIR_UNTAKEN(X, bgeu, compute, add) PAIR_UNTAKEN(X, bgeu, compute, addi)                      \
    PAIR_UNTAKEN(X, bgeu, compute, lui) PAIR_UNTAKEN(X, bgeu, load, lbu)                          \
    PAIR_UNTAKEN(X, bgeu, load, lw) PAIR_UNTAKEN(X, bgeu, store, sb)                              \
    PAIR_UNTAKEN(X, bgeu, store, sw)                                                              \
    PAIR_UNTAKEN(X, blt, compute, add) PAIR_UNTAKEN(X, blt, compute, addi)                        \
    PAIR_UNTAKEN(X, blt, compute, slli) PAIR_UNTAKEN(X, blt, compute, srl)                        \
    PAIR_UNTAKEN(X, blt, load, lbu) PAIR_UNTAKEN(X, blt, load, lw)                                \
    PAIR_UNTAKEN(X, blt, store, sb) PAIR_UNTAKEN(X, blt, store, sw)                               \
    PAIR_UNTAKEN(X, bltu, compute, add) PAIR_UNTAKEN(X, bltu, compute, addi)                      \
    PAIR_UNTAKEN(X, bltu, compute, lui) PAIR_UNTAKEN(X, bltu, load, lbu)                          \
    PAIR_UNTAKEN(X, bltu, load, lw) PAIR_UNTAKEN(X, bltu, store, sb)                              \
    PAIR_UNTAKEN(X, bltu, store, sw)                                                              \
    PAIR_UNTAKEN(X, bne, compute, add) PAIR_UNTAKEN(X, bne, compute, addi)                        \
    PAIR_UNTAKEN(X, bne, compute, andi) PAIR_UNTAKEN(X, bne, compute, lui)                        \
    PAIR_UNTAKEN(X, bne, compute, slli) PAIR_UNTAKEN(X, bne, compute, srl)                        \
    PAIR_UNTAKEN(X, bne, compute, srli) PAIR_UNTAKEN(X, bne, load, lbu)                           \
    PAIR_UNTAKEN(X, bne, load, lw) PAIR_UNTAKEN(X, bne, store, sb)                                \
    PAIR_UNTAKEN(X, bne, store, sw)
/* clang-format on */

#define PAIR_ID(class_1, first, class_2, second, how)                                              \
    PAIR_##class_1##_##first##_##class_2##_##second##_##how,
enum operation_pair { PAIR_none, PAIRS(PAIR_ID) PAIR_COUNT };
#undef PAIR_ID

#endif
