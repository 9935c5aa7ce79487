/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the assembler share.
 *
 *   parser.c       what was expected, and errors with their places
 *   memory.c       an arena with a budget; tables of names
 *   lexer.c        text to the tokens of one statement
 *   expression.c   tokens to a tree; a tree to a value
 *   symbol.c       labels, numeric labels, symbols given a value
 *   section.c      bytes, alignment, and what is filled in later
 *   instruction.c  mnemonics and operands, from isa/table.h
 *   pseudo.c       pseudo-instructions of several instructions
 *   directive.c    directives that emit, define or arrange
 *   condition.c    .if and its kin
 *   macro.c        .macro, .rept, .irp
 *   input.c        files and expansions, read statement by statement
 *   layout.c       addresses, and the end
 *   listing.c      the listing
 *   elf.c          the ELF file
 *   dwarf.c        the lines in it, for debuggers
 *
 * Every error passes through as_error, which knows about expansions.  Where
 * memory is out or a limit is passed, as_abandon leaves the whole assembly by
 * longjmp, so that no one else need care: all that is allocated belongs to
 * `struct as_state`.
 */
#ifndef ASSEMBLER_INTERNAL_H
#define ASSEMBLER_INTERNAL_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assembler/assembler.h"
#include "isa/instruction.h"

struct as_state;

/* ---- places ---- */

/* A text that statements come from: a file, or an expansion of a macro. */
struct as_origin;

struct as_place {
    const struct as_origin *origin;
    uint32_t line, column, length;
};

struct as_origin {
    struct source source;
    const char *what;     /* "in the expansion of macro `m'", "included from here"; NULL: the top */
    struct as_place from; /* whence it was called or included */
    bool expansion;       /* not a file */
    uint32_t file;        /* index of the file, where it is one */
    uint32_t listed;      /* the last line of it that the listing has shown */
    uint32_t lines;       /* of the text; known to the listing */
    uint32_t *starts;     /* where each begins, likewise */
    struct as_origin *older; /* of all origins */
};

/* Report an error at `place`, with the expansions around it.  `hint` may be NULL. */
void as_error(struct as_state *a, const struct as_place *place, const char *hint,
              const char *format, ...) DIAGNOSTIC_PRINTF(4, 5);

/* A warning, likewise. */
void as_warn(struct as_state *a, const struct as_place *place, const char *hint, const char *format,
             ...) DIAGNOSTIC_PRINTF(4, 5);

/* A note on it. */
void as_note(struct as_state *a, const struct as_place *place, const char *format, ...)
    DIAGNOSTIC_PRINTF(3, 4);

/* An error or warning, with its notes, in the list of diagnostics. */
struct as_group {
    size_t first, count;
    uint64_t statement; /* that it is about */
};

/* Bring what was said about this source into the order of its statements. */
void as_sort_errors(struct as_state *a, size_t first);

/* Report an error and leave the assembly: a limit is passed.  Does not return. */
_Noreturn void as_abandon(struct as_state *a, const struct as_place *place, const char *hint,
                          const char *format, ...) DIAGNOSTIC_PRINTF(4, 5);

/* ---- memory.c ---- */

struct as_chunk;

/* `size` zero bytes that live as long as the assembly. */
void *as_allocate(struct as_state *a, size_t size);

/* A copy of `length` bytes, with a 0 after them. */
char *as_copy(struct as_state *a, const char *text, size_t length);

/*
 * Room for `need` elements of `size` bytes at `old`, which has *capacity: the
 * array, perhaps elsewhere.  It is the caller's to free in as_free_all.
 */
void *as_grow(struct as_state *a, void *old, size_t *capacity, size_t need, size_t size);

void as_arena_free(struct as_state *a);

/* Names to things. */
struct as_name {
    struct as_name *next;
    const char *text;
    size_t length;
    uint32_t hash;
    void *thing;
};

struct as_names {
    struct as_name **buckets;
    size_t size, count;
};

/* The thing under a name, or NULL. */
void *as_names_find(const struct as_names *names, const char *text, size_t length);

/* Put a thing under a name, which must outlive the table; it replaces what was there. */
void as_names_put(struct as_state *a, struct as_names *names, const char *text, size_t length,
                  void *thing);

/* Offer every name that has a thing as a guess. */
void as_names_offer(const struct as_names *names, struct diagnostic_guess *guess);

/* ---- lexer.c ---- */

enum as_token_kind {
    AS_END,    /* of the statement */
    AS_NAME,   /* foo, .foo, a0, fence.i */
    AS_NUMBER, /* 12, 0x12, 'a' */
    AS_LOCAL,  /* 1b, 1f: `value` is the number, the last letter says which */
    AS_STRING, /* "text", its quotes included */
    AS_MARK,   /* an operator or other mark: `value` is its code, see AS_MARK2 */
    AS_BAD,    /* none of these: `problem` says why */
};

#define AS_MARK2(a, b) ((a) << 8 | (b)) /* code of a mark of two characters */

struct as_token {
    enum as_token_kind kind;
    uint32_t length, line, column;
    const char *text;
    int64_t value;
    const char *problem;
};

struct as_lexer {
    const char *at, *end, *line_start;
    uint32_t line;
};

enum { AS_TOKENS_MAX = 1 << 16 }; /* of one statement */

/* Read one statement into a->tokens, which ends with AS_END.  False: there is no more. */
bool as_lex(struct as_state *a, struct as_lexer *lexer);

/* The value of a character, escaped or not, at *at; moves behind it.  False with *problem. */
bool as_lex_character(const char **at, const char *end, unsigned char *value, const char **problem);

/* ---- parsing ---- */

/* Where in the tokens of the statement the parser stands. */
struct as_parser {
    struct as_state *a;
    const struct as_token *at;
    unsigned depth; /* of nested expressions */
};

/* What went wrong in parsing a statement: of several attempts, the one that got furthest. */
struct as_failure {
    const struct as_token *at; /* NULL: nothing */
    char message[200], hint[120];
    bool forms;    /* how the instruction is written is worth a hint */
    bool reported; /* an error in the statement has been reported already */
};

/* Record that token `at` is wrong; false.  `hint` may be NULL. */
bool as_fail(struct as_parser *p, const struct as_token *at, const char *hint, const char *format,
             ...) DIAGNOSTIC_PRINTF(4, 5);

/* "expected WHAT, found `TOKEN'" or the token's own problem; false. */
bool as_expected(struct as_parser *p, const char *what);

/* Report what as_fail recorded. */
void as_report(struct as_state *a);

/* Is the next token this mark?  Take it if so. */
bool as_accept(struct as_parser *p, int mark);

/* Take this mark; fail where it is not there. */
bool as_expect(struct as_parser *p, int mark);

/* Fail unless the statement ends here. */
bool as_expect_end(struct as_parser *p);

/* The place of a token, and from one to the end of another. */
struct as_place as_token_place(const struct as_state *a, const struct as_token *token);
struct as_place as_span(const struct as_state *a, const struct as_token *first,
                        const struct as_token *end);

/* Is the token this name? */
bool as_token_is(const struct as_token *token, const char *name);

/* "did you mean `X'?", if no more than a third of the word is wrong (short names lie close), for a
 * guess's answer into `hint`, or an empty text; returns `hint` or NULL.
 */
const char *as_guess_hint(const struct diagnostic_guess *guess, char hint[120]);

/* How much of a long name is quoted. */
static inline int
as_quoted(size_t length)
{
    return length > 60 ? 60 : (int)length;
}

/* ---- expression.c ---- */

struct as_section;
struct as_symbol;

/* A number, or so many bytes from the start of a section. */
struct as_value {
    const struct as_section *section; /* NULL: a number */
    int64_t n;
};

enum as_node { AS_VALUE, AS_SYMBOL, AS_UNARY, AS_BINARY };

struct as_expression {
    enum as_node node;
    int op;         /* mark, of AS_UNARY and AS_BINARY */
    uint32_t depth; /* of the tree */
    struct as_place place;
    struct as_value value;
    struct as_symbol *symbol;
    const struct as_expression *left, *right;
};

enum {
    AS_DEPTH_MAX = 250,   /* of an expression */
    AS_SYMBOLS_MAX = 500, /* of symbols that stand for expressions of symbols */
};

/* Parse an expression; NULL where there is none or it is wrong (as_fail). */
const struct as_expression *as_parse_expression(struct as_parser *p);

/* Why an expression has no value. */
enum as_known {
    AS_KNOWN,
    AS_UNKNOWN, /* not yet: *why is the symbol, or NULL: addresses are needed */
    AS_WRONG,   /* an error, which is reported */
};

/* The value of an expression as far as it is known now. */
enum as_known as_evaluate(struct as_state *a, const struct as_expression *e, struct as_value *value,
                          struct as_symbol **why);

/* Parse an expression whose value must be a number by now.  False: failed or reported. */
bool as_parse_constant(struct as_parser *p, int64_t *n);

/* ---- symbol.c ---- */

enum as_symbol_kind { AS_UNDEFINED, AS_LABEL, AS_EQUATE };

struct as_symbol {
    const char *name; /* ends with 0 */
    size_t length;
    enum as_symbol_kind kind;
    struct as_value value;
    const struct as_expression *lazy; /* of an AS_EQUATE whose value was not known */
    struct as_place place;            /* of the definition, or first use */
    const struct as_expression *size; /* by .size */
    enum assembly_symbol_type type;
    enum assembly_binding binding;
    bool numeric;  /* 1: and the like */
    bool constant; /* by .equiv: not to be given another value */
    bool reported, visiting;
    struct as_symbol *next; /* in the order of first mention */
};

/* The symbol called so, made where there is none. */
struct as_symbol *as_symbol(struct as_state *a, const struct as_token *token);

/* The symbol that 1b or 1f means; NULL, with a failure: there is none before. */
struct as_symbol *as_symbol_numeric(struct as_parser *p, const struct as_token *token);

/* Define a label here: a name, or a number. */
void as_define_label(struct as_state *a, const struct as_token *token);

/* Give a symbol the value of an expression. */
void as_define_equate(struct as_state *a, const struct as_token *token,
                      const struct as_expression *e, bool once);

/* Report that the symbol on which as_evaluate ended is not defined, once. */
void as_report_undefined(struct as_state *a, struct as_symbol *symbol);

/* ---- section.c ---- */

struct as_section {
    const char *name;
    uint32_t flags, align;
    uint32_t index; /* order of appearance */
    uint64_t size;
    unsigned char *bytes;
    size_t capacity;
    uint32_t address;
    int output;                  /* index in the assembly, or -1 */
    struct as_fixup_at *anchors; /* where %pcrel_hi stands, by offset */
    size_t anchor_count, anchor_capacity;
    struct as_section *next;
};

/* The section called so, made with `flags` where there is none. */
struct as_section *as_section(struct as_state *a, const char *name, size_t length, uint32_t flags,
                              bool *made);

/* The offset at which the next byte goes. */
uint32_t as_here(const struct as_state *a);

/* Emit bytes; `place` is blamed where they cannot be. */
void as_emit(struct as_state *a, const struct as_place *place, const void *bytes, size_t n);

/* Emit `value` in `size` bytes (1 to 8), the lowest first. */
void as_emit_value(struct as_state *a, const struct as_place *place, uint64_t value, unsigned size);

/* Emit `count` bytes that are all `byte`. */
void as_emit_fill(struct as_state *a, const struct as_place *place, uint64_t count,
                  unsigned char byte);

/* Align to 1 << power: with `fill` bytes, or (-1) zeros or, in code, nops; nothing where it would
 * take more than `limit` bytes. */
void as_align(struct as_state *a, const struct as_place *place, unsigned power, int fill,
              uint64_t limit);

/* The part of an operand's value that goes into a field. */
enum as_part {
    AS_WHOLE,
    AS_HI,
    AS_LO,
    AS_PCREL_HI, /* of the distance from the instruction at `anchor` */
    AS_PCREL_LO,
    AS_PCREL_LO_OF, /* of the distance that the auipc at the operand's address has the rest of */
};

/* Bytes to be filled in. */
struct as_fixup {
    struct as_section *section;
    uint32_t offset; /* of the word or datum */
    uint32_t anchor; /* of the auipc, for AS_PCREL_* */
    char field;      /* letter of isa/table.h; 0: a datum of `size` bytes */
    unsigned char size;
    unsigned char part; /* enum as_part */
    bool second;        /* of a pair: what is wrong with the value is said of the first */
    uint64_t statement;
    const struct as_expression *e;
    struct as_place place;
};

struct as_fixup_at {
    uint32_t offset;
    const struct as_expression *e;
};

/* Fill in now what is known, or note it down.  The bytes are emitted already, with zeros there. */
void as_fix(struct as_state *a, const struct as_fixup *fixup);

/* Fill in all that was noted: every section has its address. */
void as_fix_all(struct as_state *a);

/* The value of an expression when every section has its address.  False: reported. */
bool as_final_value(struct as_state *a, const struct as_expression *e, int64_t *n);

/* ---- instruction.c, pseudo.c ---- */

/* A parsed operand. */
struct as_operand {
    char letter;
    enum as_part part;
    int64_t number;                /* of a register, CSR or fence set */
    const struct as_expression *e; /* of any other */
    const struct as_token *first, *end;
};

enum { AS_OPERANDS_MAX = 4 };

struct as_operands {
    struct as_operand list[AS_OPERANDS_MAX];
    unsigned count;
};

/* One way to write an instruction: the forms of a mnemonic are tried in their order. */
struct as_form {
    const char *operands;
    uint32_t match;
    bool amo;                          /* takes .aq and .rl */
    const struct as_expansion *expand; /* NULL: one instruction */
    struct as_form *next;
};

/* Operand `letter`, or NULL. */
const struct as_operand *as_operand(const struct as_operands *operands, char letter);

/* Emit an instruction: `match` with the operands in their fields. */
void as_emit_instruction(struct as_state *a, const struct as_place *place, uint32_t match,
                         const struct as_operands *operands);

/* Add a form of `mnemonic` to those known. */
void as_add_form(struct as_state *a, const char *mnemonic, const struct as_form *form);

void as_add_instructions(struct as_state *a);
void as_add_constant_loads(struct as_state *a);
void as_add_address_pairs(struct as_state *a);

/* Emit what a pseudo-instruction stands for. */
void as_expand_pseudo(struct as_state *a, const struct as_place *place,
                      const struct as_expansion *expansion, const struct as_operands *operands);

/* Assemble the instruction at p->at, a name. */
void as_instruction(struct as_parser *p);

/* ---- directive.c, condition.c ---- */

/* A directive's work.  False: as_fail has said what is wrong, or it is reported. */
typedef bool as_directive_run(struct as_parser *p, const struct as_token *name, int argument);

struct as_directive {
    struct assembler_directive shown;
    as_directive_run *run;
    int argument;
    bool conditional; /* looked at also in what is skipped */
};

void as_add_directives(struct as_state *a);

enum as_condition_kind { /* the argument of as_if */
                         AS_IF,
                         AS_IF_EQ,
                         AS_IF_LT,
                         AS_IF_LE,
                         AS_IF_GE,
                         AS_IF_GT,
                         AS_IF_DEFINED,
                         AS_IF_NOT_DEFINED,
                         AS_IF_BLANK,
                         AS_IF_NOT_BLANK,
                         AS_IF_SAME,
                         AS_IF_NOT_SAME,
};

as_directive_run as_if, as_elseif, as_else, as_endif;

struct as_condition {
    bool live;  /* this part is assembled */
    bool taken; /* a part was; or the whole is skipped */
    bool last;  /* .else was seen */
    struct as_place place;
    struct as_condition *outer;
};

/* Is the statement now read to be assembled? */
bool as_live(const struct as_state *a);

/* Close the conditions inside `outer`, each an error. */
void as_close_conditions(struct as_state *a, struct as_condition *outer);

/* ---- macro.c ---- */

struct as_macro;

as_directive_run as_macro, as_rept, as_irp, as_exitm, as_stray;

/* Call a macro with the operands at p->at. */
bool as_call(struct as_parser *p, const struct as_macro *macro, const struct as_token *name);

/* ---- input.c ---- */

/* An open file or expansion. */
struct as_frame {
    struct as_origin *origin;
    struct as_lexer lexer;
    struct as_lexer again;           /* where a repetition starts */
    uint64_t repeat;                 /* repetitions still to come */
    struct as_irp *irp;              /* values still to come */
    bool macro;                      /* .exitm ends here */
    struct as_condition *conditions; /* open when it was opened */
    struct as_frame *outer;
};

/* A new origin, called from `from` (NULL: the top). */
struct as_origin *as_origin(struct as_state *a, const char *path, const char *text, size_t length,
                            uint32_t first_line, const struct as_place *from);

/* Open a text. */
struct as_frame *as_open(struct as_state *a, struct as_origin *origin,
                         const struct as_place *place);

/* Close the innermost. */
void as_close(struct as_state *a);

/* The next value of an .irp into the frame; false: there is none. */
bool as_irp_next(struct as_state *a, struct as_frame *frame);

as_directive_run as_include, as_incbin;

/* Read and assemble all that is open. */
void as_read_all(struct as_state *a);

/* ---- layout.c, listing.c ---- */

/* Give every section its address. */
void as_lay_out(struct as_state *a);

/* Hand over what was assembled; false when memory is out. */
bool as_hand_over(struct as_state *a, struct assembly *out);

/* Bytes that a statement emitted. */
struct as_emission {
    struct as_origin *origin;
    const struct as_section *section;
    uint64_t statement; /* number of the statement */
    uint32_t line, offset, size;
};

/* The listing, to be freed; NULL when memory is out. */
char *as_listing(struct as_state *a);

/* ---- the state ---- */

struct as_state {
    const struct assembler_options *options;
    struct diagnostics *d;
    jmp_buf leave;
    uint32_t base;        /* of .text */
    bool one_instruction; /* no labels, directives or macros; one statement */

    struct as_chunk *chunks; /* the arena */
    size_t memory;           /* bytes taken of ASSEMBLER_MEMORY */

    struct as_frame *frame; /* innermost */
    struct as_frame *spare; /* closed, to be used again */
    unsigned nesting;
    uint64_t statements, read;
    bool ended; /* by .end */
    struct as_origin *origins;
    uint32_t file_count;
    struct source *files; /* those read, to be freed */
    size_t files_held, files_capacity;

    struct as_token *tokens;
    size_t token_capacity;
    struct as_failure failure;
    unsigned depth;               /* of symbols in as_evaluate */
    struct as_place undefined_at; /* where as_evaluate ended on a symbol */
    uint64_t blamed;              /* the statement that errors are about; 0: the current one */
    struct as_group *groups;      /* what was said, by statement */
    size_t group_count, group_capacity;

    struct as_names mnemonics, directives, macros, symbols, numerics;
    struct as_symbol *first_symbol, **last_symbol;
    struct as_condition *condition;
    uint64_t calls; /* of macros: what \@ is */
    char *scratch;  /* a text that macro.c makes */
    size_t scratch_length, scratch_capacity;
    unsigned options_pushed;

    struct as_section *sections, **last_section; /* in the order of appearance */
    struct as_section *section, *previous;
    uint32_t section_count;
    uint64_t contents, total; /* bytes held, bytes laid out */
    bool laid_out;

    struct as_fixup *fixups;
    size_t fixup_count, fixup_capacity;
    struct as_emission *emissions;
    size_t emission_count, emission_capacity;
};

#endif
