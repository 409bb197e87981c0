/* Reading, checking and printing values by a table of keys, whatever the struct. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/system/file.h"
#include "harness/base/range.h"
#include "harness/base/number.h"

/* What is being loaded: a field of a struct, from a node. */
struct load {
    const struct config_field *field;
    const struct yaml_tree *tree;
    struct err *err;
};

static int wrong(const struct load *load, const struct yaml_node *node)
{
    struct str expectation = STR_INIT;

    config_add_expectation(&expectation, load->field);
    if (node->kind != YAML_KIND_SCALAR)
        yaml_error(load->tree, node, load->err, "%s: a %s is not %s", load->field->key,
            yaml_kind_name(node->kind), expectation.text);
    else if (!node->text[0] && node->plain)
        yaml_error(load->tree, node, load->err, "%s has no value; it takes %s", load->field->key,
            expectation.text);
    else
        yaml_error(load->tree, node, load->err, "%s: %s%.60s%s is not %s", load->field->key,
            node->plain ? "'" : "the text in quotes \"", node->text, node->plain ? "'" : "\"",
            expectation.text);
    str_release(&expectation);
    return -1;
}

static int wrong_choice(const struct load *load, const struct yaml_node *node)
{
    const char *const *choices = load->field->choices();
    const char *nearest = str_nearest(node->text, choices);
    struct str list = STR_INIT;

    for (int i = 0; choices[i]; i++)
        str_addf(&list, "%s%s", i ? ", " : "", choices[i]);
    yaml_error(load->tree, node, load->err, "%s: there is no '%.60s'%s%s%s choices are %s",
        load->field->key, node->text, nearest ? "; did you mean '" : "", nearest ? nearest : "",
        nearest ? "'? The" : "; the", list.text);
    str_release(&list);
    return -1;
}

/* ---- numbers ---- */

static bool in_range(const struct config_field *field, double value)
{
    if (field->least == 0 && field->most == 0)
        return true;
    return range_has(value, field->least, field->most, field->above_least);
}

static int load_integer(const struct load *load, const struct yaml_node *node, long long least,
    long long most, long long *to)
{
    if (node->kind != YAML_KIND_SCALAR || !node->plain || !str_to_int64(node->text, to))
        return wrong(load, node);
    if (*to < least || *to > most || !in_range(load->field, (double)*to))
        return wrong(load, node);
    return 0;
}

static int load_real(const struct load *load, const struct yaml_node *node, double *to)
{
    if (node->kind != YAML_KIND_SCALAR || !node->plain || !str_to_double(node->text, to))
        return wrong(load, node);
    if (!in_range(load->field, *to))
        return wrong(load, node);
    return 0;
}

static int load_count(const struct load *load, const struct yaml_node *node, double *to)
{
    if (node->kind != YAML_KIND_SCALAR || !number_parse_count(node->text, to) ||
        !in_range(load->field, *to))
        return wrong(load, node);
    return 0;
}

static int load_triple(const struct load *load, const struct yaml_node *node, double *to)
{
    const struct yaml_node *item = node->first;

    if (node->kind == YAML_KIND_SCALAR) {
        if (load_real(load, node, &to[0]) < 0)
            return -1;
        to[1] = to[2] = to[0];
        return 0;
    }
    if (node->kind != YAML_KIND_LIST || node->count != 3)
        return wrong(load, node);
    for (int i = 0; i < 3; i++, item = item->next)
        if (load_real(load, item, &to[i]) < 0)
            return -1;
    return 0;
}

static int load_budget(
    const struct load *load, const struct yaml_node *node, struct config_budget *to)
{
    char number[64];
    size_t length;

    *to = (struct config_budget){.absolute = NAN, .ratio = NAN};
    if (node->kind != YAML_KIND_SCALAR || !str_copy(number, sizeof(number), node->text))
        return wrong(load, node);
    length = strlen(number);
    if (length > 1 && number[length - 1] == 'x') {
        number[length - 1] = '\0';
        if (!str_to_double(number, &to->ratio) || to->ratio <= 0)
            return wrong(load, node);
        return 0;
    }
    if (!number_parse_count(number, &to->absolute) || to->absolute <= 0)
        return wrong(load, node);
    return 0;
}

static int load_bool(const struct load *load, const struct yaml_node *node, bool negated, bool *to)
{
    if (node->kind != YAML_KIND_SCALAR || !node->plain)
        return wrong(load, node);
    if (strcmp(node->text, "true") == 0)
        *to = !negated;
    else if (strcmp(node->text, "false") == 0)
        *to = negated;
    else
        return wrong(load, node);
    return 0;
}

/* ---- texts ---- */

/*
 * Texts end up in canonical JSON and on terminals. Control characters (the C1 ones too, which UTF-8
 * writes as 0xC2 0x80 to 0x9F) and the non-characters U+FFFE and U+FFFF could be written by
 * escapes, but not be read back.
 */
static bool is_printable(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (iscntrl(*at))
            return false;
        if (at[0] == 0xC2 && at[1] < 0xA0)
            return false;
        if (at[0] == 0xEF && at[1] == 0xBF && at[2] >= 0xBE)
            return false;
    }
    return true;
}

static int load_text(const struct load *load, const struct yaml_node *node, char *to)
{
    if (node->kind != YAML_KIND_SCALAR || (node->plain && !node->text[0]))
        return wrong(load, node);
    if (!is_printable(node->text))
        return yaml_error(
            load->tree, node, load->err, "%s must not hold control characters", load->field->key);
    if (!str_copy(to, load->field->size, node->text))
        return yaml_error(load->tree, node, load->err, "%s has %zu characters; the most is %zu",
            load->field->key, strlen(node->text), load->field->size - 1);
    return 0;
}

/* Where a path in a file points, whatever the current folder is later. One below home stays as it is,
 * for homes differ between machines. */
static int load_path(const struct load *load, const struct yaml_node *node, char *to)
{
    char folder[PATH_BYTES], beside[PATH_BYTES], here[PATH_BYTES];

    if (load_text(load, node, to) < 0)
        return -1;
    if (!to[0] || to[0] == '/' || strcmp(to, "~") == 0 || str_starts_with(to, "~/"))
        return 0;
    yaml_folder_of(node, folder);
    if (strcmp(folder, ".") == 0)
        str_copy(beside, sizeof(beside), to);
    else if (file_join(beside, folder, to, load->err) < 0)
        return err_context(
            load->err, "%s:%d:%d: %s", node->file, node->line, node->column, load->field->key);
    if (beside[0] == '/') {
        str_copy(to, load->field->size, beside);
        return 0;
    }
    if (!getcwd(here, sizeof(here)))
        return err_set_errno(load->err, errno, "cannot find the current folder");
    return file_join(to, here, beside, load->err);
}

static int load_choice(const struct load *load, const struct yaml_node *node, int *place)
{
    const char *const *choices = load->field->choices();

    if (node->kind != YAML_KIND_SCALAR)
        return wrong(load, node);
    for (*place = 0; choices[*place]; ++*place)
        if (strcmp(choices[*place], node->text) == 0)
            return 0;
    return wrong_choice(load, node);
}

static int load_bits(const struct load *load, const struct yaml_node *node, unsigned *to)
{
    *to = 0;
    if (node->kind != YAML_KIND_LIST)
        return wrong(load, node);
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        int place;

        if (load_choice(load, item, &place) < 0)
            return -1;
        *to |= 1u << place;
    }
    return 0;
}

/* ---- lists ---- */

static int check_count(const struct load *load, const struct yaml_node *node, int most)
{
    if (node->kind != YAML_KIND_LIST)
        return wrong(load, node);
    if (node->count == 0)
        return yaml_error(load->tree, node, load->err, "%s is empty; it needs at least one item",
            load->field->key);
    if (node->count > most)
        return yaml_error(load->tree, node, load->err, "%s has %d items; the most is %d",
            load->field->key, node->count, most);
    return 0;
}

/* The list counts an item as soon as it is initialised, so that what it owns can be freed on
 * failure. */
static int load_list(const struct load *load, const struct yaml_node *node, struct config_list *to)
{
    const struct config_table *table = load->field->table;

    if (check_count(load, node, CONFIG_MAX_ITEMS) < 0)
        return -1;
    to->items = calloc((size_t)node->count, table->size);
    if (!to->items)
        return err_set(
            load->err, ERR_MEMORY, "no memory for %d items of %s", node->count, load->field->key);
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        char *place = (char *)to->items + (size_t)to->count * table->size;

        to->count++;
        if (config_load(table, load->tree, item, place, load->err) < 0)
            return -1;
    }
    return 0;
}

static int load_array(const struct load *load, const struct yaml_node *node, void *to, int *count)
{
    const struct config_table *table = load->field->table;

    *count = 0;
    if (check_count(load, node, load->field->capacity) < 0)
        return -1;
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        char *place = (char *)to + (size_t)*count * table->size;

        if (config_load(table, load->tree, item, place, load->err) < 0)
            return -1;
        ++*count;
    }
    return 0;
}

struct placed_integer {
    int64_t value;
    const struct yaml_node *node;
    int place;
};

static int compare_integers(const void *a, const void *b)
{
    const struct placed_integer *x = a, *y = b;

    return x->value != y->value ? (x->value > y->value) - (x->value < y->value)
                                : x->place - y->place;
}

static int refuse_repeated(
    const struct load *load, const struct yaml_node *node, const struct config_list *list)
{
    struct placed_integer *sorted = calloc((size_t)list->count, sizeof(*sorted));
    const struct yaml_node *item = node->first;
    int result = 0;

    if (!sorted)
        return err_set(
            load->err, ERR_MEMORY, "no memory for %d items of %s", list->count, load->field->key);
    for (int i = 0; i < list->count; i++, item = item->next)
        sorted[i] = (struct placed_integer){((const int64_t *)list->items)[i], item, i};
    qsort(sorted, (size_t)list->count, sizeof(*sorted), compare_integers);
    for (int i = 1; i < list->count && result == 0; i++)
        if (sorted[i].value == sorted[i - 1].value)
            result = yaml_error(load->tree, sorted[i].node, load->err,
                "%s: %lld is there twice; keep one", load->field->key, (long long)sorted[i].value);
    free(sorted);
    return result;
}

static int load_integers(
    const struct load *load, const struct yaml_node *node, struct config_list *to)
{
    int64_t *items;

    if (check_count(load, node, CONFIG_MAX_ITEMS) < 0)
        return -1;
    items = to->items = calloc((size_t)node->count, sizeof(*items));
    if (!items)
        return err_set(
            load->err, ERR_MEMORY, "no memory for %d items of %s", node->count, load->field->key);
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        long long value;

        if (load_integer(load, item, INT64_MIN, INT64_MAX, &value) < 0)
            return -1;
        items[to->count++] = value;
    }
    return refuse_repeated(load, node, to);
}

/* ---- structs ---- */

static int load_field(const struct load *load, const struct yaml_node *node, void *base)
{
    const struct config_field *field = load->field;
    void *to = (char *)base + field->offset;
    long long integer;
    int place;
    bool on;

    if (field->default_word && node->kind == YAML_KIND_SCALAR &&
        strcmp(node->text, "default") == 0) {
        if (field->type == CONFIG_INT)
            *(int *)to = (int)field->absent;
        else
            *(double *)to = field->absent;
        return 0;
    }
    switch (field->type) {
    case CONFIG_BOOL:
    case CONFIG_NOT_BOOL:
        return load_bool(load, node, field->type == CONFIG_NOT_BOOL, to);
    case CONFIG_SWITCH:
        if (load_bool(load, node, false, &on) < 0)
            return -1;
        *(int *)to = on;
        return 0;
    case CONFIG_INT:
        if (load_integer(load, node, INT_MIN, INT_MAX, &integer) < 0)
            return -1;
        *(int *)to = (int)integer;
        return 0;
    case CONFIG_INT64:
        if (load_integer(load, node, INT64_MIN, INT64_MAX, &integer) < 0)
            return -1;
        *(int64_t *)to = integer;
        return 0;
    case CONFIG_REAL:
        return load_real(load, node, to);
    case CONFIG_COUNT:
        return load_count(load, node, to);
    case CONFIG_TRIPLE:
        return load_triple(load, node, to);
    case CONFIG_TEXT:
        return load_text(load, node, to);
    case CONFIG_PATH:
        return load_path(load, node, to);
    case CONFIG_NAME:
        return load_choice(load, node, &place) < 0 ? -1 : load_text(load, node, to);
    case CONFIG_CHOICE:
        return load_choice(load, node, to);
    case CONFIG_BITS:
        return load_bits(load, node, to);
    case CONFIG_BUDGET:
        return load_budget(load, node, to);
    case CONFIG_STRUCT:
        if (field->given_offset)
            *(bool *)((char *)base + field->given_offset) = true;
        return config_load(field->table, load->tree, node, to, load->err);
    case CONFIG_LIST:
        return load_list(load, node, to);
    case CONFIG_ARRAY:
        return load_array(load, node, to, (int *)((char *)base + field->count_offset));
    case CONFIG_INT64_LIST:
        return load_integers(load, node, to);
    }
    return err_set(load->err, ERR_BUG, "the key %s has a type that nobody knows", field->key);
}

static int unknown_key(
    const struct config_table *table, const struct yaml_node *member, struct err *err)
{
    const char *keys[YAML_MAX_KEYS + 1], *nearest;
    struct str list = STR_INIT;
    int n = 0;

    for (const struct config_field *field = config_fields(table); field->key && n < YAML_MAX_KEYS;
         field++) {
        str_addf(&list, "%s%s", n ? ", " : "", field->key);
        keys[n++] = field->key;
    }
    keys[n] = NULL;
    nearest = str_nearest(member->key, keys);
    yaml_error_at(member->file, member->key_line, member->key_column, err,
        "%s has no key '%.60s'%s%s%s keys are %s", table->name, member->key,
        nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'? Its" : "; its",
        list.text);
    str_release(&list);
    return -1;
}

static int load_members(const struct config_table *table, const struct yaml_tree *tree,
    const struct yaml_node *node, void *to, struct err *err)
{
    for (const struct yaml_node *member = node->first; member; member = member->next) {
        const struct config_field *field = config_fields(table);
        struct load load = {.tree = tree, .err = err};

        while (field->key && strcmp(field->key, member->key) != 0)
            field++;
        if (!field->key)
            return unknown_key(table, member, err);
        load.field = field;
        if (load_field(&load, member, to) < 0)
            return -1;
    }
    return 0;
}

int config_load(const struct config_table *table, const struct yaml_tree *tree,
    const struct yaml_node *node, void *to, struct err *err)
{
    table->init(to);
    if (table->has_place)
        *(struct config_place *)to = (struct config_place){.file = node->file,
            .in_grid = node->in_grid,
            .line = node->line,
            .column = node->column};
    if (node->kind != YAML_KIND_MAPPING)
        return yaml_error(tree, node, err, "%s must be a mapping of keys to values, not a %s",
            table->name, yaml_kind_name(node->kind));
    if (load_members(table, tree, node, to, err) < 0)
        return -1;
    for (const struct config_field *field = config_fields(table); field->key; field++)
        if (field->required && !yaml_member(node, field->key))
            return yaml_error(tree, node, err, "%s lacks the key '%s'", table->name, field->key);
    if (table->check && table->check(to, err) < 0)
        return err_context(err, "%s:%d:%d", node->file, node->line, node->column);
    return 0;
}
