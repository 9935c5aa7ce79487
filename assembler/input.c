/* SPDX-License-Identifier: MIT */
/* Files and expansions, read statement by statement. */
#include "assembler/internal.h"

#include <string.h>

struct as_origin *
as_origin(struct as_state *a, const char *path, const char *text, size_t length,
          uint32_t first_line, const struct as_place *from)
{
    struct as_origin *origin = as_allocate(a, sizeof *origin);

    origin->source = (struct source){path, text, length, first_line};
    origin->listed = first_line - 1;
    if (from != NULL)
        origin->from = *from;
    origin->older = a->origins;
    a->origins = origin;
    return origin;
}

struct as_frame *
as_open(struct as_state *a, struct as_origin *origin, const struct as_place *place)
{
    struct as_frame *frame = a->spare;
    const struct source *source = &origin->source;

    if (++a->nesting > ASSEMBLER_NESTING_MAX)
        as_abandon(a, place, "does it include, call or repeat itself?",
                   "files, macros and repetitions are nested deeper than %d",
                   ASSEMBLER_NESTING_MAX);
    if (frame == NULL)
        frame = as_allocate(a, sizeof *frame);
    else
        a->spare = frame->outer;
    *frame = (struct as_frame){
        .origin = origin,
        .conditions = a->condition,
        .outer = a->frame,
        .lexer = {source->text, source->text + source->length, source->text, source->first_line}};
    a->frame = frame;
    return frame;
}

void
as_close(struct as_state *a)
{
    struct as_frame *frame = a->frame;

    as_close_conditions(a, frame->conditions);
    a->frame = frame->outer;
    frame->outer = a->spare;
    a->spare = frame;
    a->nesting--;
}

/* ---- statements ---- */

static bool
is_mark(const struct as_token *token, int mark)
{
    return token->kind == AS_MARK && token->value == mark;
}

static bool
is_label(const struct as_token *token)
{
    return (token->kind == AS_NAME || token->kind == AS_NUMBER) && is_mark(&token[1], ':');
}

/* name = expression */
static void
assign(struct as_parser *p)
{
    const struct as_token *name = p->at;

    p->at += 2;
    const struct as_expression *e = as_parse_expression(p);

    if (e != NULL && as_expect_end(p))
        as_define_equate(p->a, name, e, false);
    else
        as_report(p->a);
}

static void
run_directive(struct as_parser *p, const struct as_directive *directive)
{
    const struct as_token *name = p->at++;

    if (!directive->run(p, name, directive->argument))
        as_report(p->a);
}

/* Report it; but compilers' .cfi_ directives mean nothing here. */
static void
unknown_directive(struct as_parser *p)
{
    struct as_place place = as_token_place(p->a, p->at);
    struct diagnostic_guess guess;
    char hint[120];

    if (p->at->length > 5 && memcmp(p->at->text, ".cfi_", 5) == 0)
        return;
    diagnostic_guess_start(&guess, p->at->text, p->at->length);
    as_names_offer(&p->a->directives, &guess);
    as_error(p->a, &place, as_guess_hint(&guess, hint), "unknown directive `%.*s'",
             as_quoted(p->at->length), p->at->text);
}

/* What stands after the labels. */
static void
run_operation(struct as_parser *p)
{
    struct as_state *a = p->a;
    const struct as_token *name = p->at;
    const struct as_directive *directive;
    const struct as_macro *macro;

    if (name->kind != AS_NAME) {
        as_expected(p, "an instruction, directive or label");
        as_report(a);
        return;
    }
    directive = as_names_find(&a->directives, name->text, name->length);
    macro = as_names_find(&a->macros, name->text, name->length);
    if (directive != NULL)
        run_directive(p, directive);
    else if (macro != NULL) {
        p->at++;
        if (!as_call(p, macro, name))
            as_report(a);
    } else if (is_mark(&name[1], '='))
        assign(p);
    else if (name->text[0] == '.')
        unknown_directive(p);
    else
        as_instruction(p);
}

/* A statement that is skipped: only conditions count. */
static void
skip_statement(struct as_parser *p)
{
    const struct as_directive *directive = NULL;

    while (is_label(p->at))
        p->at += 2;
    if (p->at->kind == AS_NAME)
        directive = as_names_find(&p->a->directives, p->at->text, p->at->length);
    if (directive != NULL && directive->conditional)
        run_directive(p, directive);
}

/* The one statement of assembler_instruction. */
static void
run_single(struct as_parser *p)
{
    struct as_state *a = p->a;

    if (p->at->kind == AS_NAME && p->at->text[0] != '.' && !is_label(p->at) &&
        !is_mark(&p->at[1], '=')) {
        if (a->statements > 1)
            as_fail(p, p->at, NULL, "one instruction is expected, and this is one more");
        else
            as_instruction(p);
    } else if (p->at->kind != AS_END)
        as_expected(p, "an instruction");
    as_report(a);
}

static void
run_statement(struct as_state *a)
{
    struct as_parser p = {.a = a, .at = a->tokens};

    a->failure.at = NULL;
    a->failure.reported = false;
    if (p.at->kind == AS_END)
        return;
    a->statements++;
    if (a->one_instruction) {
        run_single(&p);
        return;
    }
    if (!as_live(a)) {
        skip_statement(&p);
        return;
    }
    while (is_label(p.at)) {
        as_define_label(a, p.at);
        p.at += 2;
    }
    a->failure.reported = false;
    if (p.at->kind != AS_END)
        run_operation(&p);
}

static void
check_limits(struct as_state *a)
{
    struct as_place place = {a->frame->origin, a->frame->lexer.line, 0, 0};

    if (a->statements > ASSEMBLER_STATEMENTS_MAX || a->read > ASSEMBLER_READ_MAX)
        as_abandon(a, &place, "does a macro or repetition go on for ever?",
                   "the source comes to more than %d statements, or %d MiB",
                   ASSEMBLER_STATEMENTS_MAX, ASSEMBLER_READ_MAX >> 20);
}

/* Begin the next repetition of the frame; false: there is none. */
static bool
repeat(struct as_state *a, struct as_frame *frame)
{
    a->statements++;
    if (frame->irp != NULL)
        return as_irp_next(a, frame);
    if (frame->repeat == 0)
        return false;
    frame->repeat--;
    frame->lexer = frame->again;
    return true;
}

void
as_read_all(struct as_state *a)
{
    while (a->frame != NULL && !a->d->dropped) {
        if (!a->ended && as_lex(a, &a->frame->lexer))
            run_statement(a);
        else if (a->ended || !repeat(a, a->frame))
            as_close(a);
        if (a->frame != NULL)
            check_limits(a);
    }
}

/* ---- .include, .incbin ---- */

/* The directory of `path`, with its slash; its length. */
static size_t
directory(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? 0 : (size_t)(slash + 1 - path);
}

/* `name` in directory `where` (`length` bytes, its slash included). */
static char *
join(struct as_state *a, const char *where, size_t length, const char *name)
{
    size_t n = strlen(name);
    char *path = as_allocate(a, length + n + 2);

    memcpy(path, where, length);
    if (length > 0 && path[length - 1] != '/')
        path[length++] = '/';
    memcpy(path + length, name, n);
    return path;
}

/* Read `path`; the file is kept until the end. */
static struct source *
read_file(struct as_state *a, const char *path, const char **problem)
{
    struct source source;

    a->files = as_grow(a, a->files, &a->files_capacity, a->files_held + 1, sizeof *a->files);
    if (!source_read(path, ASSEMBLER_FILE_MAX, &source, problem))
        return NULL;
    a->files[a->files_held++] = source;
    if (source.length > ASSEMBLER_MEMORY - a->memory)
        as_abandon(a, NULL, NULL, "the files are too large together");
    a->memory += source.length;
    return &a->files[a->files_held - 1];
}

/* Find and read `name`: beside the file that names it, as it stands, along the include path. */
static struct source *
find_file(struct as_state *a, const char *name, const char **problem)
{
    const char *here = a->frame->origin->source.path, *first = NULL;
    const char *const *paths = a->options->include_path;
    struct source *source = NULL;

    if (name[0] != '/' && directory(here) > 0) {
        source = read_file(a, join(a, here, directory(here), name), &first);
        if (source != NULL)
            return source;
    }
    source = read_file(a, name, problem);
    for (; source == NULL && name[0] != '/' && paths != NULL && *paths != NULL; paths++)
        source = read_file(a, join(a, *paths, strlen(*paths), name), problem);
    if (source == NULL && first != NULL)
        *problem = first;
    return source;
}

/* "name" at p->at, and the file under it. */
static struct source *
parse_file(struct as_parser *p)
{
    struct as_state *a = p->a;
    const struct as_token *token = p->at;
    const char *problem = "unknown";
    struct source *source;

    if (token->kind != AS_STRING) {
        as_expected(p, "a file's name in quotes");
        return NULL;
    }
    if (a->options->sealed) {
        as_fail(p, token, NULL, "no other file may be read here");
        return NULL;
    }
    source = find_file(a, as_copy(a, token->text + 1, token->length - 2), &problem);
    if (source == NULL)
        as_fail(p, token, NULL, "cannot read %.*s: %s", as_quoted(token->length), token->text,
                problem);
    p->at++;
    return source;
}

bool
as_include(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_state *a = p->a;
    struct as_place place = as_token_place(a, name);
    const struct source *source = parse_file(p);

    (void)argument;
    if (source == NULL || !as_expect_end(p))
        return false;
    struct as_origin *origin = as_origin(a, source->path, source->text, source->length, 1, &place);

    origin->file = a->file_count++;
    origin->what = "included from here";
    as_open(a, origin, &place);
    return true;
}

/* .incbin "file"[, skip[, count]] */
bool
as_incbin(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_place place = as_token_place(p->a, name);
    const struct source *source = parse_file(p);
    int64_t skip = 0, count;

    (void)argument;
    if (source == NULL || (as_accept(p, ',') && !as_parse_constant(p, &skip)))
        return false;
    count = (int64_t)source->length - skip;
    if ((as_accept(p, ',') && !as_parse_constant(p, &count)) || !as_expect_end(p))
        return false;
    if (skip < 0 || count < 0 || skip > (int64_t)source->length ||
        count > (int64_t)source->length - skip) {
        as_error(p->a, &place, NULL, "the file has %zu bytes, and this asks for others",
                 source->length);
        return true;
    }
    as_emit(p->a, &place, source->text + skip, (size_t)count);
    return true;
}
