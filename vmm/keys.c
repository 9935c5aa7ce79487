/* SPDX-License-Identifier: MIT */
#include "vmm/keys.h"

#include "vmm/console.h"
#include "vmm/interpreters.h"

#define KEY_ENUM(id, first, last, shown, about) KEY_##id,
enum key { VMM_KEYS(KEY_ENUM) KEY_unknown };
#undef KEY_ENUM

static struct vm *
in_focus(struct vmm *vmm)
{
    return &vmm->vm[vmm->focus];
}

/* ---- what is said: a line of its own for each ---- */

static void
begin(struct vmm *vmm, struct vmm_port *port)
{
    vmm_console_new_line(vmm, port);
    vmm_console_say(port, "-- ");
}

static void
end(struct vmm_port *port)
{
    vmm_console_say(port, " --\n");
}

static void
say_padded(struct vmm_port *port, const char *text, uint32_t width)
{
    for (uint32_t i = 0; i < width || *text != '\0'; i++)
        vmm_port_say(port, *text != '\0' ? (uint8_t)*text++ : ' ');
}

/* What `vm` does, where it is, and the exits that it took. */
static void
say_state(struct vmm_port *port, const struct vm *vm)
{
    bool trapping = vmm_traps_for_ever(vm);

    vmm_console_say(port, trapping ? "traps for ever" : vmm_state_name(vm->state));
    if (vm->state == VM_ended) {
        vmm_console_say(port, " with code ");
        vmm_console_say_count(port, vm->code);
    }
    vmm_console_say(port, " at ");
    vmm_console_say_address(port, vm->vcpu.hart.pc);
    if (trapping) {
        vmm_console_say(port, ", ");
        vmm_console_say(port, vmm_cause_name(vm->vcpu.hart.mcause));
    }
    vmm_console_say(port, ", exits ");
    vmm_console_say_count(port, vmm_exits(vm));
}

static void
tell(struct vmm *vmm, struct vmm_port *port, const struct vm *vm)
{
    begin(vmm, port);
    vmm_console_say(port, vm->name);
    vmm_console_say(port, ": ");
    say_state(port, vm);
    end(port);
}

static void
tell_simply(struct vmm *vmm, struct vmm_port *port, const char *before, const char *text)
{
    begin(vmm, port);
    vmm_console_say(port, before);
    vmm_console_say(port, text);
    end(port);
}

static void
list(struct vmm *vmm, struct vmm_port *port)
{
    vmm_console_new_line(vmm, port);
    for (uint32_t i = 0; i < vmm->count; i++) {
        vmm_console_say(port, i == vmm->focus ? "* " : "  ");
        vmm_console_say_count(port, i + 1);
        vmm_console_say(port, i < 9 ? "  " : " ");
        say_padded(port, vmm->vm[i].name, VMM_NAME_MAX);
        say_state(port, &vmm->vm[i]);
        vmm_console_say(port, "\n");
    }
}

static void
help(struct vmm *vmm, struct vmm_port *port)
{
    static const struct {
        const char *shown, *about;
    } rows[] = {
#define KEY_ROW(id, first, last, shown, about) {shown, about},
        VMM_KEYS(KEY_ROW)
#undef KEY_ROW
    };

    vmm_console_new_line(vmm, port);
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        vmm_console_say(port, "^A ");
        say_padded(port, rows[i].shown, 4);
        vmm_console_say(port, rows[i].about);
        vmm_console_say(port, "\n");
    }
}

/* ---- the VM that has the input ---- */

static void
set_focus(struct vmm *vmm, struct vmm_port *port, uint32_t i)
{
    vmm->focus = i;
    tell_simply(vmm, port, "input to ", vmm->vm[i].name);
    vmm_console_show(vmm, port, &vmm->vm[i]);
}

/* Does what is typed come to `vm`, now or once it goes on? */
static bool
is_typed_to(const struct vm *vm)
{
    return vm->own_input == 0 && !vmm_is_over(vm);
}

/* To the next one that reads what is typed; false where there is no other. */
static bool
focus_next(struct vmm *vmm, struct vmm_port *port)
{
    for (uint32_t i = 1; i < vmm->count; i++) {
        uint32_t next = (vmm->focus + i) % vmm->count;

        if (!is_typed_to(&vmm->vm[next]))
            continue;
        set_focus(vmm, port, next);
        return true;
    }
    return false;
}

static void
focus_number(struct vmm *vmm, struct vmm_port *port, uint32_t i)
{
    if (i >= vmm->count)
        list(vmm, port);
    else if (vmm->vm[i].own_input != 0)
        tell_simply(vmm, port, vmm->vm[i].name, ": has an input of its own");
    else if (vmm_is_over(&vmm->vm[i]))
        tell(vmm, port, &vmm->vm[i]);
    else
        set_focus(vmm, port, i);
}

/* ---- pause, resume, stop ---- */

static void
pause(struct vm *vm)
{
    if (vm->state != VM_ready && vm->state != VM_waiting)
        return;
    vm->paused_from = vm->state;
    vm->state = VM_paused;
}

static void
resume(struct vm *vm)
{
    if (vm->state == VM_paused)
        vm->state = vm->paused_from;
}

static void
stop(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    if (!vmm_is_over(vm)) {
        vm->state = VM_stopped;
        vm->code = VMM_STOPPED_CODE;
    }
    vm->told = 1;
    tell(vmm, port, vm);
    (void)focus_next(vmm, port);
}

/* ---- what is typed ---- */

static bool
is_full(const struct vm *vm)
{
    return vm->typed_end - vm->typed_next == VMM_TYPED_MAX;
}

/* Who does not run would keep the monitor from ever reading on: what is too much for it is lost. */
bool
vmm_keys_room(const struct vmm *vmm)
{
    const struct vm *vm = &vmm->vm[vmm->focus];

    return !is_full(vm) || !is_typed_to(vm) || vm->state == VM_paused;
}

static void
type(struct vmm *vmm, struct vmm_port *port, uint8_t byte)
{
    struct vm *vm = in_focus(vmm);

    if (!is_typed_to(vm) || is_full(vm))
        return;
    vm->typed[vm->typed_end++ % VMM_TYPED_MAX] = byte;
    vmm_console_fill(vmm, port, vm);
}

static enum key
key_of(uint8_t byte)
{
#define KEY_RANGE(id, first, last, shown, about)                                                   \
    if (byte >= (first) && byte <= (last))                                                         \
        return KEY_##id;
    VMM_KEYS(KEY_RANGE)
#undef KEY_RANGE
    return KEY_unknown;
}

static void
command(struct vmm *vmm, struct vmm_port *port, uint8_t byte)
{
    struct vm *vm = in_focus(vmm);

    switch (key_of(byte)) {
    case KEY_next:
        if (!focus_next(vmm, port))
            tell_simply(vmm, port, vm->name, ": no other VM reads what is typed");
        break;
    case KEY_number: focus_number(vmm, port, byte - (uint32_t)'1'); break;
    case KEY_list: list(vmm, port); break;
    case KEY_pause:
        pause(vm);
        tell(vmm, port, vm);
        break;
    case KEY_resume:
        resume(vm);
        tell(vmm, port, vm);
        break;
    case KEY_stop: stop(vmm, port, vm); break;
    case KEY_pass: type(vmm, port, byte); break;
    default: help(vmm, port); break;
    }
    if (in_focus(vmm)->line_shown > 0 && !vmm_is_over(in_focus(vmm))) /* a prompt, perhaps */
        vmm_console_show(vmm, port, in_focus(vmm));
}

void
vmm_keys_take(struct vmm *vmm, struct vmm_port *port, uint8_t byte)
{
    if (vmm->escaped != 0) {
        vmm->escaped = 0;
        command(vmm, port, byte);
    } else if (byte == VMM_CONTROL_A) {
        vmm->escaped = 1;
    } else {
        type(vmm, port, byte);
    }
}

void
vmm_keys_leave(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    if (vm->told != 0 || vmm->count == 1 || (!vmm_is_over(vm) && !vmm_traps_for_ever(vm)))
        return;
    vm->told = 1;
    tell(vmm, port, vm);
    if (vm == in_focus(vmm) && vmm_is_over(vm))
        (void)focus_next(vmm, port);
    vmm_console_receive(vmm, port);
}
