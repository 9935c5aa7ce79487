/* SPDX-License-Identifier: MIT */
/*
 * The commands of the REPL, one row each: parsing, `help`, `apropos`,
 * completion and the table in docs/repl.md come from here.
 *
 *   X(id, name, short, arguments, group, completion, about, help, example)
 *
 * `short` is a second name, or "".  `about` is one line for lists; `help` says
 * the rest; `example` is a line that works.  The function is repl_do_ID.
 */
#ifndef REPL_COMMAND_TABLE_H
#define REPL_COMMAND_TABLE_H

/* X(id, title) */
#define REPL_GROUPS(X)                                                                             \
    X(moving, "Moving")                                                                            \
    X(seeing, "Seeing")                                                                            \
    X(stopping, "Stopping")                                                                        \
    X(changing, "Changing")                                                                        \
    X(automating, "Automating")                                                                    \
    X(helping, "Helping")

/* What the arguments are completed with: X(id). */
#define REPL_COMPLETIONS(X)                                                                        \
    X(nothing)                                                                                     \
    X(event)      /* trap, exit, ... */                                                            \
    X(catch)      /* those, and csr */                                                             \
    X(level)      /* L0, L1, guests */                                                             \
    X(place)      /* labels */                                                                     \
    X(expression) /* registers, CSRs, labels */                                                    \
    X(command)                                                                                     \
    X(file)                                                                                        \
    X(demo)                                                                                        \
    X(info)                                                                                        \
    X(onoff)                                                                                       \
    X(trace) /* +exit, ... */                                                                      \
    X(mnemonic)

/* clang-format off */
#define REPL_COMMANDS(X)                                                                           \
/* ---- moving ---- */                                                                             \
X(step, "step", "s", "[N | -N | EVENT | LEVEL]", moving, event,                                         \
  "N steps, or on to the next event, or until a level acts",                                       \
  "A step is an instruction that retires or a trap that is taken, of the level that is "           \
  "viewed. EVENT is trap, exit, irq, inject, switch, syscall, io or mode: on until one happens "   \
  "to that level. `step L0' goes on until L0 acts: under a monitor that is the next exit; "        \
  "`step L1', until an instruction of L1 executes. `step -N' goes N steps back. With `micro on' "   \
  "a step is one phase of one instruction. An empty line repeats it.",                                                        \
  "step trap")                                                                                     \
X(next, "next", "n", "[N]", moving, nothing,                                                       \
  "the same, but calls and traps count as one step",                                               \
  "A call is followed until it returns; an ecall, or an interrupt that comes between, until "      \
  "its handler is done and the same program goes on.",                                             \
  "next")                                                                                          \
X(finish, "finish", "fin", "", moving, nothing,                                                    \
  "on, until the current function returns",                                                        \
  "Needs to know where to: from ra, or from where the function's first instructions saved it "     \
  "(see `backtrace'). Shows a0, the value returned.",                                              \
  "finish")                                                                                        \
X(until, "until", "u", "PLACE", moving, place,                                                     \
  "on, until pc is at PLACE",                                                                      \
  "PLACE is as for `break'. Any breakpoint on the way stops, too.",                                \
  "until loop")                                                                                    \
X(continue, "continue", "c", "[N]", moving, nothing,                                               \
  "on, until there is a reason to stop",                                                           \
  "A breakpoint, watchpoint, catchpoint, the guest's end, or ^C. With N, a breakpoint at which "   \
  "it stands is passed N-1 times before it stops there again.",                                    \
  "continue")                                                                                      \
X(reverse_step, "reverse-step", "rs", "[N | EVENT | LEVEL]", moving, event,                        \
  "back by N steps, to the latest event, or where a level acted",                            \
  "`step' backwards: everything is as it was then, memory, devices and monitors included. It "     \
  "stands on the instruction that made the step. `step -N' is the same. What was set by hand "     \
  "after that is undone, and done again when one goes on.",                                        \
  "reverse-step trap")                                                                             \
X(reverse_next, "reverse-next", "rn", "[N]", moving, nothing,                                      \
  "back by N steps, calls and traps as one step",                                                  \
  "`next' backwards: a function that has returned, or a handler, is passed as a whole.",           \
  "reverse-next")                                                                                  \
X(reverse_finish, "reverse-finish", "rfin", "", moving, nothing,                                   \
  "back to the call of the current function",                                                      \
  "Needs to know where from, as `finish' does.",                                                   \
  "reverse-finish")                                                                                \
X(reverse_continue, "reverse-continue", "rc", "", moving, nothing,                                 \
  "back to the latest place at which `continue' stops",                                            \
  "A breakpoint, watchpoint or catchpoint, set now or then; conditions hold, counts are left "     \
  "alone. Where there is none, the start of history. ^C: nothing has moved.",                      \
  "reverse-continue")                                                                              \
X(goto, "goto", "g", "TIME | BOOKMARK", moving, nothing,                                           \
  "to a time of the level viewed, back or on",                                                     \
  "TIME is as `t=' in the prompt. No breakpoint stops it.",                                        \
  "goto 1,000")                                                                                    \
X(start, "start", "", "", moving, nothing,                                                         \
  "back to the start of history",                                                                  \
  "History is kept, and what was set or sent happens again when one goes on; `restart' forgets "   \
  "it.",                                                                                           \
  "start")                                                                                         \
X(end, "end", "", "", moving, nothing,                                                             \
  "on to the latest point that was reached",                                                       \
  "Nothing that was not there before happens.",                                                    \
  "end")                                                                                           \
X(bookmark, "bookmark", "", "[NAME]", moving, nothing,                                             \
  "gives this point of history a name, for `goto'",                                                \
  "Also sets the mark of `exits -d'. Without NAME, lists the bookmarks.",                          \
  "bookmark here")                                                                                 \
X(history, "history", "", "[SIZE]", moving, nothing,                                               \
  "how much history is kept, in how much memory",                                                  \
  "Snapshots at growing distances; anything between is computed again. Where SIZE is reached, "    \
  "older ones are given up, and going far back takes longer.",                                     \
  "history 64 MiB")                                                                                \
X(micro, "micro", "", "[on | off]", moving, onoff,                                                 \
  "splits each instruction into its phases",                                                       \
  "With `micro on', `step' goes on by one phase: fetch, relocate, execute; or trap, dispatch, "    \
  "interpret, compose R, resume. Each line says what happened, with its values. Between `trap' "   \
  "and `dispatch' the real processor is in M-mode with the trap in its CSRs, and `state' and "     \
  "`regs' show it so. Any other motion, and `micro off', first completes the instruction.",        \
  "micro on")                                                                                      \
X(console, "console", "", "", moving, nothing,                                                     \
  "continues with the terminal as the guest's console",                                            \
  "What is typed goes to the guest, in raw mode, until ^A x. Needs a terminal; scripts use "       \
  "`send' and `expect'.",                                                                          \
  "console")                                                                                       \
X(restart, "restart", "", "", moving, nothing,                                                     \
  "begins the run again, from reset",                                                              \
  "The same system, as it was loaded. Breakpoints are kept; their hits and what was set are not.", \
  "restart")                                                                                       \
/* ---- seeing ---- */                                                                             \
X(where, "where", "w", "", seeing, nothing,                                                        \
  "shows the context pane again",                                                                  \
  "Level, mode, time, place; the instructions around pc; what has changed. It is shown whenever "  \
  "the machine stops.",                                                                            \
  "where")                                                                                         \
X(why, "why", "", "", seeing, nothing,                                                             \
  "explains the current stop",                                                                     \
  "One paragraph: what happened, by which rule of the machine (and where in docs/ it stands), "    \
  "who handles it, what comes next.",                                                              \
  "why")                                                                                           \
X(state, "state", "st", "", seeing, nothing,                                                       \
  "the state <E, M, P, R> of every level at once",                                                 \
  "As in the paper: E executable storage, M the mode, P the program counter, R = (l, b) the "      \
  "relocation-bounds register. Under a monitor, also how the real R is composed.",                 \
  "state")                                                                                         \
X(regs, "regs", "r", "[x | csr | NAME...]", seeing, expression,                                    \
  "the processor, as the level sees it, and the hardware's",                                       \
  "x1 to x31, mode, pc, R and the CSRs; beside them the real processor's. `*' marks what has "     \
  "changed since the stop before. `regs x' and `regs csr' show a half; names, these alone.",       \
  "regs")                                                                                          \
X(relocate, "relocate", "rel", "ADDRESS", seeing, expression,                                      \
  "an address through the chain of all R's, down to L0",                                           \
  "What the level's processor makes of ADDRESS in its current mode, and where that lies at each "  \
  "level below. `L1:ADDRESS' starts from a physical address of L1.",                               \
  "relocate sp")                                                                                   \
X(as, "as", "", "[LEVEL]", seeing, level,                                                          \
  "chooses the level that every view speaks from",                                                 \
  "LEVEL is L0, L1, or a guest's name. Motions count that level's steps. Without one, lists all.", \
  "as L0")                                                                                         \
X(examine, "x", "", "/NFU ADDRESS", seeing, expression,                                            \
  "examines memory",                                                                               \
  "N units in format F: x hex, d signed, u unsigned, o octal, t binary, c character, s string, "   \
  "i instruction; U is b, h or w: 1, 2, 4 bytes. Without ADDRESS it goes on where it was. An "     \
  "address is one of the level's current mode; `L0:ADDRESS' is physical.",                         \
  "x/8xw sp")                                                                                      \
X(disas, "disas", "", "[ADDRESS [N]]", seeing, place,                                              \
  "disassembles, around pc or from ADDRESS on",                                                    \
  "N instructions, 16 if not given. An empty ADDRESS means around pc; again, it goes on.",         \
  "disas trap 8")                                                                                  \
X(list, "list", "l", "[PLACE | LINE]", seeing, place,                                              \
  "source lines, around pc or a place",                                                            \
  "For programs that were assembled from a .s on the way; ten lines; again, it goes on.",          \
  "list")                                                                                          \
X(print, "print", "p", "[/F] EXPR", seeing, expression,                                            \
  "the value of an expression",                                                                    \
  "C's operators over registers (a0, $a0, x10), CSRs (mstatus) and their fields (mstatus.MPP), "   \
  "symbols, memory (*sp, *(char *)a0), t, mode, mtime, exits. F is x, d, u, o, t, c, s or i. "     \
  "Registers are unsigned, as in C; (int)a0 is signed.",                                           \
  "print (int)a0 + *(sp + 4)")                                                                     \
X(backtrace, "backtrace", "bt", "", seeing, nothing,                                               \
  "the calls that lead here, as far as they can be known",                                         \
  "Assembly has no frames to go by: from each function's own first instructions it finds where "   \
  "ra was saved, and says where it can't go on.",                                                  \
  "backtrace")                                                                                     \
X(last_write, "last-write", "", "NAME | ADDRESS | EXPR", seeing, expression,                       \
  "which instruction, of which level, made a value",                                            \
  "The latest change of a register, a CSR, a word of memory (ADDRESS; `*(char *)a0' is a byte), "  \
  "or any expression of them, to what it is now. Nothing moves.",                                  \
  "last-write a0")                                                                                 \
X(exits, "exits", "", "[-d | -m]", seeing, nothing,                                                \
  "how often the monitor took control, by level and cause",                                        \
  "Emulated, reflected, device or the monitor's own; instructions per exit; the share executed "   \
  "directly. `exits -m' sets a mark, `exits -d' shows the difference since then.",                 \
  "exits")                                                                                         \
X(timeline, "timeline", "", "[N]", seeing, nothing,                                                \
  "who executed when, and who exited, in the last N steps",                                        \
  "A picture of time from left to right, a row for each level: M where it executes in machine "    \
  "mode, U in user mode, m and u where it was both, a dot where it does not; below, how often it " \
  "came to its monitor. N counts the steps of the level viewed, at L0 the phases of a hosted "     \
  "monitor too; 10,000 if not given. It is made by executing them once more.",                     \
  "timeline 2000")                                                                                 \
X(trace, "trace", "", "[+CLASS | -CLASS]... [> FILE] | off | --chrome FILE [N]", seeing, trace,    \
  "a line for each event from now on; or a Chrome trace",                              \
  "CLASS is trap, exit, irq, csr, insn, io or all, at every level; the lines go to FILE, if one "  \
  "is given. `trace --chrome FILE' writes the last N steps of the level viewed, or all of "        \
  "history, as Chrome trace JSON, which Perfetto opens.",                                          \
  "trace +exit +irq")                                                                              \
X(classify, "classify", "", "INSTRUCTION", seeing, mnemonic,                                       \
  "is an instruction privileged, sensitive, innocuous?",                                           \
  "Computed from the machine as it is built, for the variant that runs: the instruction is "       \
  "executed on many states, and a `yes' comes with its witness.",                                  \
  "classify csrr a0, mstatus")                                                                     \
X(info, "info", "i", "[breakpoints | levels | events | names | line]", seeing, info,               \
  "what there is: breakpoints, levels, events, names, line",                                       \
  "`info breakpoints' lists where the run stops; `info levels', the machines; `info events', "     \
  "what one can step to and catch; `info names', what expressions may name.",                      \
  "info breakpoints")                                                                              \
/* ---- stopping ---- */                                                                           \
X(break, "break", "b", "[PLACE] [if EXPR]", stopping, place,                                       \
  "stops where pc comes to PLACE",                                                                 \
  "PLACE is a label, an address, an expression of both, FILE:LINE or a line's number; pc if "      \
  "none is given. `U:ADDRESS' is an address of user mode, in whichever process; `left:loop' is "   \
  "in the guest called left. It is kept beside the machine, never in its memory.",                 \
  "break trap if mcause == 8")                                                                     \
X(tbreak, "tbreak", "tb", "[PLACE] [if EXPR]", stopping, place,                                    \
  "the same, once",                                                                                \
  "Deleted when it stops.",                                                                        \
  "tbreak loop")                                                                                   \
X(watch, "watch", "", "EXPR [if EXPR]", stopping, expression,                                      \
  "stops when a value changes",                                                                    \
  "Any expression: a register, a CSR's field, memory. Tested after each step, whoever made it.",   \
  "watch mstatus.MIE")                                                                             \
X(rwatch, "rwatch", "", "*ADDRESS [if EXPR]", stopping, expression,                                \
  "stops when an instruction reads a place in memory",                                             \
  "Loads and atomic operations of the level viewed. A device's register will do.",                 \
  "rwatch *0x10000005")                                                                            \
X(awatch, "awatch", "", "*ADDRESS [if EXPR]", stopping, expression,                                \
  "stops when an instruction reads or writes a place in memory",                                   \
  "Whether or not the value changes.",                                                             \
  "awatch *(sp - 4)")                                                                              \
X(catch, "catch", "", "EVENT | csr NAME [read | write]", stopping, catch,                          \
  "stops at every event of a kind, or access to a CSR",                                            \
  "EVENT is trap, exit, irq, inject, switch, syscall, io or mode, of the level viewed. `catch "    \
  "csr' stops behind an instruction that has read or written the CSR.",                            \
  "catch csr mstatus write")                                                                       \
X(condition, "condition", "cond", "N [EXPR]", stopping, nothing,                                   \
  "breakpoint N stops only where EXPR is not 0",                                                   \
  "Without EXPR, always again.",                                                                   \
  "condition 1 a0 > 4")                                                                            \
X(ignore, "ignore", "", "N COUNT", stopping, nothing,                                              \
  "breakpoint N is passed COUNT times",                                                            \
  "Passing counts as a hit, if its condition holds.",                                              \
  "ignore 1 99")                                                                                   \
X(commands, "commands", "", "[N]", stopping, nothing,                                              \
  "commands to execute when breakpoint N stops",                                                   \
  "They follow, a line each, up to `end'. None at all removes them. N is the latest if not "       \
  "given.",                                                                                        \
  "commands 1")                                                                                    \
X(enable, "enable", "", "[N...]", stopping, nothing,                                               \
  "breakpoints N stop again; all, if none is named", "", "enable 1")                               \
X(disable, "disable", "dis", "[N...]", stopping, nothing,                                          \
  "breakpoints N don't stop; all, if none is named", "", "disable 1 2")                            \
X(delete, "delete", "d", "[N...]", stopping, nothing,                                              \
  "deletes breakpoints N; all, if none is named", "", "delete 1")                                  \
/* ---- changing ---- */                                                                           \
X(set, "set", "", "NAME | *ADDRESS = EXPR", changing, expression,                                  \
  "sets a register, a CSR, a field of one, or memory",                                             \
  "A CSR takes what its fields allow, as from an instruction. What the hardware holds on the "     \
  "level's behalf, R included, follows when it goes on.",                                          \
  "set mstatus.MPP = 0")                                                                           \
X(dot, ".", "", "INSTRUCTION", changing, mnemonic,                                                 \
  "assembles an instruction and executes it here",                                                 \
  "At the level viewed, in its mode, as if it stood at pc; traps and exits included. Then pc is "  \
  "put back, unless the instruction jumped or trapped. Time moves on by what was executed. "       \
  "Says what has changed.",                                                                        \
  ". addi a0, a0, 1")                                                                              \
X(undo, "undo", "", "", changing, nothing,                                                         \
  "takes back what was last set, executed by hand, or sent",                                       \
  "It stands where that was done, before it; it is no longer in history, and neither is what "     \
  "came after.",                                                                                   \
  "undo")                                                                                          \
X(save, "save", "", "FILE", changing, file,                                                        \
  "writes the state of the whole machine into FILE",                                               \
  "Processors, memory, devices, monitors, input; compressed, with a checksum. `load' goes on from " \
  "there, as if nothing had been between.",                                                        \
  "save /tmp/here.state")                                                                          \
X(load, "load", "", "FILE", changing, file,                                                        \
  "goes on from the state in FILE",                                                                \
  "That `save' has written, of the same machine: a file that is truncated, damaged or another "    \
  "machine's is refused. History begins anew with it; breakpoints are kept.",                      \
  "load /tmp/here.state")                                                                          \
/* ---- automating ---- */                                                                         \
X(send, "send", "", "TEXT", automating, nothing,                                                   \
  "input for the guest's console",                                                                 \
  "TEXT in quotes may have \\n, \\t, \\xNN; without quotes it is a line. The next byte is always " \
  "ready, so a run with input is reproducible.",                                                   \
  "send \"ps\\n\"")                                                                                \
X(expect, "expect", "", "TEXT [N]", automating, nothing,                                           \
  "on, until the guest has printed TEXT",                                                          \
  "Looks at what was printed since the last `expect', and if it isn't there continues, at most N " \
  "steps (100,000,000 if not given). A guest that ends or stops without it is a failed "           \
  "assertion: exit status 100.",                                                                   \
  "expect \"guestos\"")                                                                            \
X(record, "record", "", "FILE", automating, file,                                                  \
  "writes what was sent and set in this session into FILE",                                        \
  "With its times, and the machine that it is of, as text: with `replay' the session can be run "  \
  "again, to the bit, elsewhere and later.",                                                       \
  "record /tmp/session.record")                                                                    \
X(replay, "replay", "", "FILE", automating, file,                                                  \
  "begins again from reset, with the record in FILE ahead",                                        \
  "All that was sent and set comes again at its time. What is sent or set now makes another "      \
  "history. A record that is damaged or of another machine is refused.",                           \
  "replay /tmp/session.record")                                                                    \
X(assert, "assert", "", "EXPR", automating, expression,                                            \
  "fails where EXPR is 0",                                                                         \
  "A script ends there, with exit status 100.",                                                    \
  "assert a0 == 42")                                                                               \
X(echo, "echo", "", "[TEXT]", automating, nothing,                                                 \
  "prints TEXT", "", "echo here we are")                                                           \
X(source, "source", "", "FILE", automating, file,                                                  \
  "executes the commands in FILE",                                                                 \
  "One a line; `#' begins a comment. The first that fails ends it.",                               \
  "source setup.repl")                                                                             \
X(gdb, "gdb", "", "PORT | SOCKET", automating, file,                                               \
  "lets gdb in, until it leaves",                                                                  \
  "Listens at a port of this machine alone (0: one that is free), or at a Unix socket that is "    \
  "made. In gdb, `target remote' with the address that is printed; levels are threads there, and " \
  "`monitor COMMAND' gives this REPL's answer. See docs/gdb.md.",                                  \
  "gdb 1234")                                                                                      \
X(quit, "quit", "q", "[STATUS]", automating, nothing,                                              \
  "ends the session",                                                                              \
  "With exit status STATUS; without one, a script's is the guest's code if it ended, 103 if it "   \
  "cannot go on, 104 if the budget is used up, else 0.",                                           \
  "quit 3")                                                                                        \
/* ---- helping ---- */                                                                            \
X(help, "help", "h", "[COMMAND]", helping, command,                                                \
  "lists the commands, or tells of one",                                                           \
  "", "help step")                                                                                 \
X(apropos, "apropos", "", "WORD", helping, nothing,                                                \
  "the commands whose help mentions WORD",                                                         \
  "", "apropos memory")                                                                            \
X(demo, "demo", "", "[NAME]", helping, demo,                                                       \
  "plays a guided tour",                                                                           \
  "Real runs of small guests, told step by step; on a terminal each step waits for Return, q "     \
  "ends it. Your own session is as it was afterwards. Without NAME, lists them.",                  \
  "demo first-trap")
/* clang-format on */

#endif
