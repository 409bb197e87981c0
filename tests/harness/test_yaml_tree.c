#include "tests/lib/test.h"

#include <string.h>

#include "harness/base/str.h"
#include "harness/study/yaml_tree.h"

/* The message of parsing `text`, or "" if it is fine. */
static const char *refusal(const char *text)
{
    static struct err err;
    struct yaml_tree tree = YAML_TREE_INIT;

    err_clear(&err);
    if (yaml_tree_parse(&tree, "f.yaml", text, strlen(text), &err) < 0)
        assert_int_equal(err.code, ERR_INPUT);
    yaml_tree_release(&tree);
    return err.message;
}

#define assert_refused(text, begin, words)                                                         \
    do {                                                                                           \
        const char *said = refusal(text);                                                          \
        if (!str_starts_with(said, begin) || !strstr(said, words))                                 \
            fail_msg("said \"%s\", not \"%s ... %s\"", said, begin, words);                        \
    } while (0)

static void test_yaml_tree__knows_line_and_column_of_keys_and_values(void **state)
{
    const char *text = "a: 1\nb:\n  - x\n  - {c: [2, 3]}\n";
    struct yaml_tree tree = YAML_TREE_INIT;
    struct err err = {0};
    const struct yaml_node *b, *c;

    (void)state;
    assert_int_equal(yaml_tree_parse(&tree, "f.yaml", text, strlen(text), &err), 0);
    b = tree.root->last;
    assert_string_equal(b->key, "b");
    assert_int_equal(b->key_line, 2);
    assert_int_equal(b->key_column, 1);
    assert_int_equal(b->count, 2);
    c = b->last->first;
    assert_string_equal(c->key, "c");
    assert_int_equal(c->key_line, 4);
    assert_int_equal(c->key_column, 6);
    assert_string_equal(c->last->text, "3");
    assert_int_equal(c->last->line, 4);
    assert_int_equal(c->last->column, 13);
    yaml_tree_release(&tree);
}

static void test_yaml_tree__tells_quoted_texts_from_plain_ones(void **state)
{
    const char *text = "[1, '1', \"1\"]";
    struct yaml_tree tree = YAML_TREE_INIT;
    struct err err = {0};

    (void)state;
    assert_int_equal(yaml_tree_parse(&tree, "f.yaml", text, strlen(text), &err), 0);
    assert_true(tree.root->first->plain);
    assert_false(tree.root->first->next->plain);
    assert_false(tree.root->last->plain);
    yaml_tree_release(&tree);
}

static void test_yaml_tree__resolves_aliases(void **state)
{
    const char *text = "a: &x {k: 1}\nb: *x\n";
    struct yaml_tree tree = YAML_TREE_INIT;
    struct err err = {0};

    (void)state;
    assert_int_equal(yaml_tree_parse(&tree, "f.yaml", text, strlen(text), &err), 0);
    assert_string_equal(tree.root->last->key, "b");
    assert_string_equal(tree.root->last->first->key, "k");
    assert_string_equal(tree.root->last->first->text, "1");
    yaml_tree_release(&tree);
}

static void test_yaml_tree__refuses_what_is_not_one_plain_document(void **state)
{
    (void)state;
    assert_refused("", "f.yaml:1:1: ", "empty");
    assert_refused("# only a comment\n", "f.yaml:2:1: ", "empty");
    assert_refused("a: 1\nb: [1\nc: 2\n", "f.yaml:3:2: ", "not YAML");
    assert_refused("a: 1\n  b: 2\n", "f.yaml:2:4: ", "not YAML");
    assert_refused("a: 1\n---\nb: 2\n", "f.yaml:2:1: ", "second document");
    assert_refused("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: ", "twice, first at line 1");
    assert_refused("? [1, 2]\n: 3\n", "f.yaml:1:3: ", "a key must be a name");
    assert_refused("a: !!int 3\n", "f.yaml:1:4: ", "tags");
    assert_refused("a: *nobody\n", "f.yaml:1:4: ", "no anchor &nobody");
    assert_refused("a: &a [*a]\n", "f.yaml:1:8: ", "no anchor &a");
    assert_refused("a: \"x\\0y\"\n", "f.yaml:1:4: ", "NUL");
    assert_refused("a: \xff\xfe\n", "f.yaml: byte 3", "UTF-8");
}

static void test_yaml_tree__refuses_deep_nesting(void **state)
{
    char text[2001];

    (void)state;
    memset(text, '[', 1000);
    memset(text + 1000, ']', 1000);
    text[2000] = '\0';
    assert_refused(text, "f.yaml:1:17: ", "deeper than 16");
}

/* "Billion laughs": nine lists of nine aliases each of the list before. */
static void test_yaml_tree__refuses_aliases_that_grow_without_bound(void **state)
{
    struct str text = STR_INIT;

    (void)state;
    str_add(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
        str_addf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            str_addf(&text, "%s*a%d", j ? ", " : "", i - 1);
        str_add(&text, "]\n");
    }
    assert_refused(text.text, "f.yaml:1:", "more than 200000 values");
    str_release(&text);
}

static void test_yaml_tree__refuses_too_many_keys_and_anchors(void **state)
{
    struct str text = STR_INIT;

    (void)state;
    for (int i = 0; i < 257; i++)
        str_addf(&text, "k%d: 1\n", i);
    assert_refused(text.text, "f.yaml:257:1: ", "more than 256 keys");
    str_clear(&text);
    for (int i = 0; i < 1001; i++)
        str_addf(&text, "- &a%d x\n", i);
    assert_refused(text.text, "f.yaml:1001:3: ", "more than 1000 anchors");
    str_release(&text);
}

static void test_yaml_tree__refuses_a_file_of_more_than_a_megabyte(void **state)
{
    struct str text = STR_INIT;

    (void)state;
    str_add(&text, "a: '");
    while (text.length <= YAML_MAX_BYTES)
        str_add(&text, "0123456789012345678901234567890123456789");
    str_add(&text, "'\n");
    assert_refused(text.text, "f.yaml has more than 1048576 bytes", "");
    str_release(&text);
}

static void test_yaml_tree__messages_hold_no_control_characters(void **state)
{
    struct err err = {0};

    (void)state;
    yaml_error_at("f.yaml", 1, 2, &err, "there is no '%s'", "\033[31mred\n");
    assert_string_equal(err.message, "f.yaml:1:2: there is no '?[31mred?'");
}
