#include "augment_list.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "workloads/workload.h"

#define PARAMETERS 4

/* A parameter is one key of the recipe, or two, of a list [least, largest]. */
struct parameter {
    const char *name, *key, *second_key;
    const char *missing; /* its value where it is not given; NULL: the recipe's default */
    bool required;
    bool above_0;      /* 0 is not a value of the key, whose default is another number */
    bool default_at_0; /* nor of this one, but its default is none */
};

struct transform {
    const char *name;
    bool needs_one; /* does nothing without a parameter */
    struct parameter parameters[PARAMETERS + 1];
};

#define ONE(name_, key_)                                                                           \
    {                                                                                              \
        .name = name_, .key = key_                                                                 \
    }
#define DEFAULT_AT_0(name_, key_)                                                                  \
    {                                                                                              \
        .name = name_, .key = key_, .default_at_0 = true                                           \
    }
#define ABOVE_0(name_, key_)                                                                       \
    {                                                                                              \
        .name = name_, .key = key_, .above_0 = true                                                \
    }
#define RANGE(name_, keys)                                                                         \
    {                                                                                              \
        .name = name_, .key = keys "_min", .second_key = keys "_max", .above_0 = true              \
    }
#define OR(name_, key_, value)                                                                     \
    {                                                                                              \
        .name = name_, .key = key_, .missing = value                                               \
    }
#define REQUIRED(name_, key_)                                                                      \
    {                                                                                              \
        .name = name_, .key = key_, .required = true                                               \
    }

static const struct transform transforms[] = {
    {"random_resized_crop", false, {RANGE("scale", "crop_scale"), RANGE("ratio", "crop_ratio")}},
    {"random_crop", false, {ABOVE_0("padding", "crop_padding")}},
    {"horizontal_flip", false, {ABOVE_0("p", "flip_probability")}},
    {"auto_augment", false, {OR("policy", "auto_augment", "imagenet")}},
    {"rand_augment", false,
        {OR("magnitude", "rand_augment", "9"), ABOVE_0("num_ops", "rand_augment_layers")}},
    {"color_jitter", true,
        {DEFAULT_AT_0("brightness", "jitter_brightness"),
            DEFAULT_AT_0("contrast", "jitter_contrast"),
            DEFAULT_AT_0("saturation", "jitter_saturation"), ONE("hue", "jitter_hue")}},
    {"random_erasing", false,
        {OR("p", "random_erasing", "0.5"), RANGE("scale", "erasing_scale"),
            RANGE("ratio", "erasing_ratio")}},
    {"cutout", false, {REQUIRED("length", "cutout")}},
    {"mixup", false, {REQUIRED("alpha", "mixup")}},
    {"cutmix", false, {REQUIRED("alpha", "cutmix")}},
    {.name = NULL},
};

#undef ONE
#undef DEFAULT_AT_0
#undef ABOVE_0
#undef RANGE
#undef OR
#undef REQUIRED

struct writer {
    struct yaml_tree *tree;
    struct yaml_node *recipe;
    struct err *err;
};

static const struct transform *find_transform(
    const struct writer *writer, const struct yaml_node *name)
{
    const char *names[sizeof(transforms) / sizeof(*transforms)] = {0}, *nearest;
    struct str list = STR_INIT;
    int n = 0;

    for (const struct transform *transform = transforms; transform->name; transform++) {
        if (strcmp(transform->name, name->text) == 0) {
            str_release(&list);
            return transform;
        }
        str_addf(&list, "%s%s", n ? ", " : "", transform->name);
        names[n++] = transform->name;
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

static int add_parameter(struct writer *writer, const struct transform *transform,
    const struct parameter *parameter, const struct yaml_node *value)
{
    const struct yaml_node *first = parameter->second_key ? value->first : value;

    if (parameter->above_0 && first && is_zero(first))
        return yaml_error(writer->tree, first, writer->err,
            "augment: %s of %s is 0, and must be above 0; an augmentation that is not wanted is "
            "left out of the list",
            parameter->name, transform->name);
    if (!parameter->second_key)
        return add_key(writer, value, parameter->key,
            parameter->default_at_0 && is_zero(value) ? "default" : NULL);
    if (value->kind != YAML_KIND_LIST || value->count != 2)
        return yaml_error(writer->tree, value, writer->err,
            "augment: %s of %s is a list of two numbers, the least and the largest, such as "
            "[0.25, 1]",
            parameter->name, transform->name);
    if (add_key(writer, value->first, parameter->key, NULL) < 0)
        return -1;
    return add_key(writer, value->first->next, parameter->second_key, NULL);
}

static const struct parameter *find_parameter(
    const struct writer *writer, const struct transform *transform, const struct yaml_node *member)
{
    struct str list = STR_INIT;

    for (const struct parameter *p = transform->parameters; p->name; p++) {
        if (strcmp(p->name, member->key) == 0) {
            str_release(&list);
            return p;
        }
        str_addf(&list, "%s%s", list.length ? ", " : "", p->name);
    }
    yaml_error_at(member->file, member->key_line, member->key_column, writer->err,
        "augment: %s has no parameter '%.60s'; it takes %s", transform->name, member->key,
        list.text);
    str_release(&list);
    return NULL;
}

/* What was not given, of an item that is a name or a mapping. */
static int add_missing(struct writer *writer, const struct transform *transform,
    const struct yaml_node *item, const struct yaml_node *name)
{
    bool is_mapping = item->kind == YAML_KIND_MAPPING;

    if (transform->needs_one && !(is_mapping && item->count > 1))
        return yaml_error(writer->tree, item, writer->err,
            "augment: %s does nothing without a parameter, such as {name: %s, %s: 0.1}",
            transform->name, transform->name, transform->parameters[0].name);
    for (const struct parameter *p = transform->parameters; p->name; p++) {
        if (is_mapping && yaml_member(item, p->name))
            continue;
        if (p->required)
            return yaml_error(writer->tree, item, writer->err,
                "augment: %s needs its %s, as {name: %s, %s: ...}", transform->name, p->name,
                transform->name, p->name);
        if (p->missing && add_key(writer, name, p->key, p->missing) < 0)
            return -1;
    }
    return 0;
}

static bool is_bit(const char *name)
{
    for (const char *const *known = recipe_augment_names(); *known; known++)
        if (strcmp(*known, name) == 0)
            return true;
    return false;
}

static int write_item(struct writer *writer, struct yaml_node *list, struct yaml_node *item)
{
    struct yaml_node *name = item->kind == YAML_KIND_MAPPING ? yaml_member(item, "name") : item;
    const struct transform *transform;

    if (!name || name->kind != YAML_KIND_SCALAR)
        return yaml_error(writer->tree, item, writer->err,
            "augment: an item is a name, or a mapping with a name and parameters, as {name: "
            "random_crop, padding: 4}");
    transform = find_transform(writer, name);
    if (!transform)
        return -1;
    for (struct yaml_node *member = item->first; member; member = member->next) {
        const struct parameter *parameter;

        if (member == name)
            continue;
        parameter = find_parameter(writer, transform, member);
        if (!parameter || add_parameter(writer, transform, parameter, member) < 0)
            return -1;
    }
    if (strcmp(transform->name, "color_jitter") == 0 && yaml_member(writer->recipe, "color_jitter"))
        return yaml_error(writer->tree, name, writer->err,
            "augment has color_jitter, and the recipe has a key color_jitter too; keep one");
    if (add_missing(writer, transform, item, name) < 0)
        return -1;
    if (is_bit(transform->name)) {
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
