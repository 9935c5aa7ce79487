# SPDX-License-Identifier: MIT
#
# What a process may ask for.
#
# `ecall` traps in every mode, so it is the door, and belongs to no one.  In a
# virtual machine the monitor gets it first, sees that the *virtual* mode was U,
# and reflects it: it enters this kernel at mtvec just as the hardware would.
#
# Look at: `user_range`.  A process passes addresses in its own space; M-mode
# reaches everything.  So the kernel must do by hand what R does for the
# process: check against the bound, then add the base.  Forget it once, and a
# process can have the kernel read or write anything on its behalf.

    .text
syscall:
    lw      t0, P_PC(tp)        # mepc is the ecall: go on behind it
    addi    t0, t0, 4
    sw      t0, P_PC(tp)
    li      t0, SYSCALLS
    bgeu    a7, t0, 1f
    slli    t0, a7, 2
    la      t1, syscalls
    add     t1, t1, t0
    lw      t1, 0(t1)
    jalr    t1                  # may use any register but tp
    j       2f
1:  li      a0, -ENOSYS
2:  sw      a0, P_A0(tp)
    lw      t0, P_STATE(tp)     # is it blocked now, or dead?
    li      t1, READY
    beq     t0, t1, resume
    call    clock
    j       switch

    .section .rodata
    .balign 4, 0
syscalls:                       # by number, as in layout.s
    .word   sys_exit, sys_write, sys_read, sys_yield, sys_getpid, sys_sleep
    .word   sys_uptime, sys_spawn, sys_wait, sys_kill, sys_info, sys_shutdown

    .text
# user_range(address, length) -> a0 = the physical address, 0 if any of it is
# outside the R of the process in tp.  Without wrap-around: no sum is formed
# before it is known to be small.
user_range:
    li      t0, RAM
    sub     a0, a0, t0          # offset; huge if it was below RAM
    lw      t1, P_BOUND(tp)
    bgtu    a0, t1, 1f
    sub     t1, t1, a0          # what is left from there
    bgtu    a1, t1, 1f
    lw      t1, P_BASE(tp)
    add     a0, a0, t1
    add     a0, a0, t0
    ret
1:  li      a0, 0
    ret

# block(state, wake time a2:a1): the process in tp, once this call returns.
block:
    sw      a0, P_STATE(tp)
    sw      a1, P_WAKE(tp)
    sw      a2, P_WAKE+4(tp)
    ret

# exit(status)
sys_exit:
    mv      a1, a0
    mv      a0, tp
    tail    end_process

# write(address, length) -> length
sys_write:
    enter
    mv      s1, a1
    call    user_range
    mv      s0, a0
    li      a0, -EFAULT
    beqz    s0, 3f
    add     s2, s0, s1
1:  bgeu    s0, s2, 2f
    lbu     a0, 0(s0)
    call    put_character
    addi    s0, s0, 1
    j       1b
2:  mv      a0, s1
3:  leave

# read(address, length, timeout) -> length of the line, with its newline (one
# longer than the caller's `length` is cut); 0 at the end of the input (^D);
# -ETIMEDOUT if no key was pressed for so many ticks (0: wait for ever); -EBUSY
# if another process is reading.
sys_read:
    enter
    mv      s1, a1
    mv      s2, a2
    call    user_range
    mv      s0, a0
    li      a0, -EFAULT
    beqz    s0, 2f
    la      t0, reader
    lw      t0, 0(t0)
    li      a0, -EBUSY
    bnez    t0, 2f
    sw      s0, P_BUFFER(tp)
    sw      s1, P_LENGTH(tp)
    call    console_claim
    li      a1, -1
    li      a2, -1
    beqz    s2, 1f
    call    clock
    add     s2, a0, s2
    sltu    a2, s2, a0
    add     a2, a1, a2
    mv      a1, s2
1:  li      a0, READING
    call    block
2:  leave

# yield(): to whoever is next.
sys_yield:
    sw      zero, P_A0(tp)
    call    clock
    j       switch

# getpid() -> pid
sys_getpid:
    lw      a0, P_PID(tp)
    ret

# sleep(ticks)
sys_sleep:
    enter
    mv      s0, a0
    call    clock
    add     s0, a0, s0
    sltu    a2, s0, a0
    add     a2, a1, a2
    mv      a1, s0
    li      a0, SLEEPING
    call    block
    li      a0, 0
    leave

# uptime() -> ticks, low word in a0, high word in a1
sys_uptime:
    enter
    call    clock
    sw      a1, P_A1(tp)
    leave

# spawn(name, argument) -> pid.  Of the name, 8 bytes must be the caller's.
sys_spawn:
    enter
    mv      s1, a1
    li      a1, 8
    call    user_range
    mv      t0, a0
    li      a0, -EFAULT
    beqz    t0, 1f
    mv      a0, t0
    mv      a1, s1
    call    spawn
1:  leave

# wait(pid) -> its exit status, -1 if it was killed; -ESRCH if there is none.
sys_wait:
    enter
    mv      s0, a0
    call    find_process
    mv      t0, a0
    li      a0, -ESRCH
    beqz    t0, 1f
    li      a0, -EINVAL
    beq     t0, tp, 1f
    sw      s0, P_WAITS(tp)
    li      a0, WAITING
    li      a1, -1
    li      a2, -1
    call    block
1:  leave

# kill(pid)
sys_kill:
    enter
    li      t0, 1               # not init
    mv      t1, a0
    li      a0, -EPERM
    beq     t1, t0, 1f
    mv      a0, t1
    call    find_process
    mv      s0, a0
    li      a0, -ESRCH
    beqz    s0, 1f
    la      a0, kill_message
    lw      a1, P_PID(s0)
    lw      a2, P_PROGRAM(s0)
    lw      a3, P_PID(tp)
    call    printk
    mv      a0, s0
    li      a1, -1
    call    end_process
    li      a0, 0
1:  leave

    .section .rodata
kill_message:
    .asciz  "[kernel] %d %s killed by %d\n"

    .text
# info(index, record) -> pid, 0 where no process is; -EINVAL behind the last.
sys_info:
    enter
    li      t0, PROCESSES
    bgeu    a0, t0, 4f
    li      t0, P_SIZE
    mul     s0, a0, t0
    la      t0, processes
    add     s0, s0, t0
    mv      a0, a1
    li      a1, INFO_SIZE
    call    user_range
    beqz    a0, 3f
    andi    t0, a0, 3           # R checks no alignment, and a misaligned store
    bnez    t0, 3f              # here would be the kernel's own fault
    lw      t0, P_STATE(s0)
    sw      t0, INFO_STATE(a0)
    beqz    t0, 1f
    lw      t0, P_PID(s0)
1:  sw      t0, INFO_PID(a0)
    beqz    t0, 2f
    lw      t1, P_TICKS(s0)
    sw      t1, INFO_TICKS(a0)
    lw      t1, P_PROGRAM(s0)
    lw      t2, 0(t1)
    sw      t2, INFO_NAME(a0)
    lw      t2, 4(t1)
    sw      t2, INFO_NAME+4(a0)
2:  mv      a0, t0
    j       5f
3:  li      a0, -EFAULT
    j       5f
4:  li      a0, -EINVAL
5:  leave

# shutdown(status)
sys_shutdown:
    j       power_off
