/* SPDX-License-Identifier: MIT */
#include "cli/repl/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "cli/repl/command.h"
#include "cli/repl/demo.h"
#include "cli/trace.h"
#include "isa/csr.h"

enum { HISTORY_LINES = 1000 };

/* readline has one terminal, and its hooks no context. */
static struct {
    struct repl *session;
    char before[REPL_LINE_MAX]; /* what stands before the word that is completed */
    unsigned next;              /* candidate */
    char *path;                 /* of the history; NULL: none is kept */
    bool known;
} terminal;

/* ---- candidates ---- */

/* The i-th of a list whose j-th is list(j), counted down in *i; NULL past its end. */
static const char *
candidate_event(unsigned *i)
{
    if (*i < REPL_EVENT_KINDS)
        return repl_event_name((enum repl_event_kind) * i);
    *i -= REPL_EVENT_KINDS;
    return NULL;
}

static const char *
candidate_level(const struct repl *r, unsigned *i)
{
    static const char *const depths[] = {"L0", "L1", "L2", "L3", "L4", "L5"};
    unsigned known = 1;

    for (unsigned k = 1; k < r->levels.count; k++)
        if (r->levels.row[k].depth == known && known < sizeof depths / sizeof depths[0])
            known++;
    if (*i < known)
        return depths[*i];
    *i -= known;
    if (*i + 1 < r->levels.count)
        return r->levels.row[*i + 1].name;
    *i -= r->levels.count - 1;
    return NULL;
}

static const char *
candidate_symbol(const struct repl *r, unsigned *i)
{
    const struct target_program *p = r->levels.row[r->view].program;
    unsigned count = p != NULL ? p->image.symbols_count : 0;

    if (*i < count)
        return p->image.symbols[*i].name;
    *i -= count;
    return NULL;
}

static const char *
candidate_name(unsigned *i, char *text)
{
    const char *name = repl_names_at(*i, text);

    if (name != NULL)
        return name;
    while (repl_names_at(*i - 1, text) == NULL)
        (*i)--;
    return NULL;
}

static const char *
candidate_csr(unsigned i, char *text)
{
    int csr = isa_csr_at(i);

    return csr >= 0 && isa_csr_name((uint32_t)csr, text) ? text : NULL;
}

static const char *
candidate_mnemonic(unsigned i)
{
    const struct isa_pseudo *pseudo;

    if (i < INSN_COUNT)
        return isa_instruction((enum isa_insn)i)->mnemonic;
    pseudo = isa_pseudo(i - INSN_COUNT);
    return pseudo != NULL ? pseudo->mnemonic : NULL;
}

static const char *
candidate_of(const char *const *words, unsigned i)
{
    for (unsigned n = 0; words[n] != NULL; n++)
        if (n == i)
            return words[n];
    return NULL;
}

static const char *
candidate_command(unsigned i)
{
    const struct repl_command *c = repl_command_at(i);

    return c != NULL ? c->name : NULL;
}

/* The command that the line begins with, if any; *rest is what stands behind its name. */
static const struct repl_command *
command_of(const char *before, const char **rest)
{
    unsigned count;
    size_t n;

    before += strspn(before, " \t");
    n = before[0] == '.' ? 1 : strcspn(before, " \t/");
    *rest = before + n;
    return n > 0 ? repl_command_match(before, n, &count) : NULL;
}

const char *
repl_candidate(const struct repl *r, const char *before, unsigned i, char *text)
{
    static const char *const subjects[] = {"breakpoints", "levels", "events",
                                           "names",       "line",   NULL};
    static const char *const on_off[] = {"on", "off", NULL};
#define TRACE_WORD(id, about) "+" #id,
    static const char *const traces[] = {TRACE_CLASSES(TRACE_WORD) "off", "--chrome", NULL};
#undef TRACE_WORD
    static const char *const catches[] = {"csr", NULL};
    const char *rest, *found;
    const struct repl_command *c = command_of(before, &rest);

    if (before[strspn(before, " \t")] == '\0')
        return candidate_command(i);
    if (c == NULL)
        return NULL;
    switch (c->completion) {
    case REPL_COMPLETE_event:
        found = candidate_event(&i);
        return found != NULL ? found : candidate_level(r, &i);
    case REPL_COMPLETE_catch:
        if (strstr(rest, "csr ") != NULL)
            return candidate_csr(i, text);
        found = candidate_event(&i);
        return found != NULL ? found : candidate_of(catches, i);
    case REPL_COMPLETE_level: return candidate_level(r, &i);
    case REPL_COMPLETE_place: return candidate_symbol(r, &i);
    case REPL_COMPLETE_expression:
        found = candidate_symbol(r, &i);
        return found != NULL ? found : candidate_name(&i, text);
    case REPL_COMPLETE_mnemonic:
        if (rest[strspn(rest, " \t")] == '\0')
            return candidate_mnemonic(i);
        found = candidate_symbol(r, &i);
        return found != NULL ? found : candidate_name(&i, text);
    case REPL_COMPLETE_command: return candidate_command(i);
    case REPL_COMPLETE_demo: return repl_demo_name(i);
    case REPL_COMPLETE_info: return candidate_of(subjects, i);
    case REPL_COMPLETE_onoff: return candidate_of(on_off, i);
    case REPL_COMPLETE_trace: return candidate_of(traces, i);
    default: return NULL;
    }
}

/* ---- readline's hooks ---- */

static char *
generate(const char *word, int again)
{
    char text[REPL_LINE_MAX];
    const char *candidate;

    if (again == 0)
        terminal.next = 0;
    while ((candidate = repl_candidate(terminal.session, terminal.before, terminal.next++, text)) !=
           NULL)
        if (strncmp(candidate, word, strlen(word)) == 0)
            return strdup(candidate);
    return NULL;
}

static char **
complete(const char *word, int start, int end)
{
    const struct repl_command *c;
    const char *rest;

    (void)end;
    (void)snprintf(terminal.before, sizeof terminal.before, "%.*s", start, rl_line_buffer);
    c = command_of(terminal.before, &rest);
    if (c != NULL && c->completion == REPL_COMPLETE_file)
        return NULL; /* file names are readline's own */
    rl_attempted_completion_over = 1;
    return rl_completion_matches(word, generate);
}

/* What separates words: operators too, where expressions are completed. */
static char *
word_breaks(void)
{
    static char blanks[] = " \t\n", operators[] = " \t\n*+-/%&|^~!<>=(),:$";
    const char *rest;
    const struct repl_command *c;
    char line[REPL_LINE_MAX];

    (void)snprintf(line, sizeof line, "%.*s", rl_point, rl_line_buffer);
    c = command_of(line, &rest);
    if (c == NULL || *rest == '\0')
        return blanks;
    switch (c->completion) {
    case REPL_COMPLETE_expression:
    case REPL_COMPLETE_place:
    case REPL_COMPLETE_mnemonic: return operators;
    default: return blanks;
    }
}

/* ^C at the prompt: away with the line.  Once the line is complete, it is for what that does. */
static void
forget_line(void)
{
    if (rl_done)
        return;
    console_forget_interrupt();
    (void)rl_crlf();
    rl_replace_line("", 0);
    (void)rl_on_new_line();
    rl_redisplay();
}

/* Wait for a byte, or for a signal that has come, whenever it came: none is delivered between the
 * look for one and the wait. */
static bool
wait_for_byte(int fd)
{
    sigset_t held, before;
    fd_set ready;
    bool there = false;

    FD_ZERO(&ready);
    FD_SET(fd, &ready);
    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGINT);
    (void)sigaddset(&held, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &held, &before);
    if (!console_interrupted() && rl_pending_signal() == 0)
        there = pselect(fd + 1, &ready, NULL, NULL, NULL, &before) != -1 || errno != EINTR;
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return there;
}

static void
heed_signals(void)
{
    rl_check_signals();
    if (console_interrupted())
        forget_line();
}

/*
 * readline itself, where a signal comes just before it waits, waits all the
 * same.  One that comes between the wait and the byte was there before the byte,
 * which is the first of the next line.
 */
static int
get_byte(FILE *in)
{
    bool there;
    int byte;

    do {
        there = wait_for_byte(fileno(in));
        heed_signals();
    } while (!there);
    byte = rl_getc(in);
    heed_signals();
    return byte;
}

/* ---- the terminal ---- */

/* Where the history is kept: $THIRDGEN_HISTORY (empty: nowhere), or in the home directory. */
static char *
history_path(void)
{
    const char *given = getenv("THIRDGEN_HISTORY"), *home = getenv("HOME");
    char path[4096];

    if (given != NULL)
        return given[0] != '\0' ? strdup(given) : NULL;
    if (home == NULL || home[0] == '\0')
        return NULL;
    (void)snprintf(path, sizeof path, "%s/.thirdgen_history", home);
    return strdup(path);
}

void
repl_terminal_begin(struct repl *r)
{
    terminal.session = r;
    terminal.path = history_path();
    terminal.known = terminal.path != NULL && access(terminal.path, F_OK) == 0;
    rl_readline_name = "thirdgen";
    rl_attempted_completion_function = complete;
    rl_completion_word_break_hook = word_breaks;
    rl_getc_function = get_byte;
    using_history();
    stifle_history(HISTORY_LINES);
    if (terminal.path != NULL)
        (void)read_history(terminal.path);
}

void
repl_terminal_end(void)
{
    if (terminal.path != NULL)
        (void)write_history(terminal.path);
    free(terminal.path);
    terminal.path = NULL;
    terminal.session = NULL;
}

bool
repl_terminal_known(void)
{
    return terminal.known;
}

bool
repl_terminal_line(struct repl *r, const char *prompt, char *line)
{
    char *typed;

    (void)fflush(r->out);
    console_forget_interrupt();
    typed = readline(prompt);
    clearerr(r->out); /* readline's own output may have been cut short by a signal */
    if (typed == NULL) {
        (void)putc('\n', r->out);
        return false;
    }
    (void)snprintf(line, REPL_LINE_MAX, "%s", typed);
    if (line[strspn(line, " \t")] != '\0')
        add_history(line);
    free(typed);
    return true;
}

bool
repl_terminal_pause(const char *prompt)
{
    char *typed = readline(prompt);
    bool on = typed != NULL && typed[0] != 'q';

    free(typed);
    return on;
}
