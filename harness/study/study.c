/* The keys of a study file: reading, checking and defaults. */
#include "study.h"

#include <stdlib.h>
#include <string.h>

#include "augment_list.h"
#include "harness/system/file.h"
#include "study_include.h"

/* What a model does not say of the key is what the study says. */
static int inherit(
    struct yaml_tree *tree, const struct yaml_node *models, const char *key, struct err *err)
{
    const struct yaml_node *common = yaml_member(tree->root, key);

    if (!common || common->kind != YAML_KIND_MAPPING)
        return 0;
    for (struct yaml_node *model = models->first; model; model = model->next) {
        struct yaml_node *own = yaml_member(model, key), *copy;

        if (!own || own->kind != YAML_KIND_MAPPING)
            continue;
        copy = yaml_copy(tree, common, err);
        if (!copy || yaml_complete(tree, own, copy, err) < 0)
            return -1;
    }
    return 0;
}

static int write_augment_lists(
    struct yaml_tree *tree, const struct yaml_node *models, struct err *err)
{
    struct yaml_node *recipe = yaml_member(tree->root, "recipe");

    if (recipe && augment_list_write_out(tree, recipe, err) < 0)
        return -1;
    if (!models || models->kind != YAML_KIND_LIST)
        return 0;
    for (const struct yaml_node *model = models->first; model; model = model->next)
        if ((recipe = yaml_member(model, "recipe")) &&
            augment_list_write_out(tree, recipe, err) < 0)
            return -1;
    return 0;
}

/* The tree as if nothing in it stood for something else. */
static int write_out(struct study *study, struct str *included, struct err *err)
{
    struct yaml_tree *tree = &study->tree;
    const struct yaml_node *models;

    if (study_include(tree, tree->root, included, err) < 0)
        return -1;
    models = yaml_member(tree->root, "models");
    if (models && models->kind == YAML_KIND_LIST &&
        (inherit(tree, models, "recipe", err) < 0 || inherit(tree, models, "skip_over", err) < 0))
        return -1;
    if (write_augment_lists(tree, models, err) < 0)
        return -1;
    return config_expand(&study_table, tree, tree->root, err);
}

static void fill_models(struct study *study)
{
    struct study_model *models = study->models.items;

    for (int i = 0; i < study->models.count; i++) {
        if (!models[i].has_recipe)
            models[i].recipe = study->recipe;
        if (!models[i].has_limits)
            models[i].skip_over = study->skip_over;
    }
}

int study_parse(
    struct study *study, const char *path, const char *text, size_t length, struct err *err)
{
    struct str included = STR_INIT;
    struct yaml_tree tree;
    int result;

    *study = (struct study)STUDY_INIT;
    result = yaml_tree_parse(&study->tree, path, text, length, err);
    if (result == 0)
        result = write_out(study, &included, err);
    tree = study->tree; /* loading begins with defaults */
    if (result == 0)
        result = config_load(&study_table, &tree, tree.root, study, err);
    study->tree = tree;
    study->path = path;
    if (result == 0) {
        fill_models(study);
        str_add_bytes(&study->text, text, length);
        str_add(&study->text, included.text);
        result = str_check(&included, err) < 0 ? -1 : str_check(&study->text, err);
    }
    str_release(&included);
    return result;
}

int study_load(struct study *study, const char *path, struct err *err)
{
    struct str text = STR_INIT;
    int result = file_read_text(path, YAML_MAX_BYTES, &text, err);

    *study = (struct study)STUDY_INIT;
    if (result == 0)
        result = study_parse(study, path, text.text, text.length, err);
    str_release(&text);
    return result;
}

void study_release(struct study *study)
{
    struct study_model *models = study->models.items;

    for (int i = 0; i < study->models.count; i++)
        free(models[i].scalings.items);
    free(models);
    free(study->seeds.items);
    str_release(&study->text);
    yaml_tree_release(&study->tree);
    *study = (struct study)STUDY_INIT;
}
