# SPDX-License-Identifier: MIT
#
# guestos: a small operating system to be watched while it runs, bare or in a
# virtual machine.  The kernel runs in machine mode; every process runs in user
# mode inside its own relocation-bounds register R = (mbase, mbound), believes
# that its memory starts at 0x80000000, and can't name an address outside it.
#
#   build/thirdgen run builtin:guestos
#   build/thirdgen compare builtin:guestos
#
# Read the files in this order.  Each says what to look at.
#
#   layout.s    names for addresses, bits and structures
#   boot.s      from reset to the first process
#   trap.s      the only way into the kernel, and the only way out
#   process.s   the processes, R, round robin, the timer, idling
#   syscall.s   what a process may ask for
#   console.s   the serial console: characters out, lines in
#   format.s    "%d": the one piece of code that both sides use
#   users.s     the programs: init's demonstration, good citizens, vandals
#   shell.s     the program that a person talks to
#
# In the words of Popek and Goldberg: an instruction that touches a CSR, `mret`
# and `wfi` are *privileged* (they trap in user mode); loads and stores to the
# devices are this machine's input and output.  In a virtual machine the kernel
# itself runs in the real user mode, so each of these becomes an *exit* to the
# monitor.  They are marked  #! , and everything else runs directly on the
# processor.  Count the marks on a path to know what it costs there.

    .option norelax

    .bss
    .balign 16
bss_start:

    .include "layout.s"

    # From here to users_end lies what each process gets a copy of.  It comes
    # first, at RAM: so it is assembled where each process will see it, and a
    # debugger has one address for each name.  The machine starts at `_start`.
    .text
users_start:
    .include "users.s"
    .include "shell.s"
    .include "format.s"
    .balign 4, 0
users_end:

    .include "boot.s"
    .include "trap.s"
    .include "process.s"
    .include "syscall.s"
    .include "console.s"

    .bss
    .balign 16
bss_end:                        # so far is cleared at boot; a slot, by spawn
    .balign 4096
slots:
    .space  PROCESSES * SLOT
slots_end:
