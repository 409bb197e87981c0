/* A recipe's list of augmentations, written out as keys by their descriptions. */
#include "augment_list.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "workloads/data/augment/augmentation.h"

struct writer {
    struct yaml_tree *tree;
    struct yaml_node *recipe;
    struct err *err;
};

static const struct augmentation *find_augmentation(
    const struct writer *writer, const struct yaml_node *name)
{
    const struct augmentation *found = augmentation_find(name->text);
    const char *names[AUGMENTATIONS + 1] = {0}, *nearest;
    struct str list = STR_INIT;

    if (found)
        return found;
    for (int i = 0; i < AUGMENTATIONS; i++) {
        names[i] = augmentations()[i]->name;
        str_addf(&list, "%s%s", i ? ", " : "", names[i]);
    }
    nearest = str_nearest(name->text, names);
    yaml_error(writer->tree, name, writer->err, "augment: there is no '%.60s'%s%s%s choices are %s",
        name->text, nearest ? "; did you mean '" : "", nearest ? nearest : "",
        nearest ? "'? The" : "; the", list.text);
    str_release(&list);
    return NULL;
}

/* A copy of a value becomes a key of the recipe. */
static int add_key(
    struct writer *writer, const struct yaml_node *value, const char *key, const char *text)
{
    struct yaml_node *copy;

    if (yaml_member(writer->recipe, key))
        return yaml_error(writer->tree, value, writer->err,
            "augment gives %s, and the recipe has that key too, or the list names it twice; keep "
            "one",
            key);
    copy = yaml_copy(writer->tree, value, writer->err);
    if (!copy)
        return -1;
    free(copy->key);
    copy->key = strdup(key);
    if (text) {
        free(copy->text);
        copy->text = strdup(text);
    }
    if (!copy->key || (text && !copy->text))
        return err_set(writer->err, ERR_MEMORY, "%s: no memory to read it", writer->tree->name);
    yaml_append(writer->recipe, copy);
    return 0;
}

static bool is_zero(const struct yaml_node *value)
{
    char *end;

    return value->kind == YAML_KIND_SCALAR && strtod(value->text, &end) == 0 &&
           end != value->text && *end == '\0';
}

static bool takes_0(const struct augment_setting *setting)
{
    return setting->type == AUGMENT_CHOICE ||
           range_has(0, setting->least, setting->most, setting->above_least);
}

/* Is 0 the default of one that inside has 0 where it is not given? */
static bool stands_for_0(const struct augment_setting *setting)
{
    return augment_setting_zero_is_default(setting) && setting->standard == 0 &&
           !setting->otherwise;
}

static int add_parameter(struct writer *writer, const struct augmentation *augmentation,
    const struct augment_setting *setting, const struct yaml_node *value)
{
    bool range = augment_setting_begins_range(setting);
    const struct yaml_node *first = range ? value->first : value;
    bool zero = first && is_zero(first);

    if (zero && !takes_0(setting) && !stands_for_0(setting))
        return yaml_error(writer->tree, first, writer->err,
            "augment: %s of %s is 0, and must be above 0; an augmentation that is not wanted is "
            "left out of the list",
            setting->parameter, augmentation->name);
    if (!range)
        return add_key(
            writer, value, setting->key, zero && stands_for_0(setting) ? "default" : NULL);
    if (value->kind != YAML_KIND_LIST || value->count != 2)
        return yaml_error(writer->tree, value, writer->err,
            "augment: %s of %s is a list of two numbers, the least and the largest, such as "
            "[0.25, 1]",
            setting->parameter, augmentation->name);
    if (add_key(writer, value->first, setting->key, NULL) < 0)
        return -1;
    return add_key(writer, value->first->next, setting[1].key, NULL);
}

/* The next setting from `row` on that lists have by a name of its own; NULL: there is none. */
static const struct augment_setting *next_parameter(const struct augment_setting *row)
{
    while (row && row->key && !row->parameter)
        row++;
    return row && row->key ? row : NULL;
}

static const struct augment_setting *after(const struct augment_setting *row)
{
    return next_parameter(row + (augment_setting_begins_range(row) ? 2 : 1));
}

static const struct augment_setting *find_parameter(const struct writer *writer,
    const struct augmentation *augmentation, const struct yaml_node *member)
{
    const struct augment_setting *row = next_parameter(augmentation->settings);
    struct str list = STR_INIT;

    for (; row; row = after(row)) {
        if (strcmp(row->parameter, member->key) == 0) {
            str_release(&list);
            return row;
        }
        str_addf(&list, "%s%s", list.length ? ", " : "", row->parameter);
    }
    yaml_error_at(member->file, member->key_line, member->key_column, writer->err,
        "augment: %s has no parameter '%.60s'; it takes %s", augmentation->name, member->key,
        list.length ? list.text : "none");
    str_release(&list);
    return NULL;
}

/* One of the parameters that ask for it; NULL: its name alone does. *several: any of them will do. */
static const struct augment_setting *asking(const struct augmentation *augmentation, bool *several)
{
    const struct augment_setting *found = NULL;

    *several = false;
    for (const struct augment_setting *row = next_parameter(augmentation->settings); row;
         row = after(row)) {
        if (!row->asks || row->in_list)
            continue;
        *several = found != NULL;
        found = found ? found : row;
    }
    return found;
}

/* What was not given, of an item that is a name or a mapping. */
static int add_missing(struct writer *writer, const struct augmentation *augmentation,
    const struct yaml_node *item, const struct yaml_node *name)
{
    bool is_mapping = item->kind == YAML_KIND_MAPPING, several;
    const struct augment_setting *ask = asking(augmentation, &several);

    if (several && !(is_mapping && item->count > 1))
        return yaml_error(writer->tree, item, writer->err,
            "augment: %s does nothing without a parameter, such as {name: %s, %s: 0.1}",
            augmentation->name, augmentation->name, ask->parameter);
    for (const struct augment_setting *row = next_parameter(augmentation->settings); row;
         row = after(row)) {
        if (is_mapping && yaml_member(item, row->parameter))
            continue;
        if (row == ask && !several)
            return yaml_error(writer->tree, item, writer->err,
                "augment: %s needs its %s, as {name: %s, %s: ...}", augmentation->name,
                row->parameter, augmentation->name, row->parameter);
        if (row->in_list && add_key(writer, name, row->key, row->in_list) < 0)
            return -1;
    }
    return 0;
}

/* Settings that lists do not have stand for those that they have. */
static int refuse_both(const struct writer *writer, const struct augmentation *augmentation,
    const struct yaml_node *name)
{
    for (const struct augment_setting *row = augmentation->settings; row && row->key; row++)
        if (!row->parameter && yaml_member(writer->recipe, row->key))
            return yaml_error(writer->tree, name, writer->err,
                "augment has %s, and the recipe has a key %s too; keep one", augmentation->name,
                row->key);
    return 0;
}

static bool is_listed(const char *name)
{
    for (const char *const *known = augmentation_listed_names(); *known; known++)
        if (strcmp(*known, name) == 0)
            return true;
    return false;
}

static int write_item(struct writer *writer, struct yaml_node *list, struct yaml_node *item)
{
    struct yaml_node *name = item->kind == YAML_KIND_MAPPING ? yaml_member(item, "name") : item;
    const struct augmentation *augmentation;

    if (!name || name->kind != YAML_KIND_SCALAR)
        return yaml_error(writer->tree, item, writer->err,
            "augment: an item is a name, or a mapping with a name and parameters, as {name: "
            "random_crop, padding: 4}");
    augmentation = find_augmentation(writer, name);
    if (!augmentation)
        return -1;
    for (struct yaml_node *member = item->first; member; member = member->next) {
        const struct augment_setting *setting;

        if (member == name)
            continue;
        setting = find_parameter(writer, augmentation, member);
        if (!setting || add_parameter(writer, augmentation, setting, member) < 0)
            return -1;
    }
    if (refuse_both(writer, augmentation, name) < 0 ||
        add_missing(writer, augmentation, item, name) < 0)
        return -1;
    if (is_listed(augmentation->name)) {
        struct yaml_node *plain = yaml_copy(writer->tree, name, writer->err);

        if (!plain)
            return -1;
        free(plain->key);
        plain->key = NULL;
        yaml_append(list, plain);
    }
    return 0;
}

int augment_list_write_out(struct yaml_tree *tree, struct yaml_node *recipe, struct err *err)
{
    struct writer writer = {.tree = tree, .recipe = recipe, .err = err};
    struct yaml_node *list =
        recipe->kind == YAML_KIND_MAPPING ? yaml_member(recipe, "augment") : NULL;
    struct yaml_node *item, *next;

    if (!list || list->kind != YAML_KIND_LIST)
        return 0;
    item = list->first;
    list->first = list->last = NULL;
    list->count = 0;
    for (; item; item = next) {
        next = item->next;
        if (write_item(&writer, list, item) < 0)
            return -1;
    }
    return 0;
}
