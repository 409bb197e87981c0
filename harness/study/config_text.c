/* The texts that tables give: canonical JSON, and what people read about keys. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "harness/base/number.h"

/* ---- canonical JSON ---- */

/* Characters of several bytes that end a line in YAML, which drops blanks beside it; NULL: it is none. */
static const char *escape_line_end(const char *text, size_t *length)
{
    static const char *const ends[][2] = {
        {"\xc2\x85", "\\u0085"}, {"\xe2\x80\xa8", "\\u2028"}, {"\xe2\x80\xa9", "\\u2029"}};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (str_starts_with(text, ends[i][0])) {
            *length = strlen(ends[i][0]);
            return ends[i][1];
        }
    return NULL;
}

void config_add_json_text(struct str *to, const char *text)
{
    size_t length;

    str_add(to, "\"");
    for (; *text; text += length) {
        unsigned char c = (unsigned char)*text;
        const char *escape = escape_line_end(text, &length);

        if (escape) {
            str_add(to, escape);
            continue;
        }
        length = 1;
        if (c == '"' || c == '\\')
            str_addf(to, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            str_addf(to, "\\u%04x", c);
        else
            str_add_bytes(to, text, 1);
    }
    str_add(to, "\"");
}

static void dump_triple(const double *from, struct str *to)
{
    str_add(to, "[");
    for (int i = 0; i < 3; i++) {
        if (i)
            str_add(to, ",");
        number_add_shortest(to, from[i]);
    }
    str_add(to, "]");
}

static void dump_bits(const struct config_field *field, unsigned bits, struct str *to)
{
    const char *const *choices = field->choices();
    bool first = true;

    str_add(to, "[");
    for (int i = 0; choices[i]; i++) {
        if (!(bits >> i & 1u))
            continue;
        if (!first)
            str_add(to, ",");
        config_add_json_text(to, choices[i]);
        first = false;
    }
    str_add(to, "]");
}

static void dump_array(
    const struct config_field *field, const void *from, int count, struct str *to)
{
    str_add(to, "[");
    for (int i = 0; i < count; i++) {
        if (i)
            str_add(to, ",");
        config_dump(field->table, (const char *)from + (size_t)i * field->table->size, to);
    }
    str_add(to, "]");
}

void config_add_value(const struct config_field *field, const void *base, struct str *to)
{
    const void *from = (const char *)base + field->offset;

    if (field->default_word && config_is_absent(field, base)) {
        str_add(to, "\"default\"");
        return;
    }
    switch (field->type) {
    case CONFIG_BOOL:
        str_add(to, *(const bool *)from ? "true" : "false");
        break;
    case CONFIG_NOT_BOOL:
        str_add(to, *(const bool *)from ? "false" : "true");
        break;
    case CONFIG_SWITCH:
        str_add(to, *(const int *)from > 0 ? "true" : "false");
        break;
    case CONFIG_INT:
        str_addf(to, "%d", *(const int *)from);
        break;
    case CONFIG_INT64:
        str_addf(to, "%lld", (long long)*(const int64_t *)from);
        break;
    case CONFIG_REAL:
    case CONFIG_COUNT:
        number_add_shortest(to, *(const double *)from);
        break;
    case CONFIG_TRIPLE:
        dump_triple(from, to);
        break;
    case CONFIG_TEXT:
    case CONFIG_PATH:
    case CONFIG_NAME:
        config_add_json_text(to, from);
        break;
    case CONFIG_CHOICE:
        config_add_json_text(to, field->choices()[*(const int *)from]);
        break;
    case CONFIG_BITS:
        dump_bits(field, *(const unsigned *)from, to);
        break;
    case CONFIG_STRUCT:
        config_dump(field->table, from, to);
        break;
    case CONFIG_ARRAY:
        dump_array(field, from, *(const int *)((const char *)base + field->count_offset), to);
        break;
    case CONFIG_BUDGET:
    case CONFIG_LIST:
    case CONFIG_INT64_LIST:
        str_add(to, "null"); /* what a study asks for, never what a job is */
        break;
    }
}

bool config_is_absent(const struct config_field *field, const void *base)
{
    const void *from = (const char *)base + field->offset;

    if (!field->may_be_absent)
        return false;
    switch (field->type) {
    case CONFIG_TEXT:
    case CONFIG_PATH:
        return *(const char *)from == '\0';
    case CONFIG_BOOL:
        return *(const bool *)from == (field->absent != 0);
    case CONFIG_REAL:
        return *(const double *)from == field->absent;
    default:
        return *(const int *)from == (int)field->absent;
    }
}

/* The next key after `last` in the order of bytes; NULL at the end. */
static const struct config_field *next_sorted(
    const struct config_table *table, const void *from, const char *last)
{
    const struct config_field *next = NULL;

    for (const struct config_field *field = config_fields(table); field->key; field++)
        if (!field->not_canonical && !config_is_absent(field, from) &&
            (!last || strcmp(field->key, last) > 0) && (!next || strcmp(field->key, next->key) < 0))
            next = field;
    return next;
}

void config_dump(const struct config_table *table, const void *from, struct str *to)
{
    const struct config_field *field = next_sorted(table, from, NULL);

    str_add(to, "{");
    while (field) {
        config_add_json_text(to, field->key);
        str_add(to, ":");
        config_add_value(field, from, to);
        field = next_sorted(table, from, field->key);
        if (field)
            str_add(to, ",");
    }
    str_add(to, "}");
}

/* ---- for people ---- */

static void add_range(struct str *to, const struct config_field *field)
{
    if (field->least == 0 && field->most == 0)
        return;
    if (field->most >= DBL_MAX || field->most >= (double)INT64_MAX)
        str_addf(to, field->above_least ? " above %.10g" : " of at least %.10g", field->least);
    else if (field->above_least)
        str_addf(to, " above %.10g, up to %.10g", field->least, field->most);
    else
        str_addf(to, " from %.10g to %.10g", field->least, field->most);
}

static void add_choices(struct str *to, const struct config_field *field)
{
    const char *const *choices = field->choices();

    for (int i = 0; choices[i]; i++)
        str_addf(to, "%s%s", i ? ", " : "", choices[i]);
}

void config_add_expectation(struct str *to, const struct config_field *field)
{
    switch (field->type) {
    case CONFIG_BOOL:
    case CONFIG_NOT_BOOL:
    case CONFIG_SWITCH:
        str_add(to, "true or false");
        return;
    case CONFIG_INT:
    case CONFIG_INT64:
        str_add(to, "a whole number");
        break;
    case CONFIG_REAL:
        str_add(to, "a number");
        break;
    case CONFIG_COUNT:
        str_add(to, "a number such as 600M or 1.3B");
        break;
    case CONFIG_TRIPLE:
        str_add(to, "a number, or three for red, green and blue,");
        break;
    case CONFIG_TEXT:
        str_add(to, "a text");
        return;
    case CONFIG_PATH:
        str_add(to, "a path, relative to the folder of the file that says it");
        return;
    case CONFIG_NAME:
    case CONFIG_CHOICE:
        str_add(to, "one of ");
        add_choices(to, field);
        return;
    case CONFIG_BITS:
        str_add(to, "a list of ");
        add_choices(to, field);
        return;
    case CONFIG_BUDGET:
        str_add(to, "a number of multiply-adds such as 1.3B, or a multiple such as 4x");
        return;
    case CONFIG_STRUCT:
        str_add(to, "a mapping of keys to values");
        return;
    case CONFIG_LIST:
    case CONFIG_ARRAY:
        str_add(to, "a list of mappings");
        return;
    case CONFIG_INT64_LIST:
        str_add(to, "a list of whole numbers");
        break;
    }
    add_range(to, field);
    if (field->unit)
        str_addf(to, " (%s)", field->unit);
    if (field->default_word)
        str_add(to, ", or default");
}

const struct column config_columns[] = {
    {.name = "key", .type = COLUMN_TEXT},
    {.name = "default", .type = COLUMN_TEXT},
    {.name = "help", .type = COLUMN_TEXT},
    {.name = "takes", .type = COLUMN_TEXT},
    {0},
};

static bool is_dumped(enum config_type type)
{
    return type != CONFIG_BUDGET && type != CONFIG_LIST && type != CONFIG_INT64_LIST &&
           type != CONFIG_STRUCT;
}

/* Numbers whose default is another's to know are NaN, or below what can be written. */
bool config_is_unset(const struct config_field *field, const void *from)
{
    if (field->type == CONFIG_TRIPLE || field->type == CONFIG_REAL || field->type == CONFIG_COUNT)
        return isnan(*(const double *)from) || *(const double *)from < field->least;
    if (field->type == CONFIG_INT)
        return *(const int *)from < field->least;
    if (field->type == CONFIG_SWITCH)
        return *(const int *)from < 0;
    return (field->type == CONFIG_TEXT || field->type == CONFIG_PATH ||
               field->type == CONFIG_NAME) &&
           !*(const char *)from;
}

static void add_default(const struct config_field *field, const void *defaults, struct rowset *rows)
{
    const void *from = (const char *)defaults + field->offset;
    struct str text = STR_INIT;

    if (field->required)
        str_add(&text, "must be given");
    else if (is_dumped(field->type) && !config_is_unset(field, from) && !field->default_word)
        config_add_value(field, defaults, &text);
    rowset_text(rows, text.length ? text.text : NULL);
    str_release(&text);
}

static int describe(
    const struct config_table *table, const char *prefix, struct rowset *rows, struct err *err)
{
    void *defaults = calloc(1, table->size);
    int result = defaults ? 0 : err_set(err, ERR_MEMORY, "no memory to describe %s", table->name);

    if (defaults)
        table->init(defaults);
    for (const struct config_field *field = config_fields(table); result == 0 && field->key;
         field++) {
        struct str key = STR_INIT, takes = STR_INIT;
        bool list = field->type == CONFIG_LIST;

        str_addf(&key, "%s%s%s", prefix, field->key, list ? "[]" : "");
        config_add_expectation(&takes, field);
        if (field->grid)
            str_add(&takes, "; a list of them makes a grid");
        rowset_text(rows, key.text);
        add_default(field, defaults, rows);
        rowset_text(rows, field->help);
        rowset_text(rows, takes.text);
        str_add(&key, ".");
        if (str_check(&key, err) < 0 || str_check(&takes, err) < 0)
            result = -1;
        else if (list || field->type == CONFIG_STRUCT)
            result = describe(field->table, key.text, rows, err);
        str_release(&key);
        str_release(&takes);
    }
    free(defaults);
    return result;
}

int config_describe(const struct config_table *table, struct rowset *rows, struct err *err)
{
    return describe(table, "", rows, err);
}
