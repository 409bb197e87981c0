/*
 * Texts and JSON damaged where they mean something: keys dropped, doubled and renamed, values of other types and at
 * bounds, deep nesting, long strings, characters that steer terminals or end lines.
 *
 *     damage_add_text(&to, &rng);        a text that nobody expects
 *     damage_json(&text, &rng);
 *     damage_lines(&text, &rng);         of a file of lines and words
 */
#ifndef SCALESTUDY_TESTS_LIB_DAMAGE_TEXT_H
#define SCALESTUDY_TESTS_LIB_DAMAGE_TEXT_H

#include "damage.h"

#include <jansson.h>

#define DAMAGE_MOST_CONTAINERS 512
#define DAMAGE_COUNT(array)    (sizeof(array) / sizeof((array)[0]))

/* ---- texts ---- */

static const char *const damage_texts[] = {"", " ", "x", "../../../canary/precious", "/etc/passwd",
    "canary/precious", ".", "..", "a\nb", "a\r\n#SBATCH --wrap=x", "\x1b]0;title\x07", "\x1b[2J",
    "\xff\xfe", "\xc3\x28", "\xe2\x80\xaexyz", "=1+1", "@x", "-x", "--help", "'; x; '", "$(x)",
    "`x`", "%s%n%p", "\"", "'", "\\", "a\tb", "0", "-1", "1e999", "nan", "inf",
    "9223372036854775807", "-9223372036854775808", "18446744073709551616", "2147483648", "null",
    "true", "{}", "[]", "0000000000000000000000000000000000000000000000000000000000000000",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    "000000000000000000000000000000000000000000000000000000000000000/", "done", "failed", "running",
    "waiting", "stopped", "baseline", "mobilenet_v2", "resnet50"};

static inline void damage_add_repeated(struct str *to, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        str_add(to, text);
}

static inline void damage_add_text(struct str *to, struct rng *rng)
{
    static const size_t lengths[] = {
        15, 16, 31, 32, 63, 64, 65, 127, 128, 255, 256, 1023, 1024, 4095, 4096, 4097, 70000};
    static const char *const letters[] = {
        "x", "\xc3\xa9", "\x01", "\n", "/", "../", "[", "{\"a\":"};

    if (rng_below(rng, 4))
        str_add(to, damage_texts[rng_below(rng, DAMAGE_COUNT(damage_texts))]);
    else
        damage_add_repeated(to, letters[rng_below(rng, DAMAGE_COUNT(letters))],
            lengths[rng_below(rng, DAMAGE_COUNT(lengths))]);
}

/* ---- JSON ---- */

static inline json_t *damage_odd_json(struct rng *rng)
{
    static const json_int_t integers[] = {0, 1, -1, 2, 31, 255, 65536, 2147483647, 2147483648,
        -2147483648, 4294967296, 1000000000000, INT64_MAX, INT64_MIN};
    static const double reals[] = {0.0, -0.0, 0.5, -1e-300, 1e-308, 1e308, -1e308, 1e15, 3.7};
    struct str text = STR_INIT;
    json_t *value;

    switch (rng_below(rng, 8)) {
    case 0:
        return json_null();
    case 1:
        return json_boolean(rng_below(rng, 2));
    case 2:
        return json_integer(integers[rng_below(rng, DAMAGE_COUNT(integers))]);
    case 3:
        return json_real(reals[rng_below(rng, DAMAGE_COUNT(reals))]);
    case 4:
        return rng_below(rng, 2) ? json_array() : json_object();
    case 5: /* nested, to where the reader gives up */
        value = json_array();
        for (int depth = (int)rng_below(rng, 2100); depth > 0; depth--)
            value = json_pack("[o]", value);
        return value;
    default:
        damage_add_text(&text, rng);
        value = json_stringn_nocheck(text.text, text.length);
        str_release(&text);
        return value;
    }
}

static inline void damage_list_json(json_t *json, json_t *found[DAMAGE_MOST_CONTAINERS], int *n)
{
    const char *key;
    json_t *value;
    size_t i;

    if ((!json_is_object(json) && !json_is_array(json)) || *n == DAMAGE_MOST_CONTAINERS)
        return;
    found[(*n)++] = json;
    json_object_foreach(json, key, value) damage_list_json(value, found, n);
    json_array_foreach(json, i, value) damage_list_json(value, found, n);
}

static inline void damage_array(json_t *array, struct rng *rng)
{
    size_t n = json_array_size(array), i = n ? rng_below(rng, n) : 0;

    switch (n == 0 ? 2 : rng_below(rng, 4)) {
    case 0:
        json_array_remove(array, i);
        break;
    case 1:
        json_array_append(array, json_array_get(array, i));
        break;
    case 2:
        json_array_insert_new(array, i, damage_odd_json(rng));
        break;
    default:
        json_array_set_new(array, i, damage_odd_json(rng));
        break;
    }
}

/* *doubled: a key that is to stand there twice; the caller's to free. */
static inline void damage_object(json_t *object, char **doubled, struct rng *rng)
{
    size_t n = json_object_size(object), i = n ? rng_below(rng, n) : 0;
    void *at = json_object_iter(object);
    struct str key = STR_INIT;

    for (; at && i > 0; i--)
        at = json_object_iter_next(object, at);
    if (at)
        str_add(&key, json_object_iter_key(at));
    switch (at ? rng_below(rng, 6) : 4) {
    case 0:
        json_object_del(object, key.text);
        break;
    case 1:
    case 2:
        json_object_set_new(object, key.text, damage_odd_json(rng));
        break;
    case 3:
        free(*doubled);
        *doubled = strdup(key.text);
        break;
    case 4:
        str_clear(&key);
        damage_add_text(&key, rng);
        json_object_set_new_nocheck(object, key.text, damage_odd_json(rng));
        break;
    default: /* two exchange their values */
        json_object_set(object, key.text, json_object_iter_value(json_object_iter(object)));
        break;
    }
    str_release(&key);
}

static inline void damage_double_key(struct str *text, const char *key, struct rng *rng)
{
    json_t *value = damage_odd_json(rng);
    char *odd = json_dumps(value, JSON_ENCODE_ANY);
    struct str name = STR_INIT, doubled = STR_INIT;
    const char *at;

    str_addf(&name, "\"%s\":", key);
    at = strstr(text->text, name.text);
    if (at && odd) {
        str_add_bytes(&doubled, text->text, (size_t)(at - text->text));
        str_addf(&doubled, "%s%s,%s", name.text, odd, at);
        damage_copy(text, &doubled);
    }
    str_release(&name);
    str_release(&doubled);
    free(odd);
    json_decref(value);
}

static inline void damage_json(struct str *text, struct rng *rng)
{
    int times = 1 + (int)rng_below(rng, 3);
    json_t *json = json_loadb(text->text, text->length, 0, NULL);
    char *doubled = NULL, *dumped;

    if (!json || rng_below(rng, 8) == 0) {
        json_decref(json);
        damage(text, rng);
        return;
    }
    for (int i = 0; i < times; i++) {
        json_t *found[DAMAGE_MOST_CONTAINERS], *one;
        int n = 0;

        damage_list_json(json, found, &n);
        one = found[rng_below(rng, (uint64_t)n)];
        if (json_is_array(one))
            damage_array(one, rng);
        else
            damage_object(one, &doubled, rng);
    }
    dumped = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (dumped) { /* it gives up on what is nested deeper than it reads */
        str_clear(text);
        str_add(text, dumped);
    }
    if (doubled)
        damage_double_key(text, doubled, rng);
    free(doubled);
    free(dumped);
}

/* ---- lines ---- */

/* One word between blanks, tabs, line ends or `also` becomes another; lines are doubled and dropped. */
static inline void damage_lines(struct str *text, const char *also, struct rng *rng)
{
    int times = 1 + (int)rng_below(rng, 3);
    struct str changed = STR_INIT;
    char ends[32];

    snprintf(ends, sizeof(ends), " \t\n%s", also);
    for (int i = 0; i < times; i++) {
        size_t from = text->length ? rng_below(rng, text->length) : 0, to = from;
        const char *set = rng_below(rng, 4) ? ends : "\n";

        while (from > 0 && !strchr(set, text->text[from - 1]))
            from--;
        while (to < text->length && !strchr(set, text->text[to]))
            to++;
        str_clear(&changed);
        str_add_bytes(&changed, text->text, from);
        switch (rng_below(rng, 5)) {
        case 0: /* dropped, with what ends it */
            to += to < text->length;
            break;
        case 1: /* doubled */
            str_add_bytes(&changed, text->text + from, to + (to < text->length) - from);
            str_add_bytes(&changed, text->text + from, to - from);
            break;
        default:
            damage_add_text(&changed, rng);
            break;
        }
        str_add_bytes(&changed, text->text + to, text->length - to);
        damage_copy(text, &changed);
    }
    if (rng_below(rng, 8) == 0)
        damage(text, rng);
    str_release(&changed);
}

#endif
