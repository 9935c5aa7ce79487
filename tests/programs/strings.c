/* SPDX-License-Identifier: MIT */
/* Strings, and print with all that it takes: variable arguments, widths, 64 bits. */
#include "library.h"

static void
reverse_words(char *text)
{
    size_t n = strlen(text);
    char *word = text;

    for (size_t i = 0; i < n / 2; i++) {
        char c = text[i];

        text[i] = text[n - 1 - i];
        text[n - 1 - i] = c;
    }
    for (char *p = text;; p++) {
        if (*p != ' ' && *p != '\0')
            continue;
        for (char *a = word, *b = p - 1; a < b; a++, b--) {
            char c = *a;

            *a = *b;
            *b = c;
        }
        word = p + 1;
        if (*p == '\0')
            return;
    }
}

static unsigned
distance(const char *a, const char *b) /* Levenshtein's */
{
    unsigned row[32], m = (unsigned)strlen(b);

    for (unsigned j = 0; j <= m; j++)
        row[j] = j;
    for (unsigned i = 0; a[i] != '\0'; i++) {
        unsigned corner = row[0];

        row[0] = i + 1;
        for (unsigned j = 0; j < m; j++) {
            unsigned best = corner + (a[i] != b[j]);

            corner = row[j + 1];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (corner + 1 < best)
                best = corner + 1;
            row[j + 1] = best;
        }
    }
    return row[m];
}

static int
add(int count, ...)
{
    va_list args;
    int sum = 0;

    va_start(args, count);
    while (count-- > 0)
        sum += va_arg(args, int);
    va_end(args);
    return sum;
}

int
main(void)
{
    char text[] = "generation third the of machines";
    char moved[32] = "0123456789";

    reverse_words(text);
    print("%s\n", text);
    CHECK(strcmp(text, "machines of the third generation") == 0);
    print("kitten, sitting: %u\n", distance("kitten", "sitting"));
    CHECK(distance("kitten", "sitting") == 3 && distance("", "abc") == 3);
    memmove(moved + 2, moved, 8);
    CHECK(memcmp(moved, "0101234567", 10) == 0);
    memmove(moved, moved + 2, 8);
    CHECK(memcmp(moved, "0123456767", 10) == 0);
    CHECK(strchr(text, 'f') == text + 10 && strchr(text, 'z') == NULL);
    CHECK(strcmp("a", "b") < 0 && strcmp("b\xff", "b\x01") > 0);
    CHECK(add(10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) == 55);

    print("[%d] [%5d] [%-5d] [%05d] [%d]\n", 42, -42, -42, -42, -2147483647 - 1);
    print("[%u] [%x] [%08x] [%c] [%3c]\n", 4294967295u, 0xbeefu, 0xbeefu, 'x', 'y');
    print("[%s] [%8s] [%-8s] [%%]\n", "", "right", "left");
    print("%d %lld %d %llx %d\n", 1, -9223372036854775807LL - 1, 2, 0x0123456789abcdefULL, 3);
    print("%s %d %s %d %s %d %s %d %s\n", "a", 1, "b", 2, "c", 3, "d", 4, "e");
    return result();
}
