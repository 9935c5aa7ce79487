/* SPDX-License-Identifier: MIT */
/* Who answers a harness that is run natively: replay.py, which has a model of one path. */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdbool.h>
#include <stdint.h>

struct replay {
    uint64_t (*number)(const char *name);
    uint32_t (*element)(const char *name, uint32_t index);
    uint8_t *(*bytes)(const char *name, uint64_t count);
    uint8_t *(*copy)(const uint8_t *bytes);
    bool (*same)(const uint8_t *a, const uint8_t *b);
    void (*observed)(const char *name, uint64_t value);
};

void replay_begin(struct replay *r);

#endif
