#include "study.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

int study_parse(
    struct study *study, const char *path, const char *text, size_t length, struct err *err)
{
    struct yaml_tree tree = YAML_TREE_INIT;
    int result;

    *study = (struct study)STUDY_INIT;
    result = yaml_tree_parse(&tree, path, text, length, err);
    if (result == 0)
        result = config_load(&study_table, &tree, tree.root, study, err);
    study->path = path;
    yaml_tree_release(&tree);
    if (result == 0) {
        str_add_bytes(&study->text, text, length);
        result = str_check(&study->text, err);
    }
    return result;
}

int study_load(struct study *study, const char *path, struct err *err)
{
    struct str text = STR_INIT;
    int result = file_read(path, YAML_MAX_BYTES, &text, err);

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
    *study = (struct study)STUDY_INIT;
}
