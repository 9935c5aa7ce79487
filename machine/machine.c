/* SPDX-License-Identifier: MIT */
#include "machine/machine.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>

bool
machine_init(struct machine *m, uint32_t ram_size, const struct isa_variant *variant,
             struct console *console)
{
    static const struct machine empty;
    void *ram;

    assert(ram_size % MACHINE_PAGE == 0 && ram_size <= MACHINE_RAM_MAX);
    *m = empty;
    ram = mmap(NULL, ram_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
               -1, 0);
    if (ram == MAP_FAILED)
        return false;
    m->ram.bytes = ram;
    m->ram.size = ram_size;
    m->variant = variant;
    m->console = console;
    m->entry = ISA_RAM_START;
    m->tohost = MACHINE_NO_TOHOST;
    machine_reset(m);
    return true;
}

void
machine_free(struct machine *m)
{
    if (m->ram.bytes != NULL)
        (void)munmap(m->ram.bytes, m->ram.size);
    m->ram.bytes = NULL;
    decoded_free(&m->decoded);
}

void
machine_reset(struct machine *m)
{
    isa_reset(&m->hart, m->entry, m->a1);
    devices_reset(&m->devices);
    machine_serve_uart(m);
}

void
machine_serve_uart(struct machine *m)
{
    struct uart *u = &m->devices.uart;
    uint8_t byte;

    if (u->tx_full)
        console_put(m->console, u->tx);
    u->tx_full = false;
    if (u->rx_full)
        console_attend(m->console);
    else if (console_get(m->console, &byte))
        uart_receive(u, byte);
}

enum machine_stop
machine_trap(struct machine *m, uint32_t cause, uint32_t tval)
{
    bool from_user = m->hart.mode == ISA_USER;

    m->traps++;
    m->last.pc = m->hart.pc;
    m->last.mode = m->hart.mode;
    m->last.trapped = true;
    m->last.cause = cause;
    m->last.tval = tval;
    isa_trap(&m->hart, cause, tval);
    return from_user && m->monitored ? MACHINE_trapped : MACHINE_running;
}

enum machine_stop
machine_idle(struct machine *m, bool timer, uint64_t ticks, bool input, uint64_t *elapsed,
             bool *byte)
{
    const uint64_t longest = INT64_MAX / MACHINE_TICK_NANOSECONDS;
    int64_t limit = -1, waited;

    *elapsed = 0;
    *byte = false;
    if (!timer && !(input && console_open(m->console)))
        return MACHINE_halted;
    if (timer)
        limit = (int64_t)(ticks < longest ? ticks : longest) * MACHINE_TICK_NANOSECONDS;
    switch (console_wait(m->console, limit, input, &waited)) {
    case CONSOLE_quit: return MACHINE_quit;
    case CONSOLE_end: return MACHINE_halted;
    case CONSOLE_timeout: *elapsed = ticks; return MACHINE_running;
    case CONSOLE_byte: break;
    }
    *byte = true;
    *elapsed = (uint64_t)waited / MACHINE_TICK_NANOSECONDS;
    if (timer && *elapsed > ticks)
        *elapsed = ticks;
    machine_serve_uart(m);
    return MACHINE_running;
}

/* wfi with nothing pending (docs/machine.md, ‘Time’). */
static enum machine_stop
wait_for_interrupt(struct machine *m)
{
    struct devices_wait w;
    uint64_t elapsed;
    bool byte;
    enum machine_stop stop;

    devices_wait(&m->devices, &m->hart, &w);
    stop = machine_idle(m, w.timer, m->devices.clint.mtimecmp - m->hart.mtime, w.input, &elapsed,
                        &byte);
    if (stop != MACHINE_running)
        return stop;
    if (!byte) {
        devices_sleep(&m->devices, &m->hart);
    } else {
        isa_retire(&m->hart);
        m->hart.mtime += elapsed > 0 ? elapsed - 1 : 0;
    }
    return MACHINE_running;
}

static enum machine_stop
check_finisher(struct machine *m)
{
    switch (m->devices.finisher.state) {
    case FINISHER_exit: m->exit_code = m->devices.finisher.code; return MACHINE_exit;
    case FINISHER_reset: machine_reset(m); return MACHINE_running;
    case FINISHER_idle: break;
    }
    return MACHINE_running;
}

bool
machine_told(struct machine *m)
{
    uint32_t value;

    if (m->tohost == MACHINE_NO_TOHOST)
        return false;
    value = isa_ram_load(m->ram.bytes + m->tohost, 4);
    if ((value & 1) == 0)
        return false;
    m->exit_code = value >> 1;
    return true;
}

static enum machine_stop
execute(struct machine *m)
{
    struct isa_outcome out = {0};
    enum machine_stop stop;

    m->last.executed = true;
    switch (devices_step(&m->devices, &m->hart, &m->ram, m->variant, &m->last.word, &out)) {
    case ISA_TRAP: return machine_trap(m, out.cause, out.tval);
    case ISA_WAIT: return wait_for_interrupt(m);
    default: break;
    }
    m->last.device = out.access.bytes != 0;
    m->last.access = out.access;
    machine_serve_uart(m);
    stop = check_finisher(m);
    return stop == MACHINE_running && machine_told(m) ? MACHINE_exit : stop;
}

void
machine_written(struct machine *m, uint32_t offset, uint32_t bytes)
{
    decoded_written(&m->decoded, offset, bytes);
}

/* The word that the next instruction may store to is to be decoded anew. */
static void
forget_stored(struct machine *m)
{
    struct isa_outcome out;
    uint32_t word, offset;

    if (isa_fetch(&m->hart, &m->ram, &word, &out) == ISA_DONE && threaded_stores(m, word, &offset))
        decoded_written(&m->decoded, offset & ~3u, 4);
}

enum machine_stop
machine_step(struct machine *m)
{
    enum machine_stop stop;
    uint32_t cause;

    if (m->decoded.operations != NULL)
        forget_stored(m);

    m->last = (struct machine_event){.pc = m->hart.pc, .mode = m->hart.mode};
    m->hart.mip = devices_lines(&m->devices, m->hart.mtime);
    cause = isa_interrupt(&m->hart);
    stop = cause != 0 ? machine_trap(m, cause, 0) : execute(m);
    if (stop != MACHINE_halted && stop != MACHINE_quit)
        m->steps++;
    return stop;
}

static enum machine_stop
run_by_steps(struct machine *m, uint64_t steps)
{
    for (; steps > 0; steps--) {
        enum machine_stop stop = machine_step(m);

        if (stop != MACHINE_running)
            return stop;
        if ((steps & 0xffff) == 0 && console_quit(m->console))
            return MACHINE_quit;
    }
    return MACHINE_running;
}

/* ---- looking out ---- */

static uint64_t
filter_of(uint32_t address)
{
    return (uint64_t)1 << (address >> 2 & 63);
}

void
machine_look_for_nothing(struct machine_lookout *l)
{
    l->places = l->words = 0;
    l->filter = 0;
    l->seen = false;
}

bool
machine_look_at(struct machine_lookout *l, uint32_t address, bool as_seen)
{
    if (l->places == MACHINE_PLACES_MAX)
        return false;
    l->place[l->places].address = address;
    l->place[l->places++].as_seen = as_seen;
    l->filter |= filter_of(address);
    return true;
}

bool
machine_look_for(struct machine_lookout *l, const void *word)
{
    if (l->words == MACHINE_WORDS_MAX)
        return false;
    l->word[l->words++].at = word;
    return true;
}

static bool
at_place(const struct machine_lookout *l, const struct isa_hart *h)
{
    uint32_t offset = h->pc - ISA_RAM_START + (h->mode == ISA_USER ? h->mbase : 0);

    if ((l->filter & (filter_of(h->pc) | filter_of(offset))) == 0)
        return false;
    for (unsigned i = 0; i < l->places; i++)
        if (l->place[i].address == (l->place[i].as_seen ? h->pc : offset))
            return true;
    return false;
}

static bool
has_changed(const struct machine_lookout *l)
{
    for (unsigned i = 0; i < l->words; i++)
        if (memcmp(l->word[i].at, &l->word[i].was, sizeof l->word[i].was) != 0)
            return true;
    return false;
}

static enum machine_stop
run_looking_out(struct machine *m, uint64_t steps)
{
    struct machine_lookout *l = m->lookout;

    if (steps > 4096) /* so many, one by one: not to keep decoded code true all the while */
        decoded_free(&m->decoded);
    for (unsigned i = 0; i < l->words; i++)
        memcpy(&l->word[i].was, l->word[i].at, sizeof l->word[i].was);
    l->seen = false;
    for (; steps > 0; steps--) {
        enum machine_stop stop;

        l->before = m->hart;
        stop = machine_step(m);
        if (stop != MACHINE_running)
            return stop;
        l->seen = at_place(l, &m->hart) || has_changed(l);
        if (l->seen)
            return MACHINE_running;
    }
    return MACHINE_running;
}

enum machine_stop
machine_run(struct machine *m, uint64_t steps)
{
    if (m->lookout != NULL)
        return run_looking_out(m, steps);
    if (m->engine == ENGINE_threaded && steps > 1)
        return threaded_run(m, steps);
    return run_by_steps(m, steps);
}
