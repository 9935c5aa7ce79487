# SPDX-License-Identifier: MIT
#
# Names: the machine's addresses and bits (docs/machine.md), our structures, and
# three macros.  Nothing here makes a byte of code.

# ---- the machine -----------------------------------------------------------

    .equ    RAM, 0x80000000     # the same for the machine and for each process

    .equ    FINISHER, 0x00100000
    .equ    FINISHER_PASS, 0x5555
    .equ    FINISHER_FAIL, 0x3333       # | code << 16

    .equ    MTIMECMP, 0x02004000        # low word; the high word follows

    .equ    UART, 0x10000000
    .equ    UART_DATA, 0        # write: send; read: take the byte received
    .equ    UART_IER, 1         # bit 0: interrupt when a byte waits
    .equ    UART_FCR, 2
    .equ    UART_LSR, 5
    .equ    LSR_RECEIVED, 0x01  # a byte waits
    .equ    LSR_IDLE, 0x20      # the transmitter takes another

    .equ    MSTATUS_MPIE, 1 << 7
    .equ    MSTATUS_MPP, 3 << 11        # the mode: 3 is M, 0 is U
    .equ    MIP_TIMER, 1 << 7   # MTIE in mie, MTIP in mip
    .equ    MIP_EXTERNAL, 1 << 11       # MEIE, MEIP: the UART's line

    .equ    CAUSE_ECALL_U, 8
    .equ    CAUSES, 8           # exceptions below ecall, each with a message

# ---- processes -------------------------------------------------------------

    .equ    PROCESSES, 10
    .equ    SLOT, 16 * 1024     # memory of a process: image below, stack above
    .equ    SLICE, 20000        # ticks (2 ms): one for each instruction retired

# A process's entry in the table.  Its registers come first, xN at 4*N; x0 needs
# no place, and lends its own to the pc.
    .equ    P_PC, 0
    .equ    P_SP, 4*2
    .equ    P_TP, 4*4
    .equ    P_A0, 4*10
    .equ    P_A1, 4*11
    .equ    P_STATE, 128
    .equ    P_PID, 132
    .equ    P_BASE, 136         # R: mbase,
    .equ    P_BOUND, 140        #    mbound
    .equ    P_WAKE, 144         # when a blocked one wakes (64 bits; all ones: never)
    .equ    P_TICKS, 152        # processor time used
    .equ    P_PROGRAM, 156      # its row in `programs`
    .equ    P_WAITS, 160        # WAITING: for this pid
    .equ    P_BUFFER, 164       # READING: to here (physical),
    .equ    P_LENGTH, 168       #    at most so many bytes
    .equ    P_SIZE, 176

# P_STATE.  What is above READY is blocked.
    .equ    FREE, 0
    .equ    READY, 1
    .equ    SLEEPING, 2
    .equ    READING, 3
    .equ    WAITING, 4

# A row of `programs`: a name of up to 7 letters, and where it starts.
    .equ    PROGRAM_ENTRY, 8
    .equ    PROGRAM_SIZE, 12

# ---- system calls: number in a7, arguments in a0.., result in a0 ------------

    .equ    SYS_exit, 0         # (status)
    .equ    SYS_write, 1        # (address, length) -> length
    .equ    SYS_read, 2         # (address, length, timeout) -> length
    .equ    SYS_yield, 3        # ()
    .equ    SYS_getpid, 4       # () -> pid
    .equ    SYS_sleep, 5        # (ticks)
    .equ    SYS_uptime, 6       # () -> ticks, low word in a0, high word in a1
    .equ    SYS_spawn, 7        # (name, argument) -> pid
    .equ    SYS_wait, 8         # (pid) -> its exit status
    .equ    SYS_kill, 9         # (pid)
    .equ    SYS_info, 10        # (index, record) -> pid, 0 where no process is
    .equ    SYS_shutdown, 11    # (status)
    .equ    SYSCALLS, 12

# Errors: returned negative, numbered as in Linux.
    .equ    EPERM, 1
    .equ    ENOENT, 2
    .equ    ESRCH, 3
    .equ    EAGAIN, 11
    .equ    EFAULT, 14
    .equ    EBUSY, 16
    .equ    EINVAL, 22
    .equ    ENOSYS, 38
    .equ    ETIMEDOUT, 110

# The record that `info` fills.
    .equ    INFO_PID, 0
    .equ    INFO_STATE, 4
    .equ    INFO_TICKS, 8
    .equ    INFO_NAME, 12       # 8 bytes
    .equ    INFO_SIZE, 20

# ---- macros ----------------------------------------------------------------

    # A system call.
    .macro  sys number
    li      a7, \number
    ecall
    .endm

    # The beginning and the end of a function that calls others.
    .macro  enter
    addi    sp, sp, -16
    sw      ra, 12(sp)
    sw      s0, 8(sp)
    sw      s1, 4(sp)
    sw      s2, 0(sp)
    .endm

    .macro  leave
    lw      ra, 12(sp)
    lw      s0, 8(sp)
    lw      s1, 4(sp)
    lw      s2, 0(sp)
    addi    sp, sp, 16
    ret
    .endm

    # Branch where the time hi:lo is before hi2:lo2 (64 bits, unsigned).
    .macro  before lo, hi, lo2, hi2, label
    bltu    \hi, \hi2, \label
    bne     \hi, \hi2, not_before\@
    bltu    \lo, \lo2, \label
not_before\@:
    .endm
