/* Replacing `include` in a study by what the files hold. */
#include "study_include.h"

#include <stdlib.h>
#include <string.h>

#include "harness/system/file.h"
#include "harness/base/str.h"

/* A file that is being read, and the one that includes it. */
struct origin {
    const struct origin *from;
    const char *path; /* resolved: no links, no dots */
    int depth;
};

struct includer {
    struct yaml_tree *tree;
    struct str *texts;
    struct err *err;
};

static int include_all(
    struct includer *includer, const struct origin *origin, struct yaml_node *node);

/* The path that a name in a file means. */
static int locate(struct includer *includer, const struct yaml_node *name, char to[PATH_BYTES])
{
    char folder[PATH_BYTES], expanded[PATH_BYTES];

    if (name->kind != YAML_KIND_SCALAR || !name->text[0])
        return yaml_error(includer->tree, name, includer->err,
            "include: a %s is not the name of a file, or a list of them",
            name->kind == YAML_KIND_SCALAR ? "missing value" : yaml_kind_name(name->kind));
    if (file_expand_home(name->text, expanded, includer->err) < 0)
        return err_context(
            includer->err, "%s:%d:%d: include", name->file, name->line, name->column);
    yaml_folder_of(name, folder);
    if (expanded[0] == '/' || strcmp(folder, ".") == 0)
        str_copy(to, PATH_BYTES, expanded);
    else if (file_join(to, folder, expanded, includer->err) < 0)
        return err_context(
            includer->err, "%s:%d:%d: include", name->file, name->line, name->column);
    return 0;
}

static int refuse_cycle(struct includer *includer, const struct origin *origin,
    const struct yaml_node *name, const char *resolved)
{
    for (; origin; origin = origin->from)
        if (origin->path && strcmp(origin->path, resolved) == 0)
            return yaml_error(includer->tree, name, includer->err,
                "include: %s would include itself; leave this out", name->text);
    return 0;
}

/* Kept behind the study's text, as comments: what was run can be read in the database. */
static void keep_text(struct includer *includer, const char *path, const char *text)
{
    str_addf(includer->texts, "\n# included: %s\n", path);
    while (*text) {
        size_t length = strcspn(text, "\n");

        str_add(includer->texts, "# ");
        str_add_bytes(includer->texts, text, length);
        str_add(includer->texts, "\n");
        text += length + (text[length] == '\n');
    }
}

static int include_file(struct includer *includer, const struct origin *origin,
    const struct yaml_node *name, struct yaml_node *into)
{
    char path[PATH_BYTES];
    struct str text = STR_INIT;
    struct yaml_node *root = NULL;
    struct origin here = {.from = origin, .depth = origin->depth + 1};
    char *resolved = NULL;
    int result = -1;

    if (locate(includer, name, path) < 0)
        return -1;
    if (here.depth > STUDY_MAX_INCLUDE_DEPTH || includer->tree->n_files >= STUDY_MAX_INCLUDES)
        return yaml_error(includer->tree, name, includer->err,
            "include: more than %d files, or %d deep", STUDY_MAX_INCLUDES, STUDY_MAX_INCLUDE_DEPTH);
    resolved = realpath(path, NULL);
    here.path = resolved;
    if (resolved && refuse_cycle(includer, origin, name, resolved) < 0)
        goto done;
    if (file_read_text(path, YAML_MAX_BYTES, &text, includer->err) < 0) {
        err_context(includer->err, "%s:%d:%d: include", name->file, name->line, name->column);
        goto done;
    }
    root = yaml_tree_add(includer->tree, path, text.text, text.length, includer->err);
    if (!root)
        goto done;
    keep_text(includer, path, text.text);
    if (root->kind != YAML_KIND_MAPPING)
        yaml_error(includer->tree, root, includer->err,
            "a file that is included must hold a mapping of keys to values, not a %s",
            yaml_kind_name(root->kind));
    else if (include_all(includer, &here, root) == 0)
        result = yaml_complete(includer->tree, into, root, includer->err);
done:
    free(resolved);
    str_release(&text);
    return result;
}

static int include_here(
    struct includer *includer, const struct origin *origin, struct yaml_node *mapping)
{
    struct yaml_node *names = yaml_member(mapping, "include");

    if (!names)
        return 0;
    yaml_remove(mapping, names);
    if (names->kind != YAML_KIND_LIST)
        return include_file(includer, origin, names, mapping);
    for (const struct yaml_node *name = names->first; name; name = name->next)
        if (include_file(includer, origin, name, mapping) < 0)
            return -1;
    return 0;
}

static int include_all(
    struct includer *includer, const struct origin *origin, struct yaml_node *node)
{
    for (struct yaml_node *child = node->first; child; child = child->next)
        if (child->kind != YAML_KIND_SCALAR && include_all(includer, origin, child) < 0)
            return -1;
    return node->kind == YAML_KIND_MAPPING ? include_here(includer, origin, node) : 0;
}

int study_include(
    struct yaml_tree *tree, struct yaml_node *node, struct str *texts, struct err *err)
{
    struct includer includer = {.tree = tree, .texts = texts, .err = err};
    char *resolved = realpath(tree->name, NULL);
    struct origin origin = {.path = resolved};
    int result = include_all(&includer, &origin, node);

    free(resolved);
    return result;
}
