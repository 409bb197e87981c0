/*
 * A YAML document as a tree whose every value and key knows its line and column.
 *
 *     struct yaml_tree tree = YAML_TREE_INIT;
 *     if (yaml_tree_parse(&tree, "study.yaml", text, length, err) < 0) goto done;
 *     for (const struct yaml_node *item = tree.root->first; item; item = item->next) ...
 *     return yaml_error(&tree, item, err, "what is wrong and what would be right");
 * done:
 *     yaml_tree_release(&tree);
 *
 * The text is untrusted. Its size, depth, number of nodes (aliases count by what they stand for)
 * and keys of a mapping are bounded; a second document, a key that is there twice, tags, and bytes
 * that are no text are refused. Since JSON is YAML, the same reader reads canonical jobs back.
 *
 * The merge key of YAML 1.1 (`<<: *anchor`, or a list of those) is resolved: what the mapping does
 * not give itself comes from there. A tree may hold several files (yaml_tree_add); every node knows
 * its own.
 */
#ifndef SCALESTUDY_HARNESS_STUDY_YAML_TREE_H
#define SCALESTUDY_HARNESS_STUDY_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"
#include "harness/system/file.h"

#define YAML_MAX_BYTES   ((size_t)1 << 20)
#define YAML_MAX_DEPTH   16
#define YAML_MAX_NODES   200000
#define YAML_MAX_KEYS    256 /* of one mapping */
#define YAML_MAX_ANCHORS 1000

enum yaml_kind {
    YAML_KIND_SCALAR,
    YAML_KIND_LIST,
    YAML_KIND_MAPPING,
};

struct yaml_node {
    enum yaml_kind kind;
    const char *file; /* name of the file, for messages; the tree's */
    int line, column; /* of the value, from 1 */
    char *text;       /* of a scalar */
    bool in_grid;     /* one of several that config_expand made of one item */
    bool plain;       /* a scalar without quotes: it may be a number, true, false or null */
    char *key;        /* of a mapping's member, else NULL */
    int key_line, key_column;
    int count;                      /* items or members */
    struct yaml_node *first, *last; /* items or members */
    struct yaml_node *next;         /* sibling */
    struct yaml_node *older;        /* in the order of allocation; the tree's own */
};

struct yaml_anchor;
struct yaml_file;

struct yaml_tree {
    const char *name; /* of the file, for messages; the caller's */
    struct yaml_node *root;
    struct yaml_node *newest;
    int nodes;
    struct yaml_anchor *anchors;
    int n_anchors;
    struct yaml_file *files; /* that were added, the last first */
    int n_files;
};

#define YAML_TREE_INIT                                                                             \
    {                                                                                              \
        0                                                                                          \
    }

int yaml_tree_parse(struct yaml_tree *tree, const char *name, const char *text, size_t length,
    struct err *err) MUST_CHECK;
void yaml_tree_release(struct yaml_tree *tree);

/* Another file into a tree that was parsed: its root, with no place in the tree yet; NULL on error.
 * Its anchors are its own. `name` is copied. */
struct yaml_node *yaml_tree_add(
    struct yaml_tree *tree, const char *name, const char *text, size_t length, struct err *err);

/* The member of a mapping with that key, or NULL. */
struct yaml_node *yaml_member(const struct yaml_node *mapping, const char *key);

/* A copy of a node with all below it, owned by the tree; NULL on error. */
struct yaml_node *yaml_copy(struct yaml_tree *tree, const struct yaml_node *node, struct err *err);

/* Put a node that stands nowhere at the end of a list or mapping. */
void yaml_append(struct yaml_node *parent, struct yaml_node *child);

/* Take a member out of its mapping. */
void yaml_remove(struct yaml_node *mapping, struct yaml_node *member);

/*
 * Give `into` what it lacks of the mapping `from`, which loses it: mappings inside are completed in
 * the same way, all else that both have stays `into`'s. Settings belong to what they are settings
 * of: a mapping inside whose `name` is another one than from's is not completed.
 */
int yaml_complete(struct yaml_tree *tree, struct yaml_node *into, struct yaml_node *from,
    struct err *err) MUST_CHECK;

/* "mapping", "list" or "single value", for messages. */
const char *yaml_kind_name(enum yaml_kind kind);

/* The folder that paths in the node's file are relative to: that of the file; "." for
 * /dev/stdin and the like, which lie nowhere. */
void yaml_folder_of(const struct yaml_node *node, char to[PATH_BYTES]);

/* Set an ERR_INPUT that begins with "file:line:column: "; always -1. Control characters become '?'.
 */
int yaml_error(const struct yaml_tree *tree, const struct yaml_node *node, struct err *err,
    const char *format, ...) PRINTF_LIKE(4, 5);
int yaml_error_at(const char *name, int line, int column, struct err *err, const char *format, ...)
    PRINTF_LIKE(5, 6);

#endif
