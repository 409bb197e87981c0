/* Building a tree from libyaml's events: anchors, merge keys, limits on size and depth. */
#include "yaml_tree.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct yaml_anchor {
    char *name;
    const struct yaml_node *node;
    struct yaml_anchor *older;
};

struct yaml_file {
    struct yaml_file *older;
    char name[];
};

struct reader {
    struct yaml_tree *tree;
    const char *name; /* of the file that is read */
    yaml_parser_t *parser;
    const struct yaml_anchor *others; /* anchors of other files begin here */
    struct err *err;
};

static int error_at(
    const char *name, int line, int column, struct err *err, const char *format, va_list args)
{
    char message[768];

    vsnprintf(message, sizeof(message), format, args);
    for (char *at = message; *at; at++)
        if (iscntrl((unsigned char)*at))
            *at = '?'; /* what a file holds must not steer the terminal */
    return err_set(err, ERR_INPUT, "%s:%d:%d: %s", name, line, column, message);
}

void yaml_folder_of(const struct yaml_node *node, char to[PATH_BYTES])
{
    file_folder_of(node->file, to);
    if (strcmp(to, "/dev") == 0 || str_starts_with(to, "/dev/") || str_starts_with(to, "/proc/"))
        str_copy(to, PATH_BYTES, ".");
}

int yaml_error_at(const char *name, int line, int column, struct err *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    error_at(name, line, column, err, format, args);
    va_end(args);
    return -1;
}

int yaml_error(const struct yaml_tree *tree, const struct yaml_node *node, struct err *err,
    const char *format, ...)
{
    va_list args;

    va_start(args, format);
    error_at(node->file ? node->file : tree->name, node->line, node->column, err, format, args);
    va_end(args);
    return -1;
}

const char *yaml_kind_name(enum yaml_kind kind)
{
    static const char *const names[] = {[YAML_KIND_SCALAR] = "single value",
        [YAML_KIND_LIST] = "list",
        [YAML_KIND_MAPPING] = "mapping"};

    return names[kind];
}

static int error_at_mark(struct reader *reader, const yaml_mark_t *mark, const char *message)
{
    return yaml_error_at(
        reader->name, (int)mark->line + 1, (int)mark->column + 1, reader->err, "%s", message);
}

static int no_memory(struct reader *reader)
{
    return err_set(reader->err, ERR_MEMORY, "%s: no memory to read it", reader->name);
}

/* ---- nodes ---- */

static struct yaml_node *node_new(struct reader *reader, enum yaml_kind kind, int line, int column)
{
    struct yaml_tree *tree = reader->tree;
    struct yaml_node *node;

    if (++tree->nodes > YAML_MAX_NODES) {
        yaml_error_at(reader->name, line, column, reader->err,
            "the file has more than %d values, aliases and grids counted by what they stand for",
            YAML_MAX_NODES);
        return NULL;
    }
    node = calloc(1, sizeof(*node));
    if (!node) {
        no_memory(reader);
        return NULL;
    }
    node->kind = kind;
    node->file = reader->name;
    node->line = line;
    node->column = column;
    node->older = tree->newest;
    tree->newest = node;
    return node;
}

void yaml_append(struct yaml_node *parent, struct yaml_node *child)
{
    child->next = NULL;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
}

static char *copy_text(struct reader *reader, const char *text)
{
    char *copy = strdup(text);

    if (!copy)
        no_memory(reader);
    return copy;
}

static int check_depth(struct reader *reader, int line, int column, int depth)
{
    if (depth < YAML_MAX_DEPTH)
        return 0;
    return yaml_error_at(reader->name, line, column, reader->err,
        "values are nested deeper than %d levels", YAML_MAX_DEPTH);
}

/* The copy keeps the place where the values are written, which is where a mistake is to be mended.
 */
static struct yaml_node *node_copy(struct reader *reader, const struct yaml_node *from, int depth)
{
    struct yaml_node *copy;

    if (check_depth(reader, from->line, from->column, depth) < 0)
        return NULL;
    copy = node_new(reader, from->kind, from->line, from->column);
    if (!copy)
        return NULL;
    copy->plain = from->plain;
    copy->file = from->file;
    copy->in_grid = from->in_grid;
    copy->key_line = from->key_line;
    copy->key_column = from->key_column;
    if (from->text && !(copy->text = copy_text(reader, from->text)))
        return NULL;
    if (from->key && !(copy->key = copy_text(reader, from->key)))
        return NULL;
    for (const struct yaml_node *item = from->first; item; item = item->next) {
        struct yaml_node *child = node_copy(reader, item, depth + 1);

        if (!child)
            return NULL;
        yaml_append(copy, child);
    }
    return copy;
}

/* ---- anchors ---- */

static int remember_anchor(struct reader *reader, const char *name, const struct yaml_node *node)
{
    struct yaml_anchor *anchor;

    if (++reader->tree->n_anchors > YAML_MAX_ANCHORS)
        return yaml_error(
            reader->tree, node, reader->err, "the file has more than %d anchors", YAML_MAX_ANCHORS);
    anchor = calloc(1, sizeof(*anchor));
    if (!anchor)
        return no_memory(reader);
    anchor->older = reader->tree->anchors;
    anchor->node = node;
    reader->tree->anchors = anchor;
    anchor->name = copy_text(reader, name);
    return anchor->name ? 0 : -1;
}

/* Only finished values are remembered, so that none can hold itself. */
static struct yaml_node *resolve_alias(struct reader *reader, const yaml_event_t *event, int depth)
{
    const char *name = (const char *)event->data.alias.anchor;

    for (const struct yaml_anchor *anchor = reader->tree->anchors; anchor != reader->others;
         anchor = anchor->older)
        if (strcmp(anchor->name, name) == 0)
            return node_copy(reader, anchor->node, depth);
    yaml_error_at(reader->name, (int)event->start_mark.line + 1, (int)event->start_mark.column + 1,
        reader->err, "there is no anchor &%.60s before this alias", name);
    return NULL;
}

/* ---- events ---- */

static int next_event(struct reader *reader, yaml_event_t *event)
{
    const yaml_parser_t *parser = reader->parser;
    const yaml_mark_t *mark = &parser->problem_mark;

    if (yaml_parser_parse(reader->parser, event))
        return 0;
    if (parser->error == YAML_MEMORY_ERROR)
        return no_memory(reader);
    if (parser->error == YAML_READER_ERROR) {
        err_set(reader->err, ERR_INPUT,
            "%s: byte %zu is not text (%s); a study is a text file in UTF-8", reader->name,
            parser->problem_offset, parser->problem);
        return -1;
    }
    return yaml_error_at(reader->name, (int)mark->line + 1, (int)mark->column + 1, reader->err,
        "this is not YAML: %s%s%s", parser->context ? parser->context : "",
        parser->context ? ", " : "", parser->problem ? parser->problem : "unknown error");
}

static struct yaml_node *read_node(struct reader *reader, const yaml_event_t *event, int depth);

static int read_items(struct reader *reader, struct yaml_node *list, int depth)
{
    for (;;) {
        yaml_event_t event;
        struct yaml_node *item;

        if (next_event(reader, &event) < 0)
            return -1;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return 0;
        }
        item = read_node(reader, &event, depth);
        yaml_event_delete(&event);
        if (!item)
            return -1;
        yaml_append(list, item);
    }
}

static int check_key(
    struct reader *reader, const struct yaml_node *mapping, const yaml_event_t *event)
{
    const char *key = (const char *)event->data.scalar.value;
    int line = (int)event->start_mark.line + 1, column = (int)event->start_mark.column + 1;
    const char *name = reader->name;

    if (event->type != YAML_SCALAR_EVENT)
        return error_at_mark(reader, &event->start_mark, "a key must be a name");
    if (strlen(key) != event->data.scalar.length)
        return error_at_mark(reader, &event->start_mark, "a key must not hold a NUL character");
    if (mapping->count >= YAML_MAX_KEYS)
        return yaml_error_at(
            name, line, column, reader->err, "a mapping has more than %d keys", YAML_MAX_KEYS);
    for (const struct yaml_node *member = mapping->first; member; member = member->next)
        if (strcmp(member->key, key) == 0)
            return yaml_error_at(name, line, column, reader->err,
                "the key '%.60s' is there twice, first at line %d; keep one", key,
                member->key_line);
    return 0;
}

static int read_member(
    struct reader *reader, struct yaml_node *mapping, const yaml_event_t *key, int depth)
{
    yaml_event_t event;
    struct yaml_node *value;

    if (check_key(reader, mapping, key) < 0 || next_event(reader, &event) < 0)
        return -1;
    value = read_node(reader, &event, depth);
    yaml_event_delete(&event);
    if (!value)
        return -1;
    free(value->key); /* an alias of a mapping's member brings that member's key */
    value->key = copy_text(reader, (const char *)key->data.scalar.value);
    if (!value->key)
        return -1;
    value->key_line = (int)key->start_mark.line + 1;
    value->key_column = (int)key->start_mark.column + 1;
    yaml_append(mapping, value);
    return 0;
}

/* ---- merge keys ---- */

/* What `into` lacks of `from` moves over to it. */
static int take_members(struct reader *reader, struct yaml_node *into, struct yaml_node *from)
{
    for (struct yaml_node *member = from->first, *next; member; member = next) {
        next = member->next;
        if (yaml_member(into, member->key))
            continue;
        if (into->count >= YAML_MAX_KEYS)
            return yaml_error(
                reader->tree, into, reader->err, "a mapping has more than %d keys", YAML_MAX_KEYS);
        yaml_append(into, member);
    }
    from->first = from->last = NULL;
    from->count = 0;
    return 0;
}

static int resolve_merge_key(struct reader *reader, struct yaml_node *mapping)
{
    struct yaml_node *merged = yaml_member(mapping, "<<");
    bool list = merged && merged->kind == YAML_KIND_LIST;

    if (!merged)
        return 0;
    yaml_remove(mapping, merged);
    for (struct yaml_node *source = list ? merged->first : merged; source;
         source = list ? source->next : NULL) {
        if (source->kind != YAML_KIND_MAPPING)
            return yaml_error(reader->tree, source, reader->err,
                "<<: a %s is not a mapping to take keys from", yaml_kind_name(source->kind));
        if (take_members(reader, mapping, source) < 0)
            return -1;
    }
    return 0;
}

static int read_members(struct reader *reader, struct yaml_node *mapping, int depth)
{
    for (;;) {
        yaml_event_t event;
        int result;

        if (next_event(reader, &event) < 0)
            return -1;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return resolve_merge_key(reader, mapping);
        }
        result = read_member(reader, mapping, &event, depth);
        yaml_event_delete(&event);
        if (result < 0)
            return -1;
    }
}

static int read_scalar(struct reader *reader, struct yaml_node *node, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;

    if (strlen(text) != event->data.scalar.length)
        return error_at_mark(reader, &event->start_mark, "a text must not hold a NUL character");
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->text = copy_text(reader, text);
    return node->text ? 0 : -1;
}

/* What a value may carry in YAML besides itself; *anchor is the event's own, or NULL. */
static int check_properties(struct reader *reader, const yaml_event_t *event, const char **anchor)
{
    const yaml_char_t *tag;

    switch (event->type) {
    case YAML_SCALAR_EVENT:
        *anchor = (const char *)event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        *anchor = (const char *)event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    default:
        *anchor = (const char *)event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    }
    if (tag)
        return error_at_mark(
            reader, &event->start_mark, "tags (!name) have no meaning here; leave it out");
    return 0;
}

static struct yaml_node *read_node(struct reader *reader, const yaml_event_t *event, int depth)
{
    struct yaml_node *node;
    const char *anchor;
    enum yaml_kind kind;
    int result;

    if (event->type == YAML_ALIAS_EVENT)
        return resolve_alias(reader, event, depth);
    if (check_depth(
            reader, (int)event->start_mark.line + 1, (int)event->start_mark.column + 1, depth) < 0)
        return NULL;
    if (check_properties(reader, event, &anchor) < 0)
        return NULL;
    kind = event->type == YAML_SCALAR_EVENT           ? YAML_KIND_SCALAR
           : event->type == YAML_SEQUENCE_START_EVENT ? YAML_KIND_LIST
                                                      : YAML_KIND_MAPPING;
    node =
        node_new(reader, kind, (int)event->start_mark.line + 1, (int)event->start_mark.column + 1);
    if (!node)
        return NULL;
    if (kind == YAML_KIND_SCALAR)
        result = read_scalar(reader, node, event);
    else if (kind == YAML_KIND_LIST)
        result = read_items(reader, node, depth + 1);
    else
        result = read_members(reader, node, depth + 1);
    if (result < 0 || (anchor && remember_anchor(reader, anchor, node) < 0))
        return NULL;
    return node;
}

/* ---- the document ---- */

static int skip_event(struct reader *reader, yaml_event_type_t wanted, const char *otherwise)
{
    yaml_event_t event;
    int result = 0;

    if (next_event(reader, &event) < 0)
        return -1;
    if (event.type != wanted)
        result = error_at_mark(reader, &event.start_mark, otherwise);
    yaml_event_delete(&event);
    return result;
}

static struct yaml_node *read_document(struct reader *reader)
{
    yaml_event_t event;
    struct yaml_node *root;

    if (skip_event(reader, YAML_STREAM_START_EVENT, "this is not YAML") < 0 ||
        skip_event(reader, YAML_DOCUMENT_START_EVENT, "the file is empty") < 0 ||
        next_event(reader, &event) < 0)
        return NULL;
    root = read_node(reader, &event, 0);
    yaml_event_delete(&event);
    if (!root || skip_event(reader, YAML_DOCUMENT_END_EVENT, "the document should end here") < 0 ||
        skip_event(
            reader, YAML_STREAM_END_EVENT, "a second document begins here; a file holds one") < 0)
        return NULL;
    return root;
}

static struct yaml_node *parse(
    struct yaml_tree *tree, const char *name, const char *text, size_t length, struct err *err)
{
    yaml_parser_t parser;
    struct reader reader = {
        .tree = tree, .name = name, .parser = &parser, .others = tree->anchors, .err = err};
    struct yaml_node *root;

    if (length > YAML_MAX_BYTES) {
        err_set(err, ERR_INPUT, "%s has more than %zu bytes, the most that is read here", name,
            YAML_MAX_BYTES);
        return NULL;
    }
    if (!yaml_parser_initialize(&parser)) {
        no_memory(&reader);
        return NULL;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    root = read_document(&reader);
    yaml_parser_delete(&parser);
    return root;
}

int yaml_tree_parse(
    struct yaml_tree *tree, const char *name, const char *text, size_t length, struct err *err)
{
    *tree = (struct yaml_tree){.name = name};
    tree->root = parse(tree, name, text, length, err);
    return tree->root ? 0 : -1;
}

struct yaml_node *yaml_tree_add(
    struct yaml_tree *tree, const char *name, const char *text, size_t length, struct err *err)
{
    struct yaml_file *file = malloc(sizeof(*file) + strlen(name) + 1);

    if (!file) {
        err_set(err, ERR_MEMORY, "%s: no memory to read it", name);
        return NULL;
    }
    memcpy(file->name, name, strlen(name) + 1);
    file->older = tree->files;
    tree->files = file;
    tree->n_files++;
    return parse(tree, file->name, text, length, err);
}

void yaml_tree_release(struct yaml_tree *tree)
{
    while (tree->newest) {
        struct yaml_node *older = tree->newest->older;

        free(tree->newest->text);
        free(tree->newest->key);
        free(tree->newest);
        tree->newest = older;
    }
    while (tree->anchors) {
        struct yaml_anchor *older = tree->anchors->older;

        free(tree->anchors->name);
        free(tree->anchors);
        tree->anchors = older;
    }
    while (tree->files) {
        struct yaml_file *older = tree->files->older;

        free(tree->files);
        tree->files = older;
    }
    *tree = (struct yaml_tree){0};
}

/* ---- changing a tree ---- */

struct yaml_node *yaml_member(const struct yaml_node *mapping, const char *key)
{
    if (mapping->kind != YAML_KIND_MAPPING)
        return NULL;
    for (struct yaml_node *member = mapping->first; member; member = member->next)
        if (strcmp(member->key, key) == 0)
            return member;
    return NULL;
}

void yaml_remove(struct yaml_node *mapping, struct yaml_node *member)
{
    struct yaml_node *before = NULL;

    if (mapping->first == member)
        mapping->first = member->next;
    else
        for (before = mapping->first; before->next != member; before = before->next)
            ;
    if (before)
        before->next = member->next;
    if (mapping->last == member)
        mapping->last = before;
    member->next = NULL;
    mapping->count--;
}

struct yaml_node *yaml_copy(struct yaml_tree *tree, const struct yaml_node *node, struct err *err)
{
    struct reader reader = {.tree = tree, .name = node->file, .err = err};

    return node_copy(&reader, node, 0);
}

static bool has_other_name(const struct yaml_node *a, const struct yaml_node *b)
{
    const struct yaml_node *x = yaml_member(a, "name"), *y = yaml_member(b, "name");

    return x && y && x->text && y->text && strcmp(x->text, y->text) != 0;
}

static int complete(struct reader *reader, struct yaml_node *into, struct yaml_node *from)
{
    for (struct yaml_node *member = from->first; member; member = member->next) {
        struct yaml_node *own = yaml_member(into, member->key);

        if (own && own->kind == YAML_KIND_MAPPING && member->kind == YAML_KIND_MAPPING &&
            !has_other_name(own, member) && complete(reader, own, member) < 0)
            return -1;
    }
    return take_members(reader, into, from);
}

int yaml_complete(
    struct yaml_tree *tree, struct yaml_node *into, struct yaml_node *from, struct err *err)
{
    struct reader reader = {.tree = tree, .name = from->file, .err = err};

    return complete(&reader, into, from);
}
