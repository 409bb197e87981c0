/* A struct as a file that says everything: YAML for people, or JSON. */
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "harness/base/number.h"

static bool has_value(const struct config_field *field, const void *base);

static bool table_has_value(const struct config_table *table, const void *from)
{
    for (const struct config_field *field = config_fields(table); field->key; field++)
        if (has_value(field, from))
            return true;
    return false;
}

static bool has_value(const struct config_field *field, const void *base)
{
    const char *from = (const char *)base + field->offset;

    switch (field->type) {
    case CONFIG_STRUCT:
        if (field->given_offset && !*((const bool *)base + field->given_offset))
            return false;
        return table_has_value(field->table, from);
    case CONFIG_LIST:
    case CONFIG_INT64_LIST:
        return ((const struct config_list *)(const void *)from)->count > 0;
    case CONFIG_BUDGET:
        return !isnan(((const struct config_budget *)(const void *)from)->absolute) ||
               !isnan(((const struct config_budget *)(const void *)from)->ratio);
    case CONFIG_ARRAY:
        return false; /* of jobs, not of files */
    default:
        return !config_is_unset(field, from);
    }
}

/* A text that is nothing but a text without quotes too. */
static bool is_word(const char *text)
{
    if (!isalpha((unsigned char)text[0]) || strcmp(text, "true") == 0 ||
        strcmp(text, "false") == 0 || strcmp(text, "null") == 0)
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("_-./", *text))
            return false;
    return true;
}

static void add_text(const char *text, bool json, struct str *to)
{
    if (!json && is_word(text))
        str_add(to, text);
    else
        config_add_json_text(to, text);
}

static void add_budget(const struct config_budget *budget, bool json, struct str *to)
{
    bool ratio = !isnan(budget->ratio);

    if (json && ratio)
        str_add(to, "\"");
    number_add_shortest(to, ratio ? budget->ratio : budget->absolute);
    if (ratio)
        str_add(to, json ? "x\"" : "x");
}

static void add_integers(const struct config_list *list, struct str *to)
{
    const int64_t *items = list->items;

    str_add(to, "[");
    for (int i = 0; i < list->count; i++)
        str_addf(to, "%s%lld", i ? ", " : "", (long long)items[i]);
    str_add(to, "]");
}

static void add_bits(const struct config_field *field, unsigned bits, bool json, struct str *to)
{
    const char *const *choices = field->choices();
    const char *between = "";

    str_add(to, "[");
    for (int i = 0; choices[i]; i++)
        if (bits >> i & 1u) {
            str_add(to, between);
            add_text(choices[i], json, to);
            between = ", ";
        }
    str_add(to, "]");
}

static void add_flow(const struct config_table *table, const void *from, bool json, struct str *to);

static void add_flow_list(
    const struct config_table *table, const struct config_list *list, bool json, struct str *to)
{
    str_add(to, "[");
    for (int i = 0; i < list->count; i++) {
        if (i)
            str_add(to, ", ");
        add_flow(table, (const char *)list->items + (size_t)i * table->size, json, to);
    }
    str_add(to, "]");
}

static void add_value(const struct config_field *field, const void *base, bool json, struct str *to)
{
    const void *from = (const char *)base + field->offset;

    switch (field->type) {
    case CONFIG_TEXT:
    case CONFIG_PATH:
    case CONFIG_NAME:
        add_text(from, json, to);
        break;
    case CONFIG_CHOICE:
        add_text(field->choices()[*(const int *)from], json, to);
        break;
    case CONFIG_BITS:
        add_bits(field, *(const unsigned *)from, json, to);
        break;
    case CONFIG_BUDGET:
        add_budget(from, json, to);
        break;
    case CONFIG_INT64_LIST:
        add_integers(from, to);
        break;
    case CONFIG_STRUCT:
        add_flow(field->table, from, json, to);
        break;
    case CONFIG_LIST:
        add_flow_list(field->table, from, json, to);
        break;
    default:
        config_add_value(field, base, to);
        break;
    }
}

static void add_flow(const struct config_table *table, const void *from, bool json, struct str *to)
{
    const char *between = "";

    str_add(to, "{");
    for (const struct config_field *field = config_fields(table); field->key; field++) {
        if (!has_value(field, from))
            continue;
        str_add(to, between);
        add_text(field->key, json, to);
        str_add(to, ": ");
        add_value(field, from, json, to);
        between = ", ";
    }
    str_add(to, "}");
}

/* ---- blocks of YAML ---- */

static void indent(int depth, struct str *to)
{
    for (int i = 0; i < depth; i++)
        str_add(to, "  ");
}

/* Whether a value is what it would be without its line. */
static bool is_default(
    const struct config_field *field, const void *base, const void *defaults, struct str *to)
{
    struct str ours = STR_INIT, theirs = STR_INIT;
    bool same = false;

    if (defaults && !field->required && has_value(field, defaults)) {
        add_value(field, base, false, &ours);
        add_value(field, defaults, false, &theirs);
        same = strcmp(ours.text, theirs.text) == 0;
        to->failed = to->failed || ours.failed || theirs.failed;
    }
    str_release(&ours);
    str_release(&theirs);
    return same;
}

static void add_block(const struct config_table *table, const void *from, const void *defaults,
    int depth, struct str *to);

static void *make_defaults(const struct config_table *table, struct str *to)
{
    void *defaults = calloc(1, table->size);

    if (defaults)
        table->init(defaults);
    else
        to->failed = true;
    return defaults;
}

/* Items of a list: one line each, or a block whose first key stands beside the dash. */
static void add_block_list(
    const struct config_table *table, const struct config_list *list, int depth, struct str *to)
{
    void *defaults = make_defaults(table, to);

    for (int i = 0; defaults && i < list->count; i++) {
        const void *item = (const char *)list->items + (size_t)i * table->size;
        size_t start;

        if (table->flow) {
            indent(depth, to);
            str_add(to, "- ");
            add_flow(table, item, false, to);
            str_add(to, "\n");
            continue;
        }
        start = to->length;
        add_block(table, item, defaults, depth + 1, to);
        if (to->length >= start + 2 * (size_t)depth + 2)
            to->text[start + 2 * (size_t)depth] = '-';
    }
    free(defaults);
}

static void add_line(const struct config_field *field, const void *from, const void *defaults,
    int depth, struct str *to)
{
    const void *inside = (const char *)from + field->offset;

    indent(depth, to);
    str_addf(to, "%s:", field->key);
    if (field->type == CONFIG_LIST) {
        str_add(to, "\n");
        add_block_list(field->table, inside, depth + 1, to);
    } else if (field->type == CONFIG_STRUCT) {
        str_add(to, "\n");
        add_block(field->table, inside,
            defaults && !field->given_offset ? (const char *)defaults + field->offset : NULL,
            depth + 1, to);
    } else {
        str_add(to, " ");
        add_value(field, from, false, to);
        str_add(to, is_default(field, from, defaults, to) ? "  # default\n" : "\n");
    }
}

static void add_block(const struct config_table *table, const void *from, const void *defaults,
    int depth, struct str *to)
{
    for (const struct config_field *field = config_fields(table); field->key; field++)
        if (has_value(field, from) && !(defaults && field->detail && config_is_absent(field, from)))
            add_line(field, from, defaults, depth, to);
}

void config_show(const struct config_table *table, const void *from, struct str *to)
{
    void *defaults = make_defaults(table, to);

    if (defaults)
        add_block(table, from, defaults, 0, to);
    free(defaults);
}

void config_show_json(const struct config_table *table, const void *from, struct str *to)
{
    add_flow(table, from, true, to);
    str_add(to, "\n");
}
