/* SPDX-License-Identifier: MIT */
#include "vmm/console.h"

#include "vmm/keys.h"

static uint32_t
index_of(const struct vmm *vmm, const struct vm *vm)
{
    return (uint32_t)(vm - vmm->vm);
}

/* ---- what the monitor itself says ---- */

void
vmm_console_say(struct vmm_port *port, const char *text)
{
    for (; *text != '\0'; text++)
        vmm_port_say(port, (uint8_t)*text);
}

/*
 * Divided by ten bit by bit: the last digit is what is left.  (A division of 64
 * bits is a call into a library that is not there.)
 */
static unsigned
last_digit(uint64_t *count)
{
    uint64_t quotient = 0;
    unsigned rest = 0;

    for (int bit = 63; bit >= 0; bit--) {
        rest = rest << 1 | (unsigned)(*count >> bit & 1);
        quotient = quotient << 1 | (rest >= 10);
        rest -= rest >= 10 ? 10 : 0;
    }
    *count = quotient;
    return rest;
}

void
vmm_console_say_count(struct vmm_port *port, uint64_t count)
{
    char digits[24];
    int n = sizeof digits;

    digits[--n] = '\0';
    do {
        digits[--n] = (char)('0' + last_digit(&count));
    } while (count != 0);
    vmm_console_say(port, digits + n);
}

void
vmm_console_say_address(struct vmm_port *port, uint32_t address)
{
    vmm_console_say(port, "0x");
    for (int shift = 28; shift >= 0; shift -= 4)
        vmm_port_say(port, (uint8_t) "0123456789abcdef"[address >> shift & 15]);
}

void
vmm_console_new_line(struct vmm *vmm, struct vmm_port *port)
{
    if (vmm->line_of != 0)
        vmm_port_say(port, '\n');
    vmm->line_of = 0;
}

/* ---- output ---- */

static bool
is_tagged(const struct vmm *vmm)
{
    return vmm->tagged != 0 && vmm->count > 1;
}

/* The console to the line of `vm`; from which byte on is it to be shown? */
static uint32_t
turn_to(struct vmm *vmm, struct vmm_port *port, const struct vm *vm)
{
    uint32_t mine = index_of(vmm, vm) + 1;

    if (vmm->line_of == mine)
        return vm->line_shown;
    vmm_console_new_line(vmm, port);
    if (is_tagged(vmm)) {
        vmm_console_say(port, vm->name);
        vmm_console_say(port, ": ");
    }
    vmm->line_of = mine;
    return 0;
}

void
vmm_console_show(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    bool whole;

    if (vm->line_length == 0)
        return;
    whole = vm->line[vm->line_length - 1] == '\n';
    for (uint32_t i = turn_to(vmm, port, vm); i < vm->line_length; i++)
        vmm_port_put(port, index_of(vmm, vm), vm->line[i]);
    vm->line_shown = vm->line_length;
    if (whole)
        vmm->line_of = 0;
    if (whole || vm->line_length == VMM_LINE_MAX)
        vm->line_length = vm->line_shown = 0;
}

/* Is `vm` the only one that is not over? */
static bool
is_last(const struct vmm *vmm, const struct vm *vm)
{
    for (uint32_t i = 0; i < vmm->count; i++)
        if (&vmm->vm[i] != vm && !vmm_is_over(&vmm->vm[i]))
            return false;
    return true;
}

/* Lines of several VMs are never mixed. */
static void
send_in_lines(struct vmm *vmm, struct vmm_port *port, struct vm *vm, uint8_t byte)
{
    vm->line[vm->line_length++] = byte;
    vm->line_quiet = 0;
    if (byte == '\n' || vm->line_length == VMM_LINE_MAX || is_last(vmm, vm))
        vmm_console_show(vmm, port, vm);
}

static void
send(struct vmm *vmm, struct vmm_port *port, struct vm *vm, uint8_t byte)
{
    if (is_tagged(vmm) || vmm->attended != 0)
        send_in_lines(vmm, port, vm, byte);
    else
        vmm_port_put(port, index_of(vmm, vm), byte);
}

/* ---- input ---- */

bool
vmm_console_open(const struct vm *vm)
{
    return vm->own_input == 0 || vm->input_next < vm->input_length;
}

/* The next byte that waits for `vm` here. */
static bool
next_byte(struct vmm *vmm, struct vmm_port *port, struct vm *vm, uint8_t *byte)
{
    if (vm->own_input != 0 && vm->input_next < vm->input_length)
        *byte = vmm_port_input(port, index_of(vmm, vm), vm->input_next++);
    else if (vm->own_input == 0 && vm->typed_next != vm->typed_end)
        *byte = vm->typed[vm->typed_next++ % VMM_TYPED_MAX];
    else
        return false;
    return true;
}

void
vmm_console_fill(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    struct uart *u = &vm->devices.uart;
    uint8_t byte;

    if (!u->rx_full && next_byte(vmm, port, vm, &byte))
        uart_receive(u, byte);
}

/* The input interrupt is on exactly while there is room for a byte. */
static void
listen(struct vmm *vmm, struct vmm_port *port, bool on)
{
    if ((vmm->listening != 0) == on)
        return;
    vmm_port_listen(port, on);
    vmm->listening = on;
}

/* What is typed is kept, or obeyed, as long as there is room. */
static void
receive_attended(struct vmm *vmm, struct vmm_port *port)
{
    uint8_t byte;

    for (int i = 0; i < VMM_TYPED_MAX && vmm_keys_room(vmm) && vmm_port_get(port, &byte); i++)
        vmm_keys_take(vmm, port, byte);
    listen(vmm, port, vmm_keys_room(vmm));
}

void
vmm_console_receive(struct vmm *vmm, struct vmm_port *port)
{
    struct vm *vm = &vmm->vm[vmm->focus];
    struct uart *u = &vm->devices.uart;
    uint8_t byte;

    vmm->changed = VMM_CHANGED_all;
    if (vmm->attended != 0) {
        vmm_settle(&vmm->vm[vmm->current]); /* its exits may be told of */
        receive_attended(vmm, port);
        return;
    }
    if (vm->own_input == 0 && !u->rx_full && vmm_port_get(port, &byte))
        uart_receive(u, byte);
    listen(vmm, port, vm->own_input == 0 && !u->rx_full);
}

bool
vmm_console_wanted(const struct vmm *vmm)
{
    const struct vm *vm = &vmm->vm[vmm->focus];

    if (vmm->attended != 0)
        return vmm->listening != 0;
    return vm->state == VM_waiting && vm->wait.input && vm->own_input == 0;
}

void
vmm_console_serve(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    struct uart *u = &vm->devices.uart;

    if (u->tx_full)
        send(vmm, port, vm, u->tx);
    u->tx_full = false;
    vmm_console_fill(vmm, port, vm);
    if (vm == &vmm->vm[vmm->focus] && vmm->listening == 0 && (!u->rx_full || vmm->attended != 0))
        vmm_console_receive(vmm, port);
}

void
vmm_console_leave(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    bool silent = vm->state != VM_ready || vm->line_quiet != 0;

    if (silent && vm->line_shown < vm->line_length)
        vmm_console_show(vmm, port, vm);
    vm->line_quiet = 1;
    if (vmm->attended != 0)
        vmm_keys_leave(vmm, port, vm);
}

void
vmm_console_start(struct vmm *vmm, struct vmm_port *port)
{
    for (uint32_t i = 0; i < vmm->count; i++)
        vmm_console_fill(vmm, port, &vmm->vm[i]);
    vmm_console_receive(vmm, port);
}
