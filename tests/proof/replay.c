/* SPDX-License-Identifier: MIT */
/* prove.h for one run with given values: whoever loads this (replay.py) answers. */
#include "tests/proof/replay.h"

#include "tests/proof/prove.h"

static struct replay *answers;
static bool stopped; /* what the harness says from now on is not on the path */

void
replay_begin(struct replay *r)
{
    answers = r;
    stopped = false;
}

uint32_t
sym(const char *name)
{
    return (uint32_t)answers->number(name);
}

uint64_t
sym64(const char *name)
{
    return answers->number(name);
}

void
sym_registers(const char *name, uint32_t *x)
{
    for (uint32_t i = 0; i < 32; i++)
        x[i] = answers->element(name, i);
    answers->number(name); /* counted: the next of the name is another */
}

uint8_t *
sym_bytes(const char *name, uint64_t count)
{
    return answers->bytes(name, count);
}

uint8_t *
copy_bytes(const uint8_t *bytes)
{
    return answers->copy(bytes);
}

bool
same_registers(const uint32_t *a, const uint32_t *b)
{
    for (int i = 0; i < 32; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

bool
same_bytes(const uint8_t *a, const uint8_t *b)
{
    return answers->same(a, b);
}

uint32_t
instruction(void)
{
    return (uint32_t)answers->number("instruction");
}

uint32_t
function_of(const char *name, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    (void)name, (void)a, (void)b, (void)c, (void)d;
    return 0; /* of summaries, which a replay does not use */
}

bool
identical(uint32_t a, uint32_t b)
{
    return a == b;
}

void
assume(bool condition)
{
    if (!condition)
        answers->observed("an assumption does not hold", 1);
}

void
stop(void)
{
    stopped = true;
}

void
prove(bool condition, const char *what)
{
    if (!condition && !stopped)
        answers->observed(what, 0);
}

uint32_t
parameter(const char *name)
{
    return (uint32_t)answers->number(name);
}

void
observe(const char *name, uint64_t value)
{
    if (!stopped)
        answers->observed(name, value);
}

void
observe_registers(const char *name, const uint32_t *x)
{
    for (int i = 0; i < 32; i++)
        answers->observed(name, x[i]);
}

void
observe_bytes(const char *name, const uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        answers->observed(name, bytes[i]);
}
