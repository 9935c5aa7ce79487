/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer's target for files with states, witnesses and steps: no text may
 * crash the readers, leak, or be refused without a reason that can be printed.
 * A witness that is accepted can be replayed on any machine, printed, and
 * written so that it is read again; a step comes out the same under the monitor.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/step_file.h"
#include "cli/witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

static FILE *
sink(void)
{
    static FILE *null;

    if (null == NULL)
        null = fopen("/dev/null", "w");
    must(null != NULL);
    return null;
}

static void
check(struct diagnostics *d, bool good)
{
    must(good == (d->errors == 0));
    for (size_t i = 0; i < d->count; i++)
        must(d->list[i].message[0] != '\0');
    diagnostics_print(d, sink(), true);
    diagnostics_free(d);
}

/* Written as a file of its own, and read again: it is the same witness. */
static void
check_written(const struct state_machine *machine, const struct witness *w)
{
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    struct diagnostics d = {0};
    struct witness_file *again;
    struct json j;

    must(to != NULL);
    json_start(&j, to);
    json_object(&j, NULL);
    witness_json(&j, "virtualizable", machine, w);
    json_close(&j);
    must(json_end(&j) && fclose(to) == 0);
    again = witness_parse("again.json", text, length, &d);
    must(again != NULL && again->witness.kind == w->kind && again->witness.row == w->row &&
         again->witness.word == w->word);
    check(&d, true);
    witness_free(again);
    free(text);
}

/* The text as a step: under the hosted monitor it is the bare machine's. */
static void
try_step(const uint8_t *data, size_t size)
{
    const struct property_campaign c = {
        .property = PROPERTY_homomorphism, .way = EMBEDDING_hosted, .variant = &isa_virtualizable};
    struct diagnostics d = {0};
    struct step_file *file = step_file_parse("fuzz.json", (const char *)data, size, &d);
    struct property_failure failure;
    char error[IMAGE_ERROR_MAX];
    uint64_t steps;

    check(&d, file != NULL);
    if (file != NULL && file->given.steps <= 16)
        must(property_run_case(&c, &file->given, &steps, &failure, error) == PROPERTY_holds);
    step_file_free(file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct state_machine machine = {devices_step, &isa_virtualizable};
    struct diagnostics d = {0};
    struct witness_file *file = witness_parse("fuzz.json", (const char *)data, size, &d);
    const char *why;

    check(&d, file != NULL);
    try_step(data, size);
    if (file == NULL)
        return 0;
    why = witness_replay(&machine, file);
    must(why == NULL || why[0] != '\0');
    witness_print("virtualizable", &machine, &file->witness, sink());
    if (why == NULL)
        check_written(&machine, &file->witness);
    witness_free(file);
    return 0;
}
