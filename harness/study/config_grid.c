/* Grids: what a list in place of a value expands to. */
#include "config.h"

#include <string.h>

#define MAX_AXES 16

/* A key with a list of values. While one of them is selected, the member of the tree is that value;
 * `values` keeps what it was. */
struct axis {
    struct yaml_node *member;
    struct yaml_node values;
};

struct grid {
    struct axis axes[MAX_AXES];
    int n_axes;
    long long items; /* combinations */
};

static const struct config_field *find_field(const struct config_table *table, const char *key)
{
    for (const struct config_field *field = config_fields(table); field->key; field++)
        if (strcmp(field->key, key) == 0)
            return field;
    return NULL;
}

static int add_axis(const struct yaml_tree *tree, struct grid *grid, struct yaml_node *member,
    const char *key, struct err *err)
{
    if (member->count == 0)
        return yaml_error(tree, member, err, "%s is empty; it needs at least one item", key);
    if (grid->n_axes == MAX_AXES)
        return yaml_error(tree, member, err, "a grid has more than %d lists", MAX_AXES);
    grid->axes[grid->n_axes++] = (struct axis){.member = member, .values = *member};
    grid->items *= member->count;
    if (grid->items > CONFIG_MAX_ITEMS)
        return yaml_error(
            tree, member, err, "the grid has more than %d combinations", CONFIG_MAX_ITEMS);
    return 0;
}

static int find_axes(const struct config_table *table, const struct yaml_tree *tree,
    struct yaml_node *item, struct grid *grid, struct err *err)
{
    if (item->kind != YAML_KIND_MAPPING)
        return 0;
    for (struct yaml_node *member = item->first; member; member = member->next) {
        const struct config_field *field = find_field(table, member->key);
        int result = 0;

        if (field && field->type == CONFIG_STRUCT)
            result = find_axes(field->table, tree, member, grid, err);
        else if (field && field->grid && member->kind == YAML_KIND_LIST)
            result = add_axis(tree, grid, member, field->key, err);
        if (result < 0)
            return -1;
    }
    return 0;
}

/* The member becomes `value`, but for its key and its place among its siblings. */
static void become(struct yaml_node *member, const struct yaml_node *value)
{
    member->kind = value->kind;
    member->line = value->line;
    member->column = value->column;
    member->text = value->text;
    member->plain = value->plain;
    member->count = value->count;
    member->first = value->first;
    member->last = value->last;
}

/* Combination number `number`, the last axis changing fastest. */
static void select_combination(struct grid *grid, long long number)
{
    for (int i = grid->n_axes - 1; i >= 0; i--) {
        const struct yaml_node *value = grid->axes[i].values.first;
        int count = grid->axes[i].values.count;

        for (long long skip = number % count; skip > 0; skip--)
            value = value->next;
        number /= count;
        become(grid->axes[i].member, value);
    }
}

static void restore(struct grid *grid)
{
    for (int i = 0; i < grid->n_axes; i++)
        become(grid->axes[i].member, &grid->axes[i].values);
}

/* The items of one, at the end of `list`. */
static int expand_item(const struct config_table *table, struct yaml_tree *tree,
    struct yaml_node *item, struct yaml_node *list, struct err *err)
{
    struct grid grid = {.items = 1};
    int result = 0;

    if (find_axes(table, tree, item, &grid, err) < 0)
        return -1;
    if (grid.n_axes == 0) {
        yaml_append(list, item);
        return config_expand(table, tree, item, err);
    }
    if (list->count + grid.items > CONFIG_MAX_ITEMS)
        return yaml_error(
            tree, item, err, "its grids make more than %d items of the list", CONFIG_MAX_ITEMS);
    for (long long i = 0; i < grid.items && result == 0; i++) {
        struct yaml_node *copy;

        select_combination(&grid, i);
        copy = yaml_copy(tree, item, err);
        restore(&grid);
        if (!copy)
            return -1;
        copy->in_grid = true;
        yaml_append(list, copy);
        result = config_expand(table, tree, copy, err);
    }
    return result;
}

static int expand_list(const struct config_table *table, struct yaml_tree *tree,
    struct yaml_node *list, struct err *err)
{
    struct yaml_node *item = list->first, *next;

    list->first = list->last = NULL;
    list->count = 0;
    for (; item; item = next) {
        next = item->next;
        if (expand_item(table, tree, item, list, err) < 0)
            return -1;
    }
    return 0;
}

int config_expand(const struct config_table *table, struct yaml_tree *tree, struct yaml_node *node,
    struct err *err)
{
    if (node->kind != YAML_KIND_MAPPING)
        return 0;
    for (struct yaml_node *member = node->first; member; member = member->next) {
        const struct config_field *field = find_field(table, member->key);
        int result = 0;

        if (field && field->type == CONFIG_STRUCT)
            result = config_expand(field->table, tree, member, err);
        else if (field && field->type == CONFIG_LIST && member->kind == YAML_KIND_LIST)
            result = expand_list(field->table, tree, member, err);
        if (result < 0)
            return -1;
    }
    return 0;
}
