/* SPDX-License-Identifier: MIT */
/* The engines: different ways to run the same machine, alike to the bit. */
#ifndef MACHINE_ENGINE_H
#define MACHINE_ENGINE_H

/* X(id, name, about) */
#define MACHINE_ENGINES(X)                                                                         \
    X(reference, "reference", "instruction by instruction, plain and readable")                    \
    X(threaded, "threaded", "instructions decoded once, each jumping to the next")

#define MACHINE_ENGINE_ENUM(id, name, about) ENGINE_##id,
enum machine_engine { MACHINE_ENGINES(MACHINE_ENGINE_ENUM) ENGINE_COUNT };
#undef MACHINE_ENGINE_ENUM

#endif
