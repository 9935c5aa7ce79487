/* SPDX-License-Identifier: MIT */
#include "library.h"

#define UART_THR (*(volatile uint8_t *)0x10000000u)
#define UART_LSR (*(volatile uint8_t *)0x10000005u)
#define LSR_IDLE 0x20u

static int failures;

void *
memcpy(void *to, const void *from, size_t length)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    for (size_t i = 0; i < length; i++)
        t[i] = f[i];
    return to;
}

void *
memmove(void *to, const void *from, size_t length)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    if ((uintptr_t)to <= (uintptr_t)from)
        return memcpy(to, from, length);
    while (length-- > 0)
        t[length] = f[length];
    return to;
}

void *
memset(void *to, int value, size_t length)
{
    uint8_t *t = to;

    for (size_t i = 0; i < length; i++)
        t[i] = (uint8_t)value;
    return to;
}

int
memcmp(const void *a, const void *b, size_t length)
{
    const uint8_t *x = a, *y = b;

    for (size_t i = 0; i < length; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

size_t
strlen(const char *s)
{
    size_t n = 0;

    while (s[n] != '\0')
        n++;
    return n;
}

int
strcmp(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (uint8_t)*a - (uint8_t)*b;
}

char *
strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c)
            return (char *)(uintptr_t)s;
        if (*s == '\0')
            return NULL;
    }
}

static void
put(char c)
{
    while ((UART_LSR & LSR_IDLE) == 0)
        ;
    UART_THR = (uint8_t)c;
}

/* A 64-bit number divided by 10 or 16, by hand: there is no libgcc here. */
static uint64_t
divide(uint64_t n, uint32_t by, uint32_t *rest)
{
    uint64_t q = 0;
    uint32_t r = 0;

    for (int i = 63; i >= 0; i--) {
        r = r << 1 | (uint32_t)(n >> i & 1);
        q <<= 1;
        if (r >= by) {
            r -= by;
            q |= 1;
        }
    }
    *rest = r;
    return q;
}

struct field {
    bool left, zeros;
    unsigned width;
};

static void
put_padded(const struct field *f, const char *text, size_t length)
{
    size_t pad = f->width > length ? f->width - length : 0;

    if (f->zeros && !f->left && *text == '-') { /* the sign before the zeros */
        put(*text++);
        length--;
    }
    for (size_t i = 0; !f->left && i < pad; i++)
        put(f->zeros ? '0' : ' ');
    for (size_t i = 0; i < length; i++)
        put(text[i]);
    for (size_t i = 0; f->left && i < pad; i++)
        put(' ');
}

static void
put_number(const struct field *f, uint64_t n, bool negative, uint32_t base)
{
    char text[24];
    size_t at = sizeof text;
    uint32_t digit;

    do {
        n = divide(n, base, &digit);
        text[--at] = "0123456789abcdef"[digit];
    } while (n != 0);
    if (negative)
        text[--at] = '-';
    put_padded(f, text + at, sizeof text - at);
}

void
print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    for (const char *p = format; *p != '\0'; p++) {
        struct field f = {false, false, 0};
        int longs = 0;
        int64_t n;
        char c;

        if (*p != '%') {
            put(*p);
            continue;
        }
        for (p++; *p == '-' || *p == '0'; p++) {
            f.left = f.left || *p == '-';
            f.zeros = f.zeros || *p == '0';
        }
        for (; *p >= '0' && *p <= '9'; p++)
            f.width = f.width * 10 + (unsigned)(*p - '0');
        for (; *p == 'l'; p++)
            longs++;
        switch (*p) {
        case 'd':
            n = longs == 2 ? va_arg(args, long long) : va_arg(args, int);
            put_number(&f, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, n < 0, 10);
            break;
        case 'u':
        case 'x':
            put_number(&f, longs == 2 ? va_arg(args, unsigned long long) : va_arg(args, unsigned),
                       false, *p == 'u' ? 10 : 16);
            break;
        case 'p': put_number(&f, (uintptr_t)va_arg(args, void *), false, 16); break;
        case 'c':
            c = (char)va_arg(args, int);
            put_padded(&f, &c, 1);
            break;
        case 's': {
            const char *s = va_arg(args, const char *);

            put_padded(&f, s, strlen(s));
            break;
        }
        default: put(*p); break;
        }
    }
    va_end(args);
}

uint32_t
next_random(uint32_t *state)
{
    uint32_t x = *state;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

void
check_failed(const char *file, int line, const char *condition)
{
    failures++;
    print("%s:%d: not so: %s\n", file, line, condition);
}

int
result(void)
{
    if (failures == 0)
        print("all checks hold\n");
    return failures < 100 ? failures : 100;
}
