/*
 * Configuration as tables: one row a key, which says where in a struct its value lives, what it may
 * be and what it means. Loading, refusing, the canonical text and the list of keys for people all
 * read the rows.
 *
 *     static const struct config_field fields[] = {
 *         {.key = "epochs", .type = CONFIG_INT, .offset = offsetof(struct recipe, epochs),
 *             .least = 1, .most = 100000, .unit = "epochs", .help = "passes over the images"},
 *         {0}};
 *     static const struct config_table table = {.name = "recipe", .size = sizeof(struct recipe),
 *         .fields = fields, .init = init};
 *
 *     if (config_load(&table, &tree, node, &recipe, err) < 0)    fields not given keep theirs
 *         return -1;
 *     config_dump(&table, &recipe, &text);                       {"epochs":10}
 *
 * Every refusal is an ERR_INPUT "file:line:column: ...": unknown keys, wrong types, values out of
 * range. Lists that loading allocates are the caller's to free (struct config_list), also after a
 * failure.
 */
#ifndef SCALESTUDY_HARNESS_STUDY_CONFIG_H
#define SCALESTUDY_HARNESS_STUDY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"
#include "harness/base/rowset.h"
#include "harness/base/str.h"
#include "yaml_tree.h"

enum config_type {
    CONFIG_BOOL,     /* bool */
    CONFIG_NOT_BOOL, /* bool that holds the opposite of what is written */
    CONFIG_SWITCH,   /* int: 1 for true, 0 for false, below 0 where neither was given */
    CONFIG_INT,      /* int */
    CONFIG_INT64,    /* int64_t */
    CONFIG_REAL,     /* double */
    CONFIG_COUNT,    /* double, with a suffix: 600M */
    CONFIG_TRIPLE,   /* double[3]; one number stands for three */
    CONFIG_TEXT,     /* char[size] */
    CONFIG_PATH,     /* the same; what is neither absolute nor ~/ is made absolute on loading, from
                          the folder of the file that says it */
    CONFIG_NAME,     /* char[size], one of choices */
    CONFIG_CHOICE,   /* an enum: the place in choices */
    CONFIG_BITS,     /* unsigned: a list of choices, each the bit of its place */
    CONFIG_BUDGET,   /* struct config_budget: 1.3B, or 4x */
    CONFIG_STRUCT,   /* a struct, of `table` */
    CONFIG_LIST,     /* struct config_list of structs, of `table`; not empty */
    CONFIG_ARRAY,    /* a fixed array of structs, of `table`, its count an int at count_offset */
    CONFIG_INT64_LIST, /* struct config_list of int64_t; not empty */
};

struct config_table;

struct config_field {
    const char *key; /* NULL ends the table */
    enum config_type type;
    size_t offset;      /* in the struct */
    size_t size;        /* of CONFIG_TEXT, CONFIG_PATH and CONFIG_NAME */
    double least, most; /* of numbers and of each item; both 0: any */
    bool above_least;   /* least itself is too little */
    bool required;      /* no default */
    bool not_canonical; /* decides no result, so it is no part of the canonical text */
    /* The canonical text leaves the key out at the value `absent` (of CONFIG_BOOL, CONFIG_INT,
     * CONFIG_REAL, CONFIG_SWITCH, CONFIG_CHOICE), or if it is empty (of CONFIG_TEXT, CONFIG_PATH): for
     * keys that only some jobs have, and for keys that came later, so that existing job ids do not
     * change. */
    bool may_be_absent;
    double absent;
    /* Of CONFIG_INT and CONFIG_REAL: `absent` is written as the word default, since the number means
     * nothing to people and is out of range. */
    bool default_word;
    bool
        detail; /* of something else: config_show leaves it out where it is the default and absent */
    bool grid;  /* a list of values stands for as many structs (config_expand) */
    const char *unit; /* OPTIONAL, of numbers */
    const char *const *(*choices)(void);
    const struct config_table *table;
    size_t count_offset; /* of CONFIG_ARRAY */
    /* OPTIONAL, of CONFIG_STRUCT: a bool that says whether it was given; if not, somebody else's
     * stands for it. 0: none. */
    size_t given_offset;
    int capacity;     /* of CONFIG_ARRAY */
    const char *help; /* one line; not needed where a table is only for canonical texts */
};

/* `least, most, above_least` of a field, as one macro: CONFIG_RANGE(RANGE_classes). */
#define CONFIG_RANGE(...) CONFIG_RANGE_OF(__VA_ARGS__)
#define CONFIG_RANGE_OF(least_, most_, above_least_)                                               \
    .least = least_, .most = most_, .above_least = above_least_

struct config_table {
    const char *name; /* what messages call it: "the recipe" */
    size_t size;      /* of the struct */
    const struct config_field *fields;
    /* OPTIONAL, in place of fields: rows that are made at the first call. config_fields() gives either. */
    const struct config_field *(*make_fields)(void);
    void (*init)(void *to); /* REQUIRED, the defaults */
    bool has_place;         /* the struct begins with a struct config_place */
    bool flow;              /* config_show writes it on one line */
    /* OPTIONAL: what no row can say; its sentence gets the place of the struct in front. */
    int (*check)(const void *loaded, struct err *err);
};

/* The rows of a table, ended by one without a key. */
static inline const struct config_field *config_fields(const struct config_table *table)
{
    return table->make_fields ? table->make_fields() : table->fields;
}

/* Where in the file a struct came from, for what is found out later. */
struct config_place {
    const char *file; /* the tree's */
    bool in_grid;     /* one of several that a list of values made */
    int line, column; /* from 1; 0: it was not written */
};

struct config_list {
    void *items;
    int count;
};

/* A number of multiply-adds, or a multiple of somebody's; the other one is NaN. */
struct config_budget {
    double absolute, ratio;
};

#define CONFIG_MAX_ITEMS 10000

/* `to` is initialised first. */
int config_load(const struct config_table *table, const struct yaml_tree *tree,
    const struct yaml_node *node, void *to, struct err *err) MUST_CHECK;

/*
 * Write grids out, before loading: in lists of structs, an item with a list where a key of `grid`
 * takes one value becomes an item for each value; with several such lists, one for each
 * combination, those of the last list changing fastest. `node` is of the table; what fits nothing is
 * left for config_load to refuse.
 */
int config_expand(const struct config_table *table, struct yaml_tree *tree, struct yaml_node *node,
    struct err *err) MUST_CHECK;

/*
 * The struct as a file that loads to it again: keys in the table's order, what has no value left
 * out. As YAML, in which keys that have their default are marked by a comment, or as JSON. Lists of
 * structs are complete, so that showing what was loaded from it is the same text again.
 */
void config_show(const struct config_table *table, const void *from, struct str *to);
void config_show_json(const struct config_table *table, const void *from, struct str *to);

/* What the two files of texts share: one value as JSON; whether a field holds one. */
void config_add_value(const struct config_field *field, const void *base, struct str *to);
bool config_is_unset(const struct config_field *field, const void *from);
/* Does the canonical text leave it out (may_be_absent)? */
bool config_is_absent(const struct config_field *field, const void *base);

/* Canonical JSON: keys sorted, no blanks, shortest numbers; budgets and lists are not part of any.
 */
void config_dump(const struct config_table *table, const void *from, struct str *to);

/* A text as a JSON string. */
void config_add_json_text(struct str *to, const char *text);

/* For people: a row for each key, `key default help takes`, those of structs inside as
 * "recipe.epochs". */
extern const struct column config_columns[];
int config_describe(
    const struct config_table *table, struct rowset *rows, struct err *err) MUST_CHECK;

/* What a field takes, as in "a whole number from 1 to 100 (images)". */
void config_add_expectation(struct str *to, const struct config_field *field);

#endif
