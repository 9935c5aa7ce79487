/* SPDX-License-Identifier: MIT */
/* The A extension as a compiler uses it: a lock, a stack without one, all the operations. */
#include "library.h"

struct node {
    struct node *next;
    uint32_t value;
};

static struct node *top;
static struct node nodes[50];

static void
push(struct node *n)
{
    n->next = __atomic_load_n(&top, __ATOMIC_RELAXED);
    while (
        !__atomic_compare_exchange_n(&top, &n->next, n, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
}

static struct node *
pop(void)
{
    struct node *n = __atomic_load_n(&top, __ATOMIC_ACQUIRE);

    while (n != NULL && !__atomic_compare_exchange_n(&top, &n, n->next, true, __ATOMIC_ACQ_REL,
                                                     __ATOMIC_ACQUIRE))
        ;
    return n;
}

int
main(void)
{
    uint32_t word = 10, sum = 0, lock = 0, expected;

    CHECK(__atomic_fetch_add(&word, 5, __ATOMIC_SEQ_CST) == 10 && word == 15);
    CHECK(__atomic_fetch_sub(&word, 16, __ATOMIC_RELAXED) == 15 && word == 0xffffffffu);
    CHECK(__atomic_fetch_and(&word, 0xf0f0u, __ATOMIC_ACQUIRE) == 0xffffffffu && word == 0xf0f0u);
    CHECK(__atomic_fetch_or(&word, 0x0f00u, __ATOMIC_RELEASE) == 0xf0f0u && word == 0xfff0u);
    CHECK(__atomic_fetch_xor(&word, 0xffffu, __ATOMIC_SEQ_CST) == 0xfff0u && word == 0x000fu);
    CHECK(__atomic_fetch_nand(&word, 0x3u, __ATOMIC_SEQ_CST) == 0x0fu && word == 0xfffffffcu);
    CHECK(__atomic_exchange_n(&word, 1, __ATOMIC_SEQ_CST) == 0xfffffffcu && word == 1);
    expected = 2;
    CHECK(!__atomic_compare_exchange_n(&word, &expected, 3, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST));
    CHECK(expected == 1 && word == 1);
    CHECK(__atomic_compare_exchange_n(&word, &expected, 3, false, __ATOMIC_SEQ_CST,
                                      __ATOMIC_SEQ_CST));
    CHECK(word == 3);

    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE) != 0)
        ;
    CHECK(lock == 1);
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);

    for (uint32_t i = 0; i < 50; i++) {
        nodes[i].value = i * i;
        push(&nodes[i]);
    }
    for (struct node *n = pop(); n != NULL; n = pop())
        sum = sum * 3 + n->value;
    print("popped: %08x\n", (unsigned)sum);
    return result();
}
