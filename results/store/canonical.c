/* A reader of canonical texts, and the hashes that tell what belongs together. */
#include "canonical.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"

#define MOST_DEPTH 16

static const struct canonical_hash empty_hash = {{0x243f6a8885a308d3u, 0x13198a2e03707344u}};

/* ---- hashes ---- */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

/* Two chains, each over every other word, which a processor computes at once. */
static void hash_add(struct canonical_hash *hash, const char *bytes, size_t count)
{
    uint64_t a = hash->half[0], b = hash->half[1], words[2];
    size_t i = 0;

    for (; i + sizeof(words) <= count; i += sizeof(words)) {
        memcpy(words, bytes + i, sizeof(words));
        a = mix(a, words[0]);
        b = mix(b, words[1]);
    }
    words[0] = words[1] = 0;
    if (i < count)
        memcpy(words, bytes + i, count - i);
    a = mix(a, words[0] ^ count);
    hash->half[1] = mix(b ^ a, words[1]);
    hash->half[0] = mix(a, hash->half[1]);
}

bool canonical_same(const struct canonical_hash *a, const struct canonical_hash *b)
{
    return a->half[0] == b->half[0] && a->half[1] == b->half[1];
}

int canonical_compare(const struct canonical_hash *a, const struct canonical_hash *b)
{
    int half = a->half[0] == b->half[0];

    return (a->half[half] > b->half[half]) - (a->half[half] < b->half[half]);
}

/* Behind the key, and the colon; NULL: there is none. */
static const char *behind_key(const char *text, size_t length, const char *key, size_t key_length)
{
    const char *at = memmem(text, length, key, key_length);

    return at ? at + key_length : NULL;
}
#define BEHIND_KEY(text, length, key) behind_key(text, length, key, sizeof(key) - 1)

/* Keys are sorted: the seed stands before the spec, and behind what has no key of that name. */
struct canonical_hash canonical_network(const char *text, size_t length)
{
    struct canonical_hash hash = empty_hash;
    const char *end = text + length, *seed = BEHIND_KEY(text, length, "\"seed\":");

    if (!seed) {
        hash_add(&hash, text, length);
        return hash;
    }
    hash_add(&hash, text, (size_t)(seed - text));
    while (seed < end && ((*seed >= '0' && *seed <= '9') || *seed == '-'))
        seed++;
    hash_add(&hash, seed, (size_t)(end - seed));
    return hash;
}

/* ---- the text ---- */

struct reader {
    const char *at, *end;
    char path[CANONICAL_PATH_BYTES];
    canonical_leaf *each;
    void *context;
};

static bool take(struct reader *reader, char wanted)
{
    if (reader->at == reader->end || *reader->at != wanted)
        return false;
    reader->at++;
    return true;
}

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at)
        reader->at++;
}

/* Over a string, with its quotes. */
static bool skip_string(struct reader *reader)
{
    if (!take(reader, '"'))
        return false;
    for (; reader->at < reader->end && *reader->at != '"'; reader->at++)
        if (*reader->at == '\\' && reader->at + 1 < reader->end)
            reader->at++;
    return take(reader, '"');
}

static bool read_value(struct reader *reader, size_t length, int depth);

/* A leaf: a string, a number, a word, or what is empty. */
static bool read_leaf(struct reader *reader)
{
    const char *from = reader->at;

    if (*from == '"') {
        if (!skip_string(reader))
            return false;
    } else {
        while (reader->at < reader->end && !strchr(",]} \t\r\n", *reader->at))
            reader->at++;
    }
    if (reader->at == from)
        return false;
    reader->each(reader->context, reader->path, from, (size_t)(reader->at - from));
    return true;
}

/* The path with one step more; false where it does not fit. */
static bool step(struct reader *reader, size_t length, const char *name, size_t n, size_t *grown)
{
    *grown = length + (length > 0) + n;
    if (*grown >= CANONICAL_PATH_BYTES)
        return false;
    if (length > 0)
        reader->path[length] = '.';
    memcpy(reader->path + length + (length > 0), name, n);
    reader->path[*grown] = '\0';
    return true;
}

/* The name of the next member: its key, or its place in a list. */
static bool read_name(struct reader *reader, bool is_list, int place, size_t length, size_t *grown)
{
    const char *from = reader->at;
    char digits[16];

    if (is_list) {
        snprintf(digits, sizeof(digits), "%d", place);
        return step(reader, length, digits, strlen(digits), grown);
    }
    if (!skip_string(reader) ||
        !step(reader, length, from + 1, (size_t)(reader->at - from) - 2, grown))
        return false;
    skip_blanks(reader);
    return take(reader, ':');
}

static bool read_members(struct reader *reader, bool is_list, size_t length, int depth)
{
    const char *from = reader->at++;
    char end = is_list ? ']' : '}';

    skip_blanks(reader);
    if (take(reader, end)) {
        reader->each(reader->context, reader->path, from, (size_t)(reader->at - from));
        return true;
    }
    for (int place = 0;; place++) {
        size_t grown;

        skip_blanks(reader);
        if (!read_name(reader, is_list, place, length, &grown) ||
            !read_value(reader, grown, depth + 1))
            return false;
        reader->path[length] = '\0';
        skip_blanks(reader);
        if (take(reader, end))
            return true;
        if (!take(reader, ','))
            return false;
    }
}

static bool read_value(struct reader *reader, size_t length, int depth)
{
    skip_blanks(reader);
    if (reader->at == reader->end || depth > MOST_DEPTH)
        return false;
    if (*reader->at == '{' || *reader->at == '[')
        return read_members(reader, *reader->at == '[', length, depth);
    return read_leaf(reader);
}

void canonical_walk(const char *text, size_t length, canonical_leaf *each, void *context)
{
    struct reader reader = {.at = text, .end = text + length, .each = each, .context = context};

    (void)!read_value(&reader, 0, 0);
}

/* ---- keys ---- */

/* Paths and fingerprints of images. */
static bool is_place(const char *path)
{
    static const char *const places[] = {
        "data.class_map", "data.images", "data.manifest", "data.packed", "data.root"};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (strcmp(path, places[i]) == 0)
            return true;
    return false;
}

static void add_pair(struct canonical_hash *hash, const char *path, const char *value, size_t n)
{
    hash_add(hash, path, strlen(path));
    hash_add(hash, value, n);
}

static void add_if_asked(void *context, const char *path, const char *value, size_t length)
{
    if (!is_place(path) && strcmp(path, "seed") != 0 && strcmp(path, "numerics") != 0)
        add_pair(context, path, value, length);
}

struct canonical_hash canonical_asked(const char *text, size_t length)
{
    struct canonical_hash hash = empty_hash;

    canonical_walk(text, length, add_if_asked, &hash);
    return hash;
}

/* A size that a scaling changes, from spec.input or spec.stages; false: it is no such path. */
static bool take_size(struct canonical_shape *shape, const char *path, const char *value)
{
    static const char stages[] = "spec.stages.";
    char *key;
    long stage;

    if (!str_starts_with(path, stages)) {
        if (strcmp(path, "spec.input") != 0)
            return false;
        shape->input = (int)strtol(value, NULL, 10);
        return true;
    }
    stage = strtol(path + sizeof(stages) - 1, &key, 10);
    if (stage < 0 || stage >= CANONICAL_MAX_STAGES)
        return false;
    if (stage >= shape->n_stages)
        shape->n_stages = (int)stage + 1;
    if (stage == 0 && strcmp(key, ".stride") == 0)
        shape->stem_stride = (int)strtol(value, NULL, 10); /* no scaling changes it */
    if (strcmp(key, ".channels") == 0)
        shape->channels[stage] = (int)strtol(value, NULL, 10);
    else if (strcmp(key, ".repeats") == 0)
        shape->repeats[stage] = (int)strtol(value, NULL, 10);
    else
        return false;
    return true;
}

static bool is_tuning(const char *path)
{
    static const char *const tunings[] = {
        "spec.bn_eps", "spec.bn_momentum", "spec.drop_path", "spec.dropout"};

    for (size_t i = 0; i < sizeof(tunings) / sizeof(tunings[0]); i++)
        if (strcmp(path, tunings[i]) == 0)
            return true;
    return false;
}

/* A value of the spec. */
static void add_leaf(void *context, const char *path, const char *value, size_t length)
{
    struct canonical_keys *keys = context;
    char number[24];

    str_copy(number, length < sizeof(number) ? length + 1 : sizeof(number), value);
    if (take_size(&keys->shape, path, number))
        return;
    add_pair(&keys->family, path, value, length);
    if (is_tuning(path))
        add_pair(&keys->tuning, path, value, length);
}

/* Only the spec is read value by value: there may be a hundred thousand texts. */
void canonical_keys(const char *text, size_t length, struct canonical_keys *keys)
{
    const char *end = text + length, *spec = BEHIND_KEY(text, length, "\"spec\":");
    struct reader reader = {.at = spec, .end = end, .each = add_leaf, .context = keys};

    *keys = (struct canonical_keys){.network = canonical_network(text, length),
        .training = canonical_network(text, spec ? (size_t)(spec - text) : length),
        .tuning = empty_hash};
    keys->family = keys->training;
    if (!spec || !step(&reader, 0, "spec", 4, &length))
        return;
    (void)!read_value(&reader, length, 0);
    hash_add(&keys->training, reader.at, (size_t)(end - reader.at));
    hash_add(&keys->family, reader.at, (size_t)(end - reader.at));
}
