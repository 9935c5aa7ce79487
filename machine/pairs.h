/* SPDX-License-Identifier: MIT */
/*
 * The pairs of instructions that one operation executes: those which follow
 * each other often, counted in the benchmark programs, the C programs among the
 * tests, the guest OS and the examples (at least one in 300 of the steps, on
 * the average, and their like).
 *
 *   X(class of the first, first, class of the second, second, how)
 *
 * how: the second's rs1 (a) or rs2 (b) is the first's rd, and handed over in a
 * host register; or neither, or it does not matter (n).  Classes: what
 * operations.h does for them; `back` is a branch back, `forward` one forward
 * within its group, `untaken` such a one that is not taken.
 */
#ifndef MACHINE_PAIRS_H
#define MACHINE_PAIRS_H

#define PAIRS(X)                                                                                  \
    X(compute, addi, compute, addi, n) X(compute, addi, compute, addi, a)                          \
    X(compute, addi, compute, add, n) X(compute, addi, compute, add, a)                            \
    X(compute, addi, compute, add, b) X(compute, addi, compute, or, n)                             \
    X(compute, addi, compute, and, n) X(compute, addi, compute, andi, n)                           \
    X(compute, addi, compute, andi, a) X(compute, addi, compute, slli, n)                          \
    X(compute, addi, compute, slli, a) X(compute, addi, compute, srli, n)                          \
    X(compute, addi, compute, srli, a)                                                             \
    X(compute, add, compute, add, n) X(compute, add, compute, add, a)                              \
    X(compute, add, compute, add, b) X(compute, add, compute, addi, n)                             \
    X(compute, add, compute, addi, a) X(compute, add, compute, slli, n)                            \
    X(compute, add, compute, slli, a) X(compute, add, compute, sltu, a)                            \
    X(compute, add, compute, and, n) X(compute, add, compute, andi, n)                             \
    X(compute, add, compute, andi, a) X(compute, add, compute, xor, n)                             \
    X(compute, add, compute, xor, b)                                                               \
    X(compute, slli, compute, add, n) X(compute, slli, compute, add, a)                            \
    X(compute, slli, compute, add, b) X(compute, slli, compute, or, a)                             \
    X(compute, slli, compute, or, b) X(compute, slli, compute, xor, b)                             \
    X(compute, slli, compute, srli, n) X(compute, slli, compute, srli, a)                          \
    X(compute, slli, compute, srai, a) X(compute, slli, compute, andi, n)                          \
    X(compute, slli, compute, sltu, n) X(compute, slli, compute, slli, n)                          \
    X(compute, srli, compute, slli, n) X(compute, srli, compute, xor, b)                           \
    X(compute, srli, compute, andi, a) X(compute, srli, compute, or, b)                            \
    X(compute, srli, compute, add, b)                                                              \
    X(compute, srl, compute, andi, a) X(compute, srl, compute, sub, n)                             \
    X(compute, or, compute, addi, n) X(compute, or, compute, addi, a)                              \
    X(compute, or, compute, slli, n) X(compute, or, compute, or, a)                                \
    X(compute, or, compute, or, b)                                                                 \
    X(compute, andi, compute, or, a) X(compute, andi, compute, or, b)                              \
    X(compute, andi, compute, add, a) X(compute, andi, compute, add, b)                            \
    X(compute, andi, compute, slli, a) X(compute, andi, compute, addi, n)                          \
    X(compute, andi, compute, srli, n)                                                             \
    X(compute, and, compute, add, a) X(compute, and, compute, add, b)                              \
    X(compute, xor, compute, add, b) X(compute, xor, compute, slli, a)                             \
    X(compute, xor, compute, srli, a) X(compute, xor, compute, andi, n)                            \
    X(compute, xor, compute, andi, a) X(compute, xor, compute, xor, a)                             \
    X(compute, xori, compute, addi, n)                                                             \
    X(compute, sltu, compute, xori, a) X(compute, sltu, compute, addi, a)                          \
    X(compute, sltu, compute, add, b) X(compute, sltu, compute, and, b)                            \
    X(compute, sltu, compute, sltu, n)                                                             \
    X(compute, sub, compute, slli, n) X(compute, sub, compute, addi, n)                            \
    X(compute, sub, compute, sub, n)                                                               \
    X(compute, sll, compute, or, b)                                                                \
    X(compute, mul, compute, add, a) X(compute, mul, compute, add, b)                              \
    X(compute, mul, compute, sub, b) X(compute, mul, compute, addi, n)                             \
    X(compute, mulhu, compute, srli, a)                                                            \
    X(compute, lui, compute, addi, a) X(compute, lui, compute, add, n)                             \
    X(compute, addi, load, lw, n) X(compute, addi, load, lw, a) X(compute, addi, load, lbu, n)     \
    X(compute, addi, load, lbu, a)                                                                 \
    X(compute, add, load, lw, n) X(compute, add, load, lw, a) X(compute, add, load, lbu, n)        \
    X(compute, add, load, lbu, a)                                                                  \
    X(compute, lui, load, lw, a)                                                                   \
    X(compute, slli, load, lw, n)                                                                  \
    X(compute, sub, load, lw, n)                                                                   \
    X(compute, addi, store, sw, n) X(compute, addi, store, sw, a) X(compute, addi, store, sw, b)   \
    X(compute, addi, store, sb, n) X(compute, addi, store, sb, b)                                  \
    X(compute, add, store, sw, n) X(compute, add, store, sw, a) X(compute, add, store, sw, b)      \
    X(compute, add, store, sb, n) X(compute, add, store, sb, a)                                    \
    X(compute, xor, store, sw, b)                                                                  \
    X(compute, lui, store, sw, a)                                                                  \
    X(compute, addi, back, bne, n) X(compute, addi, back, bne, a) X(compute, addi, back, bne, b)   \
    X(compute, addi, forward, bne, n) X(compute, addi, forward, bne, a)                            \
    X(compute, addi, forward, bne, b) X(compute, addi, back, beq, n)                               \
    X(compute, addi, back, beq, a) X(compute, addi, back, beq, b)                                  \
    X(compute, addi, forward, beq, n) X(compute, addi, forward, beq, a)                            \
    X(compute, addi, forward, beq, b) X(compute, addi, back, blt, a)                               \
    X(compute, addi, back, blt, b) X(compute, addi, forward, blt, a)                               \
    X(compute, addi, forward, blt, b) X(compute, addi, back, bltu, n)                              \
    X(compute, addi, back, bltu, a) X(compute, addi, back, bltu, b)                                \
    X(compute, addi, forward, bltu, n) X(compute, addi, forward, bltu, a)                          \
    X(compute, addi, forward, bltu, b)                                                             \
    X(compute, andi, back, bne, a) X(compute, andi, forward, bne, a)                               \
    X(compute, andi, back, beq, a) X(compute, andi, forward, beq, a)                               \
    X(compute, or, back, beq, n) X(compute, or, back, beq, a) X(compute, or, forward, beq, n)      \
    X(compute, or, forward, beq, a)                                                                \
    X(compute, add, back, bltu, n) X(compute, add, back, bltu, a) X(compute, add, back, bltu, b)   \
    X(compute, add, forward, bltu, n) X(compute, add, forward, bltu, a)                            \
    X(compute, add, forward, bltu, b) X(compute, add, back, bne, n)                                \
    X(compute, add, back, bne, a) X(compute, add, back, bne, b) X(compute, add, forward, bne, n)   \
    X(compute, add, forward, bne, a) X(compute, add, forward, bne, b)                              \
    X(compute, sltu, back, bne, a) X(compute, sltu, forward, bne, a)                               \
    X(compute, sub, back, bne, a) X(compute, sub, forward, bne, a)                                 \
    X(compute, srli, back, bne, a) X(compute, srli, forward, bne, a)                               \
    X(compute, slli, back, blt, a) X(compute, slli, forward, blt, a)                               \
    X(load, lw, compute, addi, n) X(load, lw, compute, addi, a) X(load, lw, compute, add, n)       \
    X(load, lw, compute, add, a) X(load, lw, compute, add, b) X(load, lw, compute, mul, a)         \
    X(load, lw, compute, mul, b) X(load, lw, compute, sltu, n) X(load, lw, compute, xor, b)        \
    X(load, lw, compute, andi, a) X(load, lw, compute, slli, n) X(load, lw, compute, slli, a)      \
    X(load, lbu, compute, andi, n) X(load, lbu, compute, andi, a) X(load, lbu, compute, addi, n)   \
    X(load, lbu, compute, addi, a) X(load, lbu, compute, xor, a) X(load, lbu, compute, xor, b)     \
    X(load, lbu, compute, slli, n) X(load, lbu, compute, slli, a) X(load, lbu, compute, add, a)    \
    X(load, lbu, compute, add, b)                                                                  \
    X(load, lhu, compute, add, a) X(load, lhu, compute, add, b)                                    \
    X(load, lw, load, lw, n) X(load, lw, load, lw, a)                                              \
    X(load, lbu, load, lbu, n)                                                                     \
    X(load, lw, store, sw, n) X(load, lw, store, sw, b)                                            \
    X(load, lbu, store, sb, b)                                                                     \
    X(load, lb, store, sb, b)                                                                      \
    X(load, lbu, back, bne, a) X(load, lbu, forward, bne, a) X(load, lbu, back, beq, a)            \
    X(load, lbu, forward, beq, a)                                                                  \
    X(load, lw, back, bne, a) X(load, lw, back, bne, b) X(load, lw, forward, bne, a)               \
    X(load, lw, forward, bne, b) X(load, lw, back, beq, a) X(load, lw, back, beq, b)               \
    X(load, lw, forward, beq, a) X(load, lw, forward, beq, b) X(load, lw, back, bltu, a)           \
    X(load, lw, back, bltu, b) X(load, lw, forward, bltu, a) X(load, lw, forward, bltu, b)         \
    X(load, lw, back, bgeu, a) X(load, lw, back, bgeu, b) X(load, lw, forward, bgeu, a)            \
    X(load, lw, forward, bgeu, b) X(load, lw, back, blt, a) X(load, lw, back, blt, b)              \
    X(load, lw, forward, blt, a) X(load, lw, forward, blt, b)                                      \
    X(store, sw, compute, addi, n) X(store, sw, compute, add, n)                                   \
    X(store, sb, compute, addi, n) X(store, sb, compute, add, n)                                   \
    X(store, sw, compute, lui, n) X(store, sw, store, sw, n)                                       \
    X(store, sb, store, sb, n)                                                                     \
    X(store, sw, load, lw, n)                                                                      \
    X(store, sb, load, lbu, n) X(store, sb, back, bltu, n) X(store, sb, back, bne, n)              \
    X(store, sw, back, bltu, n) X(store, sw, back, bne, n)                                         \
    X(untaken, beq, compute, addi, n) X(untaken, beq, compute, add, n)                             \
    X(untaken, beq, load, lw, n) X(untaken, beq, load, lbu, n) X(untaken, beq, store, sw, n)       \
    X(untaken, beq, store, sb, n)                                                                  \
    X(untaken, bne, compute, addi, n) X(untaken, bne, compute, add, n)                             \
    X(untaken, bne, load, lw, n) X(untaken, bne, load, lbu, n) X(untaken, bne, store, sw, n)       \
    X(untaken, bne, store, sb, n)                                                                  \
    X(untaken, bltu, compute, addi, n) X(untaken, bltu, compute, add, n)                           \
    X(untaken, bltu, load, lw, n) X(untaken, bltu, load, lbu, n) X(untaken, bltu, store, sw, n)    \
    X(untaken, bltu, store, sb, n)                                                                 \
    X(untaken, bgeu, compute, addi, n) X(untaken, bgeu, compute, add, n)                           \
    X(untaken, bgeu, load, lw, n) X(untaken, bgeu, load, lbu, n) X(untaken, bgeu, store, sw, n)    \
    X(untaken, bgeu, store, sb, n)                                                                 \
    X(untaken, blt, compute, addi, n) X(untaken, blt, compute, add, n)                             \
    X(untaken, blt, load, lw, n) X(untaken, blt, load, lbu, n) X(untaken, blt, store, sw, n)       \
    X(untaken, blt, store, sb, n)                                                                  \
    X(untaken, bge, compute, addi, n) X(untaken, bge, compute, add, n)                             \
    X(untaken, bge, load, lw, n) X(untaken, bge, load, lbu, n) X(untaken, bge, store, sw, n)       \
    X(untaken, bge, store, sb, n)                                                                 

#define PAIR_ID(class_1, first, class_2, second, how) PAIR_##first##_##second##_##class_2##_##how,
enum operation_pair { PAIR_none, PAIRS(PAIR_ID) PAIR_COUNT };
#undef PAIR_ID

#endif
