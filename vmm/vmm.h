/* SPDX-License-Identifier: MIT */
/*
 * The virtual machine monitor: pure trap-and-emulate, one core for two ports.
 *
 * The structure is the paper's: a dispatcher, an allocator, interpreters for
 * the privileged instructions; a scheduler besides.  Everything here is plain
 * data without pointers, laid out alike on the host and on the simulated
 * machine, so that tools can read a monitor's state out of simulated memory.
 */
#ifndef VMM_H
#define VMM_H

#include <stdbool.h>
#include <stdint.h>

#include "machine/devices/devices.h"
#include "vmm/port.h"
#include "vmm/vcpu.h"

enum {
    VMM_GUESTS_MAX = 16,
    VMM_NAME_MAX = 16,          /* bytes of a guest's name, its end included */
    VMM_CAUSES = 32,            /* exception codes 0 to 15, interrupts 16 + code */
    VMM_SLICE = 100000,         /* default time slice, in steps */
    VMM_TIMER_MAX = 0x7fffffff, /* instructions; a real timer is armed at most so far ahead */
    VMM_LINE_MAX = 128,         /* bytes of a line of output that are kept back at most */
    VMM_TYPED_MAX = 64,         /* bytes of input kept for a VM that does not read yet */
};

#define VMM_VERSION 4u /* of the layouts in this header */

/* What an exit came to: X(id, name, about). */
#define VMM_EXITS(X)                                                                               \
    X(emulated, "emulated", "a privileged instruction of virtual M-mode, interpreted")             \
    X(reflected, "reflected", "a trap of the guest's, taken by its virtual processor")             \
    X(device, "device", "a load or store that a virtual device took")                              \
    X(monitor, "monitor", "an interrupt for the monitor: deadline, time slice or console")

#define VMM_EXIT_ENUM(id, name, about) VMM_EXIT_##id,
enum vmm_exit { VMM_EXITS(VMM_EXIT_ENUM) VMM_EXIT_KINDS };
#undef VMM_EXIT_ENUM

/* What a VM does: X(id, name, about). */
#define VM_STATES(X)                                                                               \
    X(ready, "ready", "runs, or would if it were its turn")                                        \
    X(waiting, "waits", "in a wfi")                                                                \
    X(paused, "paused", "from the console")                                                        \
    X(ended, "ended", "through its finisher, with a code")                                         \
    X(halted, "waits for ever", "in a wfi that nothing can ever end")                              \
    X(stopped, "stopped", "from the console, for good")

#define VM_STATE_ENUM(id, name, about) VM_##id,
enum vm_state { VM_STATES(VM_STATE_ENUM) };
#undef VM_STATE_ENUM

/* A stopped VM's code: what a shell calls a program ended by ^C. */
#define VMM_STOPPED_CODE 130u

/*
 * What has changed since the current VM was last resumed, and vmm_resume has to
 * look at: X(id, about).  Most exits change nothing, and it need not be called.
 */
#define VMM_CHANGES(X)                                                                             \
    X(turn, "a VM's state, the end of its turn or its stop: who runs next")                        \
    X(interrupts, "lines, mie, mstatus.MIE, mode: a virtual interrupt may have to be taken")       \
    X(relocation, "mode or VM: R is composed anew")                                                \
    X(reservation, "mresv is not in the real processor")                                           \
    X(timer, "the real timer is not armed, or may be late")

#define VMM_CHANGE_ENUM(id, about) VMM_CHANGE_##id,
enum vmm_change { VMM_CHANGES(VMM_CHANGE_ENUM) VMM_CHANGE_KINDS };
#undef VMM_CHANGE_ENUM

#define VMM_CHANGED_ENUM(id, about) VMM_CHANGED_##id = 1 << VMM_CHANGE_##id,
enum vmm_changed { VMM_CHANGES(VMM_CHANGED_ENUM) VMM_CHANGED_all = (1 << VMM_CHANGE_KINDS) - 1 };
#undef VMM_CHANGED_ENUM

/* The last exit, for those who look on. */
struct vm_exit {
    uint32_t cause, tval, pc; /* as the real processor had them */
    uint32_t mode;            /* the virtual mode it came from */
    uint32_t kind;            /* enum vmm_exit */
};

struct vm {
    struct vcpu vcpu;
    struct devices devices;   /* the virtual ones */
    uint32_t start, size;     /* its allotment: offset in real RAM, bytes */
    uint32_t entry, a1;       /* of a reset */
    uint32_t state, code;     /* enum vm_state; the finisher's code */
    uint32_t weight;          /* time slices in a row */
    uint32_t slice;           /* steps of a time slice */
    uint32_t hybrid;          /* nonzero: virtual M-mode is interpreted (theorem 3) */
    uint32_t real_clock;      /* nonzero: its mtime follows real time... */
    uint64_t clock_ahead;     /* ...and is so far ahead of it */
    struct devices_wait wait; /* while waiting: what can end it */
    uint64_t wait_ticks;      /* how far the deadline was away when the wait began */
    uint64_t wait_left;       /* ... and at vmm->looked_at; 0: it is past */
    uint64_t slice_end;       /* steps at which its turn is over */
    uint64_t stop_at;         /* steps at which who looks on wants it to stop; normally never */
    struct vm_exit last_exit;
    uint64_t exits[VMM_CAUSES][VMM_EXIT_KINDS];
    uint64_t injected[VMM_CAUSES]; /* virtual interrupts taken, by the same index */
    char name[VMM_NAME_MAX];

    /* Input: a file of its own, or else, where the monitor takes ^A, what was typed to it. */
    uint32_t own_input;                /* nonzero: the console's is not for it */
    uint32_t input_next, input_length; /* bytes of its own input: had, in all */
    uint32_t typed_next, typed_end;    /* counted from the start, modulo 2^32 */
    uint8_t typed[VMM_TYPED_MAX];

    /* Output, where lines are tagged: the line that it is at, and how much of it was shown. */
    uint32_t line_length, line_shown;
    uint32_t line_quiet; /* nonzero: it has written nothing since its last turn ended */
    uint8_t line[VMM_LINE_MAX];

    uint32_t paused_from; /* enum vm_state, while paused */
    uint32_t told;        /* nonzero: who sits at the console knows that it has ended */
};

struct vmm {
    uint32_t version;               /* VMM_VERSION */
    uint32_t count;                 /* VMs */
    uint32_t current;               /* whose turn it is */
    uint32_t focus;                 /* who gets the console's input */
    uint32_t memory_next;           /* offset in real RAM of what is not allotted yet */
    uint32_t memory_end;            /* bytes of real RAM */
    uint64_t looked_at;             /* real time when the waiting VMs' wait_left were right */
    uint32_t real_base, real_bound; /* the real R, as last written */
    uint32_t changed;               /* VMM_CHANGED_...: what vmm_resume has to look at */
    uint32_t armed;            /* nonzero: the real timer is armed, and fires no later than... */
    uint64_t armed_at;         /* ...when the current VM has retired that many instructions */
    uint32_t covers;           /* nonzero: ...which is no later than the guest's own deadline */
    uint32_t listening;        /* nonzero: the console's input interrupt is on */
    uint32_t reservation_real; /* nonzero: the current VM's mresv is in the real processor */
    uint32_t tagged;           /* nonzero: lines of output begin with their VM's name */
    uint32_t attended;         /* nonzero: ^A on the console is for the monitor (vmm/keys.h) */
    uint32_t escaped;          /* nonzero: the byte before was ^A */
    uint32_t line_of; /* whose line is open on the console: index + 1; 0: it is at a line's start */
    uint32_t interpreted; /* instructions of virtual M-mode, since it last looked around */
    struct vm vm[VMM_GUESTS_MAX];
};

/* What comes next, after vmm_resume. */
enum vmm_next {
    VMM_run,    /* the current VM, directly: its x, pc are to be loaded, U-mode entered */
    VMM_stop,   /* the current VM has come to its stop_at */
    VMM_ended,  /* every VM has ended */
    VMM_halted, /* no VM can ever go on */
    VMM_quit,   /* from the console */
};

/* ---- allocator ---- */

/* A monitor for a RAM of `ram_size` bytes, of which those below `reserved` are its own. */
void vmm_init(struct vmm *vmm, uint32_t ram_size, uint32_t reserved);

/*
 * A new VM of `size` bytes (a multiple of 4096), entered at `entry`; its index,
 * or -1 where there are VMM_GUESTS_MAX already or the RAM does not suffice.
 * Its memory is the caller's to fill.
 */
int vmm_add(struct vmm *vmm, const char *name, uint32_t size, uint32_t entry, uint32_t a1);

/* Reset and start, for a VM: its memory is kept. */
void vmm_reset(struct vm *vm);

/* The real R for `vm`, from its virtual mode and R: its own window, moved by its allotment. */
void vmm_compose(const struct vm *vm, uint32_t *base, uint32_t *bound);

/* The memory of `vm`, as the RAM of a machine of its own. */
void vmm_memory(const struct vm *vm, struct vmm_port *port, struct isa_ram *ram);

/* ---- dispatcher ---- */

/* A trap out of real U-mode, as the port found it. */
struct vmm_trap {
    uint32_t cause, pc, tval; /* the real mcause, mepc, mtval */
    uint32_t retired;         /* instructions executed directly since the guest was resumed */
};

/*
 * The one entry for every trap of `vm`, the current one, whose x1 to x31 are in
 * vcpu.hart already.  True: it was an instruction that touches nothing but a
 * register and a word (vmm_interpret_csr_word), as most are; it has been
 * interpreted, and the guest may be resumed as it was.  What becomes due by
 * itself the real timer, armed, is there for.  Else vmm_dispatch is next.  The
 * account of `vm` is not settled.
 */
bool vmm_trap(struct vm *vm, const struct vmm_trap *trap);

/* Emulate, reflect, device access, or an interrupt for the monitor; then comes vmm_resume. */
void vmm_dispatch(struct vmm *vmm, struct vmm_port *port, struct vm *vm);

/* Settle the account of `vm`: its time (vcpu_settle), and the exits that hang on it. */
void vmm_settle(struct vm *vm);

/*
 * The current VM was stopped, not trapped, with `retired` instructions executed
 * and pc at `pc` (x1 to x31 are in vcpu.hart).
 */
void vmm_stopped(struct vmm *vmm, uint32_t pc, uint32_t retired);

/* ---- scheduler ---- */

/* Before the first vmm_resume: the first turn begins, and the console may have something already.
 */
void vmm_start(struct vmm *vmm, struct vmm_port *port);

/*
 * What next: choose a VM, deliver its virtual interrupts, interpret what is to
 * be interpreted, install its R, arm the timer.  Idles while all VMs wait.
 */
enum vmm_next vmm_resume(struct vmm *vmm, struct vmm_port *port);

/*
 * The same, as short as it can be: true where the current VM, `vm`, goes on, and
 * nothing else has to be done first.
 */
bool vmm_go_on(struct vmm *vmm, struct vmm_port *port, struct vm *vm);

/*
 * Look at the real clock: every VM's wait is shorter by what has passed since
 * the last look.  To be done before a VM begins to wait, and before anything
 * is concluded from a wait_left.
 */
void vmm_look_at_clock(struct vmm *vmm, struct vmm_port *port);

/* The real timer is not armed any more. */
void vmm_disarm(struct vmm *vmm);

/* mode, mstatus or mie of `vm`, the current one, may let an interrupt through that was masked. */
void vmm_unmasked(struct vmm *vmm, const struct vm *vm);

/* The current VM's timer is another, and so may be its interrupt lines. */
void vmm_timer_changed(struct vmm *vmm);

/* ---- for those who look on: VMs' accounts are settled ---- */

/* `vm` is to stop when it has made `steps` steps in all; UINT64_MAX: not at all. */
void vmm_stop_at(struct vmm *vmm, struct vm *vm, uint64_t steps);

/* The whole virtual processor of VM `i`, mresv and mip included, while nothing runs. */
void vmm_view(const struct vmm *vmm, struct vmm_port *port, uint32_t i, struct isa_hart *h);

/* All exits of `vm`. */
uint64_t vmm_exits(const struct vm *vm);

/* An mcause in words. */
const char *vmm_cause_name(uint32_t cause);

/* What a VM in `state` does, a word or two; is it over for good? */
const char *vmm_state_name(uint32_t state);
bool vmm_is_over(const struct vm *vm);

/* Does `vm` trap for ever: its trap handler's first instruction trapped, and it is there again? */
bool vmm_traps_for_ever(const struct vm *vm);

/* Index of an mcause in `exits` and `injected`, and back. */
uint32_t vmm_cause_index(uint32_t cause);
uint32_t vmm_cause_of(uint32_t index);

#endif
