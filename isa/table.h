/* SPDX-License-Identifier: MIT */
/*
 * The instructions of the machine: RV32I, M, A, Zicsr, Zifencei, mret and wfi.
 *
 * One row an instruction, and everything else comes from it: the enum, the
 * decoder, the encoder, the disassembler, the assembler's mnemonics, the
 * reference card.  A row is
 *
 *   X(id, mnemonic, operands, match, mask, meaning, about)
 *
 * A word w encodes the instruction when (w & mask) == match.  `meaning` names
 * the small function in semantics.h that says what it computes (`_` where
 * execute.c has a case of its own).  The rows of one major opcode stand
 * together in one list, so that the decoder looks at that list alone.
 *
 * `operands` is GNU syntax, a letter an operand field, all else literal:
 *
 *   d  rd                         bits 11:7
 *   s  rs1                        bits 19:15
 *   t  rs2                        bits 24:20
 *   i  I-immediate, signed        imm[11:0]   = 31:20
 *   o  load offset, as i          imm[11:0]   = 31:20
 *   q  store offset, signed       imm[11:5|4:0]          = 31:25, 11:7
 *   p  branch target              imm[12|10:5|4:1|11]    = 31:25, 11:7
 *   a  jump target                imm[20|10:1|11|19:12]  = 31:12
 *   u  upper immediate, 20 bits   imm[31:12]  = 31:12
 *   h  shift amount, 0 to 31      24:20
 *   E  CSR, by name or number     31:20
 *   Z  CSR immediate, 0 to 31     19:15
 *   P  predecessor of a fence     27:24      (iorw)
 *   S  successor of a fence       23:20      (iorw)
 *
 * Source: The RISC-V Instruction Set Manual, Volume I, chapter 24 (opcode map
 * and instruction listings), and Volume II for mret and wfi.
 */
#ifndef ISA_TABLE_H
#define ISA_TABLE_H

#define ISA_LUI(X) X(lui, "lui", "d,u", 0x00000037, 0x0000007f, _, "rd = imm << 12")

#define ISA_AUIPC(X) X(auipc, "auipc", "d,u", 0x00000017, 0x0000007f, _, "rd = pc + (imm << 12)")

#define ISA_JAL(X) X(jal, "jal", "d,a", 0x0000006f, 0x0000007f, _, "rd = pc + 4; pc = target")

#define ISA_JALR(X)                                                                                \
    X(jalr, "jalr", "d,o(s)", 0x00000067, 0x0000707f, _, "rd = pc + 4; pc = (rs1 + imm) & ~1")

#define ISA_BRANCH(X)                                                                              \
    X(beq, "beq", "s,t,p", 0x00000063, 0x0000707f, eq, "if rs1 = rs2: pc = target")                \
    X(bne, "bne", "s,t,p", 0x00001063, 0x0000707f, ne, "if rs1 != rs2: pc = target")               \
    X(blt, "blt", "s,t,p", 0x00004063, 0x0000707f, lt, "if rs1 < rs2, signed: pc = target")        \
    X(bge, "bge", "s,t,p", 0x00005063, 0x0000707f, ge, "if rs1 >= rs2, signed: pc = target")       \
    X(bltu, "bltu", "s,t,p", 0x00006063, 0x0000707f, ltu, "if rs1 < rs2, unsigned: pc = target")   \
    X(bgeu, "bgeu", "s,t,p", 0x00007063, 0x0000707f, geu, "if rs1 >= rs2, unsigned: pc = target")

#define ISA_LOAD(X)                                                                                \
    X(lb, "lb", "d,o(s)", 0x00000003, 0x0000707f, s8, "rd = byte at rs1 + imm, sign-extended")     \
    X(lh, "lh", "d,o(s)", 0x00001003, 0x0000707f, s16, "rd = halfword at rs1 + imm, sign-extended") \
    X(lw, "lw", "d,o(s)", 0x00002003, 0x0000707f, s32, "rd = word at rs1 + imm")                   \
    X(lbu, "lbu", "d,o(s)", 0x00004003, 0x0000707f, u8, "rd = byte at rs1 + imm, zero-extended")   \
    X(lhu, "lhu", "d,o(s)", 0x00005003, 0x0000707f, u16, "rd = halfword at rs1 + imm, zero-extended")

#define ISA_STORE(X)                                                                               \
    X(sb, "sb", "t,q(s)", 0x00000023, 0x0000707f, u8, "byte at rs1 + imm = rs2")                   \
    X(sh, "sh", "t,q(s)", 0x00001023, 0x0000707f, u16, "halfword at rs1 + imm = rs2")              \
    X(sw, "sw", "t,q(s)", 0x00002023, 0x0000707f, s32, "word at rs1 + imm = rs2")

#define ISA_OP_IMM(X)                                                                              \
    X(addi, "addi", "d,s,i", 0x00000013, 0x0000707f, add, "rd = rs1 + imm")                        \
    X(slti, "slti", "d,s,i", 0x00002013, 0x0000707f, slt, "rd = rs1 < imm, signed")                \
    X(sltiu, "sltiu", "d,s,i", 0x00003013, 0x0000707f, sltu, "rd = rs1 < imm, unsigned")           \
    X(xori, "xori", "d,s,i", 0x00004013, 0x0000707f, xor, "rd = rs1 xor imm")                      \
    X(ori, "ori", "d,s,i", 0x00006013, 0x0000707f, or, "rd = rs1 or imm")                          \
    X(andi, "andi", "d,s,i", 0x00007013, 0x0000707f, and, "rd = rs1 and imm")                      \
    X(slli, "slli", "d,s,h", 0x00001013, 0xfe00707f, sll, "rd = rs1 << shamt")                     \
    X(srli, "srli", "d,s,h", 0x00005013, 0xfe00707f, srl, "rd = rs1 >> shamt, zeros from the left") \
    X(srai, "srai", "d,s,h", 0x40005013, 0xfe00707f, sra, "rd = rs1 >> shamt, signs from the left")

#define ISA_OP(X)                                                                                  \
    X(add, "add", "d,s,t", 0x00000033, 0xfe00707f, add, "rd = rs1 + rs2")                          \
    X(sub, "sub", "d,s,t", 0x40000033, 0xfe00707f, sub, "rd = rs1 - rs2")                          \
    X(sll, "sll", "d,s,t", 0x00001033, 0xfe00707f, sll, "rd = rs1 << rs2[4:0]")                    \
    X(slt, "slt", "d,s,t", 0x00002033, 0xfe00707f, slt, "rd = rs1 < rs2, signed")                  \
    X(sltu, "sltu", "d,s,t", 0x00003033, 0xfe00707f, sltu, "rd = rs1 < rs2, unsigned")             \
    X(xor, "xor", "d,s,t", 0x00004033, 0xfe00707f, xor, "rd = rs1 xor rs2")                        \
    X(srl, "srl", "d,s,t", 0x00005033, 0xfe00707f, srl, "rd = rs1 >> rs2[4:0], zeros from the left") \
    X(sra, "sra", "d,s,t", 0x40005033, 0xfe00707f, sra, "rd = rs1 >> rs2[4:0], signs from the left") \
    X(or, "or", "d,s,t", 0x00006033, 0xfe00707f, or, "rd = rs1 or rs2")                            \
    X(and, "and", "d,s,t", 0x00007033, 0xfe00707f, and, "rd = rs1 and rs2")                        \
    X(mul, "mul", "d,s,t", 0x02000033, 0xfe00707f, mul, "rd = low word of rs1 * rs2")              \
    X(mulh, "mulh", "d,s,t", 0x02001033, 0xfe00707f, mulh, "rd = high word, signed * signed")      \
    X(mulhsu, "mulhsu", "d,s,t", 0x02002033, 0xfe00707f, mulhsu,                                   \
      "rd = high word, signed * unsigned")                                                         \
    X(mulhu, "mulhu", "d,s,t", 0x02003033, 0xfe00707f, mulhu, "rd = high word, unsigned * unsigned") \
    X(div, "div", "d,s,t", 0x02004033, 0xfe00707f, div, "rd = rs1 / rs2, signed")                  \
    X(divu, "divu", "d,s,t", 0x02005033, 0xfe00707f, divu, "rd = rs1 / rs2, unsigned")             \
    X(rem, "rem", "d,s,t", 0x02006033, 0xfe00707f, rem, "rd = remainder, signed")                  \
    X(remu, "remu", "d,s,t", 0x02007033, 0xfe00707f, remu, "rd = remainder, unsigned")

#define ISA_MISC_MEM(X)                                                                            \
    X(fence, "fence", "P,S", 0x0000000f, 0x0000707f, _, "no effect here: one hart, in order")      \
    X(fence_i, "fence.i", "", 0x0000100f, 0x0000707f, _, "no effect here: stores are seen by the next fetch")

/* Atomics: memory at rs1 is the word that `meaning` makes of (memory, rs2). */
#define ISA_AMO(X)                                                                                 \
    X(lr_w, "lr.w", "d,0(s)", 0x1000202f, 0xf9f0707f, _, "rd = word at rs1; reserve it")           \
    X(sc_w, "sc.w", "d,t,0(s)", 0x1800202f, 0xf800707f, _,                                         \
      "if reserved: word at rs1 = rs2, rd = 0; else rd = 1")                                       \
    ISA_AMO_RMW(X)

#define ISA_AMO_RMW(X)                                                                             \
    X(amoswap_w, "amoswap.w", "d,t,0(s)", 0x0800202f, 0xf800707f, second, "rd = word at rs1; word = rs2") \
    X(amoadd_w, "amoadd.w", "d,t,0(s)", 0x0000202f, 0xf800707f, add, "rd = word at rs1; word += rs2") \
    X(amoxor_w, "amoxor.w", "d,t,0(s)", 0x2000202f, 0xf800707f, xor, "rd = word at rs1; word xor= rs2") \
    X(amoand_w, "amoand.w", "d,t,0(s)", 0x6000202f, 0xf800707f, and, "rd = word at rs1; word and= rs2") \
    X(amoor_w, "amoor.w", "d,t,0(s)", 0x4000202f, 0xf800707f, or, "rd = word at rs1; word or= rs2") \
    X(amomin_w, "amomin.w", "d,t,0(s)", 0x8000202f, 0xf800707f, min, "rd = word at rs1; word = min, signed") \
    X(amomax_w, "amomax.w", "d,t,0(s)", 0xa000202f, 0xf800707f, max, "rd = word at rs1; word = max, signed") \
    X(amominu_w, "amominu.w", "d,t,0(s)", 0xc000202f, 0xf800707f, minu,                            \
      "rd = word at rs1; word = min, unsigned")                                                    \
    X(amomaxu_w, "amomaxu.w", "d,t,0(s)", 0xe000202f, 0xf800707f, maxu,                            \
      "rd = word at rs1; word = max, unsigned")

#define ISA_SYSTEM(X)                                                                              \
    X(ecall, "ecall", "", 0x00000073, 0xffffffff, _, "trap: cause 8 from U, 11 from M")            \
    X(ebreak, "ebreak", "", 0x00100073, 0xffffffff, _, "trap: cause 3")                            \
    ISA_PRIVILEGED(X)

/* Those that trap in U-mode, unless a variant's rule says otherwise (execute.c). */
#define ISA_PRIVILEGED(X)                                                                          \
    X(mret, "mret", "", 0x30200073, 0xffffffff, _, "pc = mepc; mode = MPP; MIE = MPIE")            \
    X(wfi, "wfi", "", 0x10500073, 0xffffffff, _, "wait until an enabled interrupt is pending")     \
    ISA_CSR(X)

#define ISA_CSR(X)                                                                                 \
    ISA_CSR_REGISTER(X)                                                                            \
    ISA_CSR_IMMEDIATE(X)

/* CSR instructions: the CSR becomes what `meaning` makes of (CSR, rs1 or imm). */
#define ISA_CSR_REGISTER(X)                                                                        \
    X(csrrw, "csrrw", "d,E,s", 0x00001073, 0x0000707f, second, "rd = csr; csr = rs1")              \
    X(csrrs, "csrrs", "d,E,s", 0x00002073, 0x0000707f, or, "rd = csr; csr |= rs1 (rs1 = x0: only reads)") \
    X(csrrc, "csrrc", "d,E,s", 0x00003073, 0x0000707f, clear,                                      \
      "rd = csr; csr &= ~rs1 (rs1 = x0: only reads)")

#define ISA_CSR_IMMEDIATE(X)                                                                       \
    X(csrrwi, "csrrwi", "d,E,Z", 0x00005073, 0x0000707f, second, "rd = csr; csr = imm")            \
    X(csrrsi, "csrrsi", "d,E,Z", 0x00006073, 0x0000707f, or, "rd = csr; csr |= imm (0: only reads)") \
    X(csrrci, "csrrci", "d,E,Z", 0x00007073, 0x0000707f, clear,                                    \
      "rd = csr; csr &= ~imm (0: only reads)")

/* All of them, in the order of the opcode map. */
#define ISA_INSTRUCTIONS(X)                                                                        \
    ISA_LUI(X)                                                                                     \
    ISA_AUIPC(X)                                                                                   \
    ISA_JAL(X)                                                                                     \
    ISA_JALR(X)                                                                                    \
    ISA_BRANCH(X)                                                                                  \
    ISA_LOAD(X)                                                                                    \
    ISA_STORE(X)                                                                                   \
    ISA_OP_IMM(X)                                                                                  \
    ISA_OP(X)                                                                                      \
    ISA_MISC_MEM(X)                                                                                \
    ISA_AMO(X)                                                                                     \
    ISA_SYSTEM(X)

/*
 * Pseudo-instructions that stand for one instruction with some fields fixed:
 * P(mnemonic, operands, instruction, match, mask), with the letters above.
 *
 * The assembler takes them all.  The disassembler prints the first row that
 * matches, as GNU's does, before the instruction itself; a row with mask 0 is
 * for the assembler alone.
 */
#define ISA_PSEUDO(P)                                                                              \
    P("nop", "", addi, 0x00000013, 0xffffffff)                                                     \
    P("li", "d,i", addi, 0x00000013, 0x000ff07f)                                                   \
    P("mv", "d,s", addi, 0x00000013, 0xfff0707f)                                                   \
    P("not", "d,s", xori, 0xfff04013, 0xfff0707f)                                                  \
    P("neg", "d,t", sub, 0x40000033, 0xfe0ff07f)                                                   \
    P("seqz", "d,s", sltiu, 0x00103013, 0xfff0707f)                                                \
    P("snez", "d,t", sltu, 0x00003033, 0xfe0ff07f)                                                 \
    P("sltz", "d,s", slt, 0x00002033, 0xfff0707f)                                                  \
    P("sgtz", "d,t", slt, 0x00002033, 0xfe0ff07f)                                                  \
    P("zext.b", "d,s", andi, 0x0ff07013, 0xfff0707f)                                               \
    P("beqz", "s,p", beq, 0x00000063, 0x01f0707f)                                                  \
    P("bnez", "s,p", bne, 0x00001063, 0x01f0707f)                                                  \
    P("bltz", "s,p", blt, 0x00004063, 0x01f0707f)                                                  \
    P("blez", "t,p", bge, 0x00005063, 0x000ff07f)                                                  \
    P("bgez", "s,p", bge, 0x00005063, 0x01f0707f)                                                  \
    P("bgtz", "t,p", blt, 0x00004063, 0x000ff07f)                                                  \
    P("j", "a", jal, 0x0000006f, 0x00000fff)                                                       \
    P("jal", "a", jal, 0x000000ef, 0x00000fff)                                                     \
    P("ret", "", jalr, 0x00008067, 0xffffffff)                                                     \
    P("jr", "s", jalr, 0x00000067, 0xfff07fff)                                                     \
    P("jr", "o(s)", jalr, 0x00000067, 0x00007fff)                                                  \
    P("jalr", "s", jalr, 0x000000e7, 0xfff07fff)                                                   \
    P("jalr", "o(s)", jalr, 0x000000e7, 0x00007fff)                                                \
    P("jalr", "d,s", jalr, 0x00000067, 0xfff0707f)                                                 \
    P("fence", "", fence, 0x0ff0000f, 0xffffffff)                                                  \
    P("fence.tso", "", fence, 0x8330000f, 0xffffffff)                                              \
    P("unimp", "", csrrw, 0xc0001073, 0xffffffff)                                                  \
    P("rdcycle", "d", csrrs, 0xc0002073, 0xfffff07f)                                               \
    P("rdtime", "d", csrrs, 0xc0102073, 0xfffff07f)                                                \
    P("rdinstret", "d", csrrs, 0xc0202073, 0xfffff07f)                                             \
    P("rdcycleh", "d", csrrs, 0xc8002073, 0xfffff07f)                                              \
    P("rdtimeh", "d", csrrs, 0xc8102073, 0xfffff07f)                                               \
    P("rdinstreth", "d", csrrs, 0xc8202073, 0xfffff07f)                                            \
    P("csrr", "d,E", csrrs, 0x00002073, 0x000ff07f)                                                \
    P("csrwi", "E,Z", csrrwi, 0x00005073, 0x00007fff)                                              \
    P("csrsi", "E,Z", csrrsi, 0x00006073, 0x00007fff)                                              \
    P("csrci", "E,Z", csrrci, 0x00007073, 0x00007fff)                                              \
    P("csrw", "E,s", csrrw, 0x00001073, 0x00007fff)                                                \
    P("csrs", "E,s", csrrs, 0x00002073, 0x00007fff)                                                \
    P("csrc", "E,s", csrrc, 0x00003073, 0x00007fff)                                                \
    P("bgt", "t,s,p", blt, 0x00004063, 0)                                                          \
    P("ble", "t,s,p", bge, 0x00005063, 0)                                                          \
    P("bgtu", "t,s,p", bltu, 0x00006063, 0)                                                        \
    P("bleu", "t,s,p", bgeu, 0x00007063, 0)                                                        \
    P("sgt", "d,t,s", slt, 0x00002033, 0)                                                          \
    P("sgtu", "d,t,s", sltu, 0x00003033, 0)                                                        \
    P("move", "d,s", addi, 0x00000013, 0)                                                          \
    P("add", "d,s,i", addi, 0x00000013, 0)                                                         \
    P("slt", "d,s,i", slti, 0x00002013, 0)                                                         \
    P("sltu", "d,s,i", sltiu, 0x00003013, 0)                                                       \
    P("xor", "d,s,i", xori, 0x00004013, 0)                                                         \
    P("or", "d,s,i", ori, 0x00006013, 0)                                                           \
    P("and", "d,s,i", andi, 0x00007013, 0)                                                         \
    P("sll", "d,s,h", slli, 0x00001013, 0)                                                         \
    P("srl", "d,s,h", srli, 0x00005013, 0)                                                         \
    P("sra", "d,s,h", srai, 0x40005013, 0)                                                         \
    P("jr", "s,o", jalr, 0x00000067, 0)                                                            \
    P("jalr", "s,o", jalr, 0x000000e7, 0)                                                          \
    P("jalr", "d,s,o", jalr, 0x00000067, 0)                                                        \
    P("csrw", "E,Z", csrrwi, 0x00005073, 0)                                                        \
    P("csrs", "E,Z", csrrsi, 0x00006073, 0)                                                        \
    P("csrc", "E,Z", csrrci, 0x00007073, 0)                                                        \
    P("csrrw", "d,E,Z", csrrwi, 0x00005073, 0)                                                     \
    P("csrrs", "d,E,Z", csrrsi, 0x00006073, 0)                                                     \
    P("csrrc", "d,E,Z", csrrci, 0x00007073, 0)                                                     \
    P("scall", "", ecall, 0x00000073, 0)                                                           \
    P("sbreak", "", ebreak, 0x00100073, 0)

#endif
