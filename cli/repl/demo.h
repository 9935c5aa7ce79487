/* SPDX-License-Identifier: MIT */
/* Guided tours: real runs of small guests that are built in, told step by step. */
#ifndef REPL_DEMO_H
#define REPL_DEMO_H

/* The name of demo i; NULL past the last. */
const char *repl_demo_name(unsigned i);

#endif
