# SPDX-License-Identifier: MIT
#
# The serial console: characters out, lines in.
#
# A device register is reached by a load or store at its address, in machine
# mode only: R shows a process RAM and nothing else.  In a virtual machine such
# a load or store is a memory trap, and the monitor serves it with the virtual
# device.  (The paper leaves input and output aside; here R takes care of them.)
#
# Look at: when the UART may interrupt.  Only while a process waits for a line:
# what is typed earlier waits outside, and an idle system with no reader has
# nothing to wake it.

    .equ    LINE, 80            # the longest line, without its newline

    .text
# console_init()
console_init:
    li      t0, UART
    li      t1, 1
    sb      t1, UART_FCR(t0)    #! FIFOs on
    sb      zero, UART_IER(t0)  #! no interrupts as yet
    ret

# put_character(byte).  Changes t0 and t1 only.
put_character:
    li      t0, UART
1:  lbu     t1, UART_LSR(t0)    #!
    andi    t1, t1, LSR_IDLE
    beqz    t1, 1b
    sb      a0, UART_DATA(t0)   #!
    ret

# printk(format, a1..a5): the kernel's own messages, of less than 128 bytes.
printk:
    enter
    addi    sp, sp, -160
    sw      a1, 0(sp)
    sw      a2, 4(sp)
    sw      a3, 8(sp)
    sw      a4, 12(sp)
    sw      a5, 16(sp)
    mv      a1, a0
    addi    a0, sp, 32
    mv      a2, sp
    call    format
    addi    s0, sp, 32
1:  lbu     a0, 0(s0)
    beqz    a0, 2f
    call    put_character
    addi    s0, s0, 1
    j       1b
2:  addi    sp, sp, 160
    leave

# console_claim(): the process in tp waits for a line.
console_claim:
    la      t0, reader
    sw      tp, 0(t0)
    la      t0, line_length
    sw      zero, 0(t0)
    li      t0, UART
    li      t1, 1
    sb      t1, UART_IER(t0)    #!
    ret

# console_release(): nobody does any more.
console_release:
    la      t0, reader
    sw      zero, 0(t0)
    li      t0, UART
    sb      zero, UART_IER(t0)  #!
    ret

# console_receive(): take what the UART has, up to the end of a line; echo it.
console_receive:
    enter
    la      t0, reader
    lw      s0, 0(t0)
    beqz    s0, 9f
1:  li      t0, UART
    lbu     t1, UART_LSR(t0)    #!
    andi    t1, t1, LSR_RECEIVED
    beqz    t1, 9f
    lbu     s1, UART_DATA(t0)   #!
    li      t0, -1              # there is somebody: the reader has time
    sw      t0, P_WAKE(s0)
    sw      t0, P_WAKE+4(s0)
    la      t0, line_length
    lw      s2, 0(t0)

    li      t0, '\r'
    beq     s1, t0, 4f
    li      t0, '\n'
    beq     s1, t0, 4f
    li      t0, 0x7f            # the key marked Backspace sends this,
    beq     s1, t0, 2f
    li      t0, '\b'            # or that
    beq     s1, t0, 2f
    li      t0, 4               # ^D
    beq     s1, t0, 3f
    li      t0, ' '             # of other control characters, nothing
    bltu    s1, t0, 1b
    li      t0, LINE
    bgeu    s2, t0, 1b

    la      t0, line            # a character
    add     t0, t0, s2
    sb      s1, 0(t0)
    addi    s2, s2, 1
    la      t0, line_length
    sw      s2, 0(t0)
    mv      a0, s1
    call    put_character
    j       1b

2:  beqz    s2, 1b              # a step back
    addi    s2, s2, -1
    la      t0, line_length
    sw      s2, 0(t0)
    li      a0, '\b'
    call    put_character
    li      a0, ' '
    call    put_character
    li      a0, '\b'
    call    put_character
    j       1b

3:  bnez    s2, 1b              # ^D on an empty line is the end
    j       5f

4:  la      t0, line            # the line is complete
    add     t0, t0, s2
    li      a0, '\n'
    sb      a0, 0(t0)
    addi    s2, s2, 1
    call    put_character

5:  lw      t0, P_LENGTH(s0)    # to the reader, as much as it has room for
    bleu    s2, t0, 6f          # (sys_read has checked the range)
    mv      s2, t0
6:  sw      s2, P_A0(s0)
    lw      t0, P_BUFFER(s0)
    la      t1, line
    add     s2, t1, s2
7:  bgeu    t1, s2, 8f
    lbu     t2, 0(t1)
    sb      t2, 0(t0)
    addi    t0, t0, 1
    addi    t1, t1, 1
    j       7b
8:  li      t0, READY
    sw      t0, P_STATE(s0)
    call    console_release
9:  leave

    .bss
    .balign 4, 0
reader:                         # the process that waits for a line, or 0
    .space  4
line_length:
    .space  4
line:
    .space  LINE + 4
