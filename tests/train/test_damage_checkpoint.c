/*
 * Checkpoints that are damaged at random: headers, sizes, names, shapes and places, mostly with a checksum that fits, so
 * that all that reads them is reached. A training goes on from each to sound numbers, or refuses it by a sentence. Rounds
 * are few here; `make fuzz FUZZ_SECONDS=600` goes on for so long.
 */
#include "tests/lib/damage_text.h"

#include <math.h>
#include <unistd.h>

#include "harness/system/file.h"
#include "workloads/given_weights.h"
#include "workloads/nn/io/safetensors_private.h"
#include "workloads/trained_on.h"
#include "workloads/workload.h"

#define ROUNDS       150
#define MAX_BYTES    (64 << 20)
#define LENGTH_BYTES 8 /* of the header, before it */
#define CHECKSUM     "optimizer.checksum"
#define STOP_AT      4 /* of 6 steps, in two epochs */

static char folder[64], checkpoint[96];
static struct workload job;
static struct str whole = STR_INIT;

/* ---- a job that was interrupted ---- */

static bool stops(void *context)
{
    int *left = context;

    return --*left == 0;
}

static bool is_share(double value)
{
    return isnan(value) || (value >= 0 && value <= 100);
}

/* What reaches the database. */
static int see_sound(void *context, const struct epoch_record *record, struct err *err)
{
    (void)context;
    (void)err;
    assert_true(record->loss >= 0 && is_share(record->top1) && is_share(record->top5));
    assert_true(isfinite(record->seconds) && record->seconds >= 0);
    return 0;
}

/* left: steps and evaluations until it is interrupted; below 0: it is not. */
static int train(int left, struct workload_result *result, struct err *err)
{
    const struct workload_events events = {
        .context = &left, .should_stop = stops, .epoch = see_sound};

    return workload_train(&job, &events, result, err);
}

static int group_setup(void **state)
{
    struct workload_result result;
    struct err err = {0};

    (void)state;
    snprintf(folder, sizeof(folder), "%s/scalestudy-test-XXXXXX",
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(folder));
    snprintf(checkpoint, sizeof(checkpoint), "%s/job.ckpt", folder);
    job = (struct workload){.seed = 7, .threads = 1, .checkpoint = checkpoint};
    recipe_init(&job.recipe);
    job.recipe.epochs = 2;
    job.recipe.batch = 12;
    job.recipe.ema_decay = 0.9;
    assert_int_equal(spec_find("resnet18", &job.spec, &err), 0);
    for (int s = 0; s < job.spec.n_stages; s++) {
        job.spec.stages[s].channels = 8;
        job.spec.stages[s].repeats = 1;
    }
    job.spec.input = 16;
    job.spec.classes = 0;
    data_config_init(&job.data);
    str_copy(job.data.name, sizeof(job.data.name), "shapes");
    job.data.train_images = 40;
    job.data.test_images = 20;
    assert_int_equal(workload_data_defaults(&job.data, &err), 0);
    assert_int_equal(train(STOP_AT, &result, &err), -1);
    if (err.code != ERR_INTERRUPTED)
        fail_msg("%s", err.message);
    err_clear(&err);
    assert_int_equal(file_read(checkpoint, MAX_BYTES, &whole, &err), 0);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    unlink(checkpoint);
    str_release(&whole);
    return rmdir(folder);
}

/* ---- damage ---- */

/* Some tensor of the header. */
static json_t *choose_tensor(json_t *header, struct rng *rng, const char **name)
{
    uint64_t at = rng_below(rng, json_object_size(header));
    const char *key;
    json_t *value;

    json_object_foreach(header, key, value) if (at-- == 0)
    {
        *name = key;
        return value;
    }
    return NULL;
}

static void damage_shape(json_t *tensor, struct rng *rng)
{
    static const json_int_t sizes[] = {
        0, 1, 2, -1, 8, 4294967296, INT64_C(1) << 31, INT64_C(1) << 62, INT64_MAX};
    json_t *shape = json_object_get(tensor, "shape");
    size_t n = json_array_size(shape);
    json_int_t first;

    switch (n == 0 ? 2 : rng_below(rng, 4)) {
    case 0: /* the same elements, otherwise arranged */
        first = json_integer_value(json_array_get(shape, 0));
        json_array_remove(shape, 0);
        json_array_append_new(shape, json_integer(first));
        break;
    case 1:
        json_array_set_new(
            shape, rng_below(rng, n), json_integer(sizes[rng_below(rng, DAMAGE_COUNT(sizes))]));
        break;
    case 2:
        json_array_append_new(shape, json_integer(sizes[rng_below(rng, DAMAGE_COUNT(sizes))]));
        break;
    default: /* a product that overflows to what it was */
        json_array_append_new(shape, json_integer(INT64_C(1) << 32));
        json_array_append_new(shape, json_integer(INT64_C(1) << 32));
        break;
    }
}

static void damage_offsets(json_t *tensor, json_t *other, struct rng *rng)
{
    json_t *offsets = json_object_get(tensor, "data_offsets"), *taken;
    size_t at = rng_below(rng, 2);
    json_int_t was = json_integer_value(json_array_get(offsets, at));
    const json_int_t numbers[] = {was + 1, was - 1, was + 4, -was, 0, INT64_MAX, INT64_MIN};

    if (rng_below(rng, 2)) {
        taken = json_copy(json_object_get(other, "data_offsets"));
        json_object_set(other, "data_offsets", offsets);
        json_object_set_new(tensor, "data_offsets", taken);
    } else {
        json_array_set_new(
            offsets, at, json_integer(numbers[rng_below(rng, DAMAGE_COUNT(numbers))]));
    }
}

/* Numbers stand there as texts. */
static void damage_place_of(json_t *metadata, struct rng *rng)
{
    static const char *const numbers[] = {"0", "1", "2", "3", "6", "12", "-1", "2147483647",
        "2147483648", "9223372036854775807", "9223372036854775808", "1e308", "-1e308", "nan", "inf",
        "-inf", "1e-320", "", " 1", "0x10", "1.5"};
    const char *key = NULL;

    if (choose_tensor(metadata, rng, &key) && strcmp(key, "scalestudy.job") != 0)
        json_object_set_new(
            metadata, key, json_string(numbers[rng_below(rng, DAMAGE_COUNT(numbers))]));
}

static void damage_tensor(json_t *header, struct rng *rng)
{
    static const char *const types[] = {"F64", "F16", "BF16", "I64", "I32", "U8", "BOOL", "F8", ""};
    const char *name = NULL, *other_name;
    json_t *tensor = choose_tensor(header, rng, &name),
           *other = choose_tensor(header, rng, &other_name);
    struct str renamed = STR_INIT;

    if (!json_is_object(tensor) || strcmp(name, SAFETENSORS_METADATA) == 0)
        return;
    switch (rng_below(rng, 5)) {
    case 0:
        damage_shape(tensor, rng);
        break;
    case 1:
        damage_offsets(tensor, other, rng);
        break;
    case 2:
        json_object_set_new(
            tensor, "dtype", json_string(types[rng_below(rng, DAMAGE_COUNT(types))]));
        break;
    case 3: /* two exchange what they are */
        other = json_deep_copy(other);
        json_object_set(header, other_name, tensor);
        json_object_set_new(header, name, other);
        break;
    default:
        str_addf(&renamed, "%s%s", rng_below(rng, 2) ? "optimizer." : "module.", name);
        json_object_set(header, renamed.text, tensor);
        json_object_del(header, name);
        break;
    }
    str_release(&renamed);
}

/* The header damaged as what it is. */
static void damage_header(struct str *text, struct rng *rng)
{
    json_t *header = json_loadb(text->text, text->length, 0, NULL);
    char *dumped;

    assert_non_null(header);
    for (int i = 1 + (int)rng_below(rng, 3); i > 0; i--)
        if (rng_below(rng, 2))
            damage_place_of(json_object_get(header, SAFETENSORS_METADATA), rng);
        else
            damage_tensor(header, rng);
    dumped = json_dumps(header, JSON_COMPACT);
    assert_non_null(dumped);
    str_clear(text);
    str_add(text, dumped);
    free(dumped);
    json_decref(header);
}

/* The checksum becomes that of the file as it is now, if there is one still. */
static void mend_sum(struct str *file, const struct str *header)
{
    json_t *json = json_loadb(header->text, header->length, 0, NULL);
    json_t *offsets = json_object_get(json_object_get(json, CHECKSUM), "data_offsets");
    json_int_t begin = json_integer_value(json_array_get(offsets, 0));
    size_t start = LENGTH_BYTES + header->length;
    uint64_t sum;

    if (json_is_array(offsets) && begin >= 0 && file->length >= start + 8 &&
        (uint64_t)begin <= file->length - start - 8) {
        sum = safetensors_sum(
            SAFETENSORS_SUM_START, file->text + LENGTH_BYTES, header->length + (size_t)begin);
        memcpy(file->text + start + begin, &sum, sizeof(sum));
    }
    json_decref(json);
}

static void damage_data(struct str *file, size_t start, struct rng *rng)
{
    static const uint32_t floats[] = {
        0x7fc00000, 0x7f800000, 0xff800000, 0x7f7fffff, 1, 0x80000000};

    for (int i = 1 + (int)rng_below(rng, 3); i > 0; i--) {
        size_t at = start + 4 * rng_below(rng, (file->length - start) / 4);

        memcpy(file->text + at, &floats[rng_below(rng, DAMAGE_COUNT(floats))], 4);
    }
}

/* The checkpoint with another header. */
static void put_header(struct str *to, struct str *header)
{
    uint64_t length;

    memcpy(&length, whole.text, sizeof(length));
    while (header->length % 8)
        str_add(header, " ");
    str_clear(to);
    str_add_bytes(to, (const char *)&(uint64_t){header->length}, LENGTH_BYTES);
    str_add_bytes(to, header->text, header->length);
    str_add_bytes(
        to, whole.text + LENGTH_BYTES + length, whole.length - LENGTH_BYTES - (size_t)length);
}

static void damage_checkpoint(struct str *to, struct rng *rng)
{
    struct str header = STR_INIT;
    uint64_t length, kind = rng_below(rng, 8);

    memcpy(&length, whole.text, sizeof(length));
    str_add_bytes(&header, whole.text + LENGTH_BYTES, length);
    if (kind < 5)
        damage_header(&header, rng);
    else if (kind == 5)
        damage_json(&header, rng);
    put_header(to, &header);
    if (kind == 6)
        damage_data(to, LENGTH_BYTES + header.length, rng);
    if (kind == 7)
        damage(to, rng);
    else if (rng_below(rng, 16) == 0)
        str_add_bytes(to, header.text, 1 + rng_below(rng, 8)); /* longer than it says */
    if (rng_below(rng, 8) && to->length > LENGTH_BYTES + header.length)
        mend_sum(to, &header);
    str_release(&header);
}

/* ---- use ---- */

/* As weights of a network: what else it is, is passed over. */
static void use_as_weights(void)
{
    struct trained_on *trained = NULL;
    struct err err = {0}, why = {0};
    int classes = 0;

    if (given_weights_classes(&job.spec, checkpoint, &classes, &err) < 0)
        assert_true(damage_is_told(&err));
    if (trained_on_read(&trained, checkpoint, &why) < 0)
        assert_true(damage_is_told(&why));
    trained_on_free(trained);
}

static bool use(void)
{
    struct workload_result result;
    struct err err = {0};
    bool taken;

    use_as_weights();
    taken = train(-1, &result, &err) == 0;
    if (!taken && !damage_is_told(&err))
        fail_msg("no sentence: %d %s", err.code, err.message);
    if (taken) {
        assert_true(result.loss >= 0 && is_share(result.top1) && is_share(result.top5));
        assert_true(isfinite(result.train_seconds) && result.train_seconds >= 0);
        assert_false(result.images_per_second < 0);
    }
    return taken;
}

static void test_checkpoint__damaged_ones_are_gone_on_from_or_refused(void **state)
{
    struct damage_rounds rounds = damage_begin("checkpoints", ROUNDS, 97);
    struct str damaged = STR_INIT;
    struct rng rng;
    int taken = 0;

    (void)state;
    damage_put(checkpoint, &whole);
    assert_true(use());
    while (damage_next(&rounds, &rng)) {
        damage_checkpoint(&damaged, &rng);
        damage_put(checkpoint, &damaged);
        taken += use();
    }
    assert_true((taken > 0 && taken < (int)damage_rounds_done(&rounds)) || rounds.only);
    str_release(&damaged);
}

static void test_checkpoint__sums_that_no_steps_come_to_are_refused(void **state)
{
    static const char *const places[][2] = {{"images", "9223372036854775807"}, {"images", "0"},
        {"top1", "49"}, {"top5", "9223372036854775807"}, {"train_images", "9223372036854775807"},
        {"loss_sum", "nan"}, {"loss_sum", "-1"}, {"epoch_seconds", "-1"}, {"train_seconds", "inf"},
        {"epoch", "2147483647"}};

    (void)state;
    for (size_t i = 0; i < DAMAGE_COUNT(places); i++) {
        struct str header = STR_INIT, changed = STR_INIT, key = STR_INIT;
        struct workload_result result;
        struct err err = {0};
        uint64_t length;
        json_t *json;
        char *text;

        memcpy(&length, whole.text, sizeof(length));
        json = json_loadb(whole.text + LENGTH_BYTES, length, 0, NULL);
        str_addf(&key, "scalestudy.%s", places[i][0]);
        assert_non_null(json_object_get(json_object_get(json, SAFETENSORS_METADATA), key.text));
        json_object_set_new(
            json_object_get(json, SAFETENSORS_METADATA), key.text, json_string(places[i][1]));
        text = json_dumps(json, JSON_COMPACT);
        str_add(&header, text);
        put_header(&changed, &header);
        mend_sum(&changed, &header);
        damage_put(checkpoint, &changed);
        assert_int_equal(train(-1, &result, &err), -1);
        assert_int_equal(err.code, ERR_INPUT);
        assert_non_null(strstr(err.message, checkpoint));
        free(text);
        json_decref(json);
        str_release(&header);
        str_release(&changed);
        str_release(&key);
    }
}
