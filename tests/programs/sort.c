/* SPDX-License-Identifier: MIT */
/* Quicksort, heapsort and merge sort of the same numbers, through function pointers. */
#include "library.h"

enum { COUNT = 2000 };

static int32_t numbers[COUNT], sorted[3][COUNT], spare[COUNT];

static void
swap(int32_t *a, int32_t *b)
{
    int32_t t = *a;

    *a = *b;
    *b = t;
}

static void
quicksort(int32_t *a, int n)
{
    int low = 0, high = n - 1;
    int32_t pivot = a[n / 2];

    if (n < 2)
        return;
    while (low <= high) {
        while (a[low] < pivot)
            low++;
        while (a[high] > pivot)
            high--;
        if (low <= high)
            swap(&a[low++], &a[high--]);
    }
    quicksort(a, high + 1);
    quicksort(a + low, n - low);
}

static void
sift(int32_t *a, int root, int n)
{
    for (int child = 2 * root + 1; child < n; root = child, child = 2 * root + 1) {
        if (child + 1 < n && a[child] < a[child + 1])
            child++;
        if (a[root] >= a[child])
            return;
        swap(&a[root], &a[child]);
    }
}

static void
heapsort(int32_t *a, int n)
{
    for (int i = n / 2 - 1; i >= 0; i--)
        sift(a, i, n);
    while (--n > 0) {
        swap(&a[0], &a[n]);
        sift(a, 0, n);
    }
}

static void
mergesort(int32_t *a, int n)
{
    int half = n / 2, i = 0, j = half;

    if (n < 2)
        return;
    mergesort(a, half);
    mergesort(a + half, n - half);
    for (int k = 0; k < n; k++)
        spare[k] = j == n || (i < half && a[i] <= a[j]) ? a[i++] : a[j++];
    memcpy(a, spare, (size_t)n * sizeof a[0]);
}

int
main(void)
{
    static void (*const sorts[3])(int32_t *, int) = {quicksort, heapsort, mergesort};
    uint32_t state = 2463534242u, sum = 0;

    for (int i = 0; i < COUNT; i++)
        numbers[i] = (int32_t)next_random(&state) >> (i % 3 * 8);
    for (int s = 0; s < 3; s++) {
        memcpy(sorted[s], numbers, sizeof numbers);
        sorts[s](sorted[s], COUNT);
        CHECK(memcmp(sorted[s], sorted[0], sizeof numbers) == 0);
    }
    for (int i = 0; i < COUNT; i++) {
        CHECK(i == 0 || sorted[0][i - 1] <= sorted[0][i]);
        sum += (uint32_t)numbers[i] - (uint32_t)sorted[0][COUNT - 1 - i];
    }
    CHECK(sum == 0);
    print("smallest %d, middle %d, largest %d\n", (int)sorted[0][0], (int)sorted[0][COUNT / 2],
          (int)sorted[0][COUNT - 1]);
    return result();
}
