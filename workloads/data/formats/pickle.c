/* The stack machine of a pickle: docs.python.org/3/library/pickletools.html has its opcodes. */
#include "pickle.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/str.h"
#include "pickle_private.h"

#define MOST_VALUES (1 << 20)
#define MOST_ITEMS  (1 << 22)
#define MOST_LINE   256 /* bytes of a number or name in text */

/* ---- reading the file ---- */

static int damaged(const struct pickle *p, const char *what, struct err *err)
{
    return err_set(err, ERR_INPUT, "%s is damaged, or no pickle: %s at byte %lld", p->source->path,
        what, (long long)p->at);
}

/* The window begins at p->at. */
static int move_window(struct pickle *p, struct err *err)
{
    int64_t left = p->source->bytes - p->at;

    p->window_at = p->at;
    p->window_bytes = (int)(left < PICKLE_WINDOW ? left : PICKLE_WINDOW);
    return p->source->read(p->source->context, p->at, p->window, (size_t)p->window_bytes, err);
}

/* `count` bytes, at most MOST_LINE, as a little-endian number. */
static int take_number(struct pickle *p, int count, uint64_t *number, struct err *err)
{
    *number = 0;
    if (count > p->source->bytes - p->at)
        return damaged(p, "it ends in the middle", err);
    if (p->at < p->window_at || p->at + count > p->window_at + p->window_bytes)
        if (move_window(p, err) < 0)
            return -1;
    for (int i = 0; i < count && i < 8; i++)
        *number |= (uint64_t)p->window[p->at - p->window_at + i] << 8 * i;
    p->at += count;
    return 0;
}

/* A line of text, without its end, at *offset. */
static int take_line(
    struct pickle *p, char line[MOST_LINE], int64_t *offset, int *length, struct err *err)
{
    *offset = p->at;
    for (*length = 0; *length < MOST_LINE; (*length)++) {
        uint64_t byte;

        if (take_number(p, 1, &byte, err) < 0)
            return -1;
        line[*length] = (char)byte;
        if (byte == '\n') {
            line[*length] = '\0';
            return 0;
        }
    }
    return damaged(p, "a line is too long", err);
}

/* ---- values ---- */

static int grow(void *array, int n, size_t size, struct err *err)
{
    if (!array_grow(array, n, size))
        return err_set(err, ERR_MEMORY, "no memory for what a pickle holds");
    return 0;
}

static int push(struct pickle *p, int value, struct err *err)
{
    if (p->n_stack >= MOST_VALUES)
        return damaged(p, "it holds too much", err);
    if (grow(&p->stack, p->n_stack, sizeof(*p->stack), err) < 0)
        return -1;
    p->stack[p->n_stack++] = value;
    return 0;
}

/* Its number; -1 on error. */
static int new_value(struct pickle *p, enum pickle_kind kind, struct err *err)
{
    if (p->n_values >= MOST_VALUES)
        return damaged(p, "it holds too much", err);
    if (grow(&p->values, p->n_values, sizeof(*p->values), err) < 0)
        return -1;
    p->values[p->n_values] = (struct pickle_value){.kind = kind};
    return p->n_values++;
}

static int push_new(
    struct pickle *p, enum pickle_kind kind, int64_t integer, int64_t length, struct err *err)
{
    int value = new_value(p, kind, err);

    if (value < 0)
        return -1;
    p->values[value].integer = integer;
    p->values[value].length = length;
    return push(p, value, err);
}

static int add_item(struct pickle *p, int to, int item, struct err *err)
{
    struct pickle_value *value = &p->values[to];

    if (p->n_items++ >= MOST_ITEMS)
        return damaged(p, "it holds too much", err);
    if (grow(&value->items, value->n, sizeof(*value->items), err) < 0)
        return -1;
    value->items[value->n++] = item;
    return 0;
}

static int pop(struct pickle *p, int *value, struct err *err)
{
    if (p->n_stack == 0 || p->values[p->stack[p->n_stack - 1]].kind == PICKLE_MARK)
        return damaged(p, "a value is missing", err);
    *value = p->stack[--p->n_stack];
    return 0;
}

/* The last `n` of the stack, or (-1) those above the last mark, with it, become items of `to`. */
static int pop_into(struct pickle *p, int to, int n, struct err *err)
{
    int first = p->n_stack;

    while (first > 0 && (n < 0 || p->n_stack - first < n) &&
           p->values[p->stack[first - 1]].kind != PICKLE_MARK)
        first--;
    if (n < 0 ? first == 0 : p->n_stack - first < n)
        return damaged(p, "a value is missing", err);
    for (int i = first; i < p->n_stack; i++)
        if (add_item(p, to, p->stack[i], err) < 0)
            return -1;
    p->n_stack = n < 0 ? first - 1 : first;
    return 0;
}

static int push_list(struct pickle *p, enum pickle_kind kind, int n, struct err *err)
{
    int list = new_value(p, kind, err);

    if (list < 0 || pop_into(p, list, n, err) < 0)
        return -1;
    if (kind == PICKLE_DICTIONARY && p->values[list].n % 2 != 0)
        return damaged(p, "a key has no value", err);
    return push(p, list, err);
}

/* Into the list or dictionary below them. */
static int append(struct pickle *p, enum pickle_kind kind, int n, struct err *err)
{
    int mark = p->n_stack - 1;

    if (n < 0)
        while (mark >= 0 && p->values[p->stack[mark]].kind != PICKLE_MARK)
            mark--;
    else
        mark -= n - 1;
    if (mark < 1 || p->values[p->stack[mark - 1]].kind != kind ||
        (kind == PICKLE_DICTIONARY && (n < 0 ? p->n_stack - mark - 1 : n) % 2 != 0))
        return damaged(p, "there is no list or dictionary to add to", err);
    return pop_into(p, p->stack[mark - 1], n, err);
}

/* ---- the memo ---- */

static int memo_put(struct pickle *p, uint64_t number, struct err *err)
{
    if (p->n_stack == 0 || number >= MOST_VALUES)
        return damaged(p, "a number of its memo is wrong", err);
    while (p->n_memo <= (int)number) {
        if (grow(&p->memo, p->n_memo, sizeof(*p->memo), err) < 0)
            return -1;
        p->memo[p->n_memo++] = -1;
    }
    p->memo[number] = p->stack[p->n_stack - 1];
    return 0;
}

static int memo_get(struct pickle *p, uint64_t number, struct err *err)
{
    if (number >= (uint64_t)p->n_memo || p->memo[number] < 0)
        return damaged(p, "it refers to a value that it has not stored", err);
    return push(p, p->memo[number], err);
}

/* ---- opcodes ---- */

/* LONG1: a signed number of `bytes` bytes. */
static int run_long(struct pickle *p, int bytes, struct err *err)
{
    uint64_t number;

    if (bytes > 8)
        return damaged(p, "a number is too large", err);
    if (take_number(p, bytes, &number, err) < 0)
        return -1;
    if (bytes > 0 && bytes < 8 && number >> (8 * bytes - 1))
        number |= UINT64_MAX << 8 * bytes;
    return push_new(p, PICKLE_INTEGER, (int64_t)number, 0, err);
}

/* With the number that follows the opcode. */
static int run_numbered(struct pickle *p, char opcode, uint64_t number, struct err *err)
{
    int64_t at = p->at;

    switch (opcode) {
    case 'K': /* BININT1, BININT2, BININT */
    case 'M':
        return push_new(p, PICKLE_INTEGER, (int64_t)number, 0, err);
    case 'J':
        return push_new(p, PICKLE_INTEGER, (int32_t)(uint32_t)number, 0, err);
    case 'G': /* BINFLOAT */
        return push_new(p, PICKLE_NOTHING, 0, 0, err);
    case 'h': /* BINGET, LONG_BINGET, BINPUT, LONG_BINPUT */
    case 'j':
        return memo_get(p, number, err);
    case 'q':
    case 'r':
        return memo_put(p, number, err);
    case '\x80': /* PROTO, FRAME */
    case '\x95':
        return 0;
    case '\x8a':
        return run_long(p, (int)number, err);
    }
    if (number > (uint64_t)(p->source->bytes - at)) /* texts and bytes, which are passed over */
        return damaged(p, "it ends in the middle", err);
    p->at += (int64_t)number;
    return push_new(p, PICKLE_BYTES, at, (int64_t)number, err);
}

/* How many bytes of number follow an opcode; 0: none, or it is another kind. */
static int number_bytes(char opcode)
{
    static const struct {
        const char *opcodes;
        int bytes;
    } kinds[] = {
        {"KhqU\x8c"
         "C\x80\x8a",
            1},
        {"M", 2},
        {"JjrTXB", 4},
        {"G\x8d\x8e\x95\x96", 8},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (opcode && strchr(kinds[i].opcodes, opcode))
            return kinds[i].bytes;
    return 0;
}

/* "12", "12L", "I01": protocol 0 writes numbers and texts as lines. */
static int run_line(struct pickle *p, char opcode, struct err *err)
{
    char line[MOST_LINE];
    int64_t offset;
    long long number;
    int length;

    if (take_line(p, line, &offset, &length, err) < 0)
        return -1;
    if (opcode == 'V') /* UNICODE */
        return push_new(p, PICKLE_BYTES, offset, length, err);
    if (opcode == 'S') { /* STRING, in quotes */
        if (length < 2 || line[0] != line[length - 1] || strchr(line, '\\'))
            return damaged(p, "a text has an unknown form", err);
        return push_new(p, PICKLE_BYTES, offset + 1, length - 2, err);
    }
    if (opcode == 'F') /* FLOAT */
        return push_new(p, PICKLE_NOTHING, 0, 0, err);
    if (opcode == 'L' && length > 0 && line[length - 1] == 'L')
        line[length - 1] = '\0';
    if (opcode == 'I' && (strcmp(line, "00") == 0 || strcmp(line, "01") == 0))
        return push_new(p, PICKLE_INTEGER, line[1] - '0', 0, err);
    if (!str_to_int64(line, &number))
        return damaged(p, "a number is malformed", err);
    if (opcode == 'p' || opcode == 'g') /* PUT, GET */
        return opcode == 'p' ? memo_put(p, (uint64_t)number, err)
                             : memo_get(p, (uint64_t)number, err);
    return push_new(p, PICKLE_INTEGER, number, 0, err);
}

/* GLOBAL: two lines, a module and a name in it; remembered, not imported. */
static int run_global(struct pickle *p, struct err *err)
{
    for (int i = 0; i < 2; i++) {
        char line[MOST_LINE];
        int64_t offset;
        int length;

        if (take_line(p, line, &offset, &length, err) < 0 ||
            push_new(p, PICKLE_BYTES, offset, length, err) < 0)
            return -1;
    }
    return push_list(p, PICKLE_NAME, 2, err);
}

/* BUILD: a call's result takes a state. */
static int run_build(struct pickle *p, struct err *err)
{
    int state;

    if (pop(p, &state, err) < 0)
        return -1;
    if (p->n_stack == 0 || p->values[p->stack[p->n_stack - 1]].kind != PICKLE_CALL)
        return damaged(p, "there is no call that a state belongs to", err);
    return add_item(p, p->stack[p->n_stack - 1], state, err);
}

static int run_plain(struct pickle *p, char opcode, struct err *err)
{
    int dropped;

    switch (opcode) {
    case '(':
        return push_new(p, PICKLE_MARK, 0, 0, err);
    case '0': /* POP */
        return pop(p, &dropped, err);
    case 'N':
        return push_new(p, PICKLE_NOTHING, 0, 0, err);
    case '\x88': /* NEWTRUE, NEWFALSE */
    case '\x89':
        return push_new(p, PICKLE_INTEGER, opcode == '\x88', 0, err);
    case ']': /* EMPTY_LIST, EMPTY_TUPLE, EMPTY_DICT */
    case ')':
        return push_list(p, PICKLE_LIST, 0, err);
    case '}':
        return push_list(p, PICKLE_DICTIONARY, 0, err);
    case 'l': /* LIST, TUPLE, DICT */
    case 't':
        return push_list(p, PICKLE_LIST, -1, err);
    case 'd':
        return push_list(p, PICKLE_DICTIONARY, -1, err);
    case '\x85': /* TUPLE1 to TUPLE3 */
    case '\x86':
    case '\x87':
        return push_list(p, PICKLE_LIST, opcode - '\x84', err);
    case 'a': /* APPEND, APPENDS, SETITEM, SETITEMS */
        return append(p, PICKLE_LIST, 1, err);
    case 'e':
        return append(p, PICKLE_LIST, -1, err);
    case 's':
        return append(p, PICKLE_DICTIONARY, 2, err);
    case 'u':
        return append(p, PICKLE_DICTIONARY, -1, err);
    case '\x93': /* STACK_GLOBAL */
        return push_list(p, PICKLE_NAME, 2, err);
    case '\x94': /* MEMOIZE */
        return memo_put(p, (uint64_t)p->n_memo, err);
    case 'R': /* REDUCE, NEWOBJ: what would be called with what */
    case '\x81':
        return push_list(p, PICKLE_CALL, 2, err);
    case 'b':
        return run_build(p, err);
    case 'c':
        return run_global(p, err);
    }
    p->at--;
    return err_set(err, ERR_INPUT,
        "%s is damaged, or holds more than plain data: opcode 0x%02x at byte %lld is refused, as "
        "nothing of a pickle is executed",
        p->source->path, (unsigned)(unsigned char)opcode, (long long)p->at);
}

/* 1: it has ended. */
static int run_next(struct pickle *p, struct err *err)
{
    uint64_t byte, number;
    char opcode;
    int bytes;

    if (take_number(p, 1, &byte, err) < 0)
        return -1;
    opcode = (char)byte;
    if (opcode == '.')
        return p->n_stack == 1 ? 1 : damaged(p, "it ends too early", err);
    if (opcode && strchr("ILSVFpg", opcode))
        return run_line(p, opcode, err);
    bytes = number_bytes(opcode);
    if (bytes == 0)
        return run_plain(p, opcode, err);
    return take_number(p, bytes, &number, err) < 0 ? -1 : run_numbered(p, opcode, number, err);
}

int pickle_read(struct pickle **pickle, const struct pickle_source *source, struct err *err)
{
    struct pickle *p = calloc(1, sizeof(*p));
    int result = -1;

    *pickle = p;
    if (p)
        p->window = malloc(PICKLE_WINDOW);
    if (!p || !p->window)
        return err_set(err, ERR_MEMORY, "no memory to read %s", source->path);
    p->source = source;
    p->root = -1;
    do
        result = run_next(p, err);
    while (result == 0);
    if (result < 0)
        return -1;
    p->root = p->stack[0];
    return 0;
}

void pickle_free(struct pickle *pickle)
{
    if (!pickle)
        return;
    for (int i = 0; i < pickle->n_values; i++)
        free(pickle->values[i].items);
    free(pickle->values);
    free(pickle->stack);
    free(pickle->memo);
    free(pickle->window);
    free(pickle);
}
