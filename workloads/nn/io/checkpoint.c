/*
 * Checkpoints as safetensors files: the place in training in the metadata; weights, optimizer slots
 * and the moving average as tensors; a checksum last.
 */
#include "checkpoint.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/str.h"
#include "safetensors.h"
#include "weights.h"

#define KEY_JOB     "scalestudy.job"
#define VALUE_BYTES 32

#define CHECKSUM       WEIGHTS_OPTIMIZER_PREFIX "checksum"
#define AVERAGE_PREFIX WEIGHTS_OPTIMIZER_PREFIX "average."

enum field_type {
    FIELD_INT,
    FIELD_INT64,
    FIELD_REAL,
};

/* The fields of a place and their keys in the metadata. */
static const struct field {
    const char *key;
    enum field_type type;
    size_t offset;
} fields[] = {
    {"scalestudy.epoch", FIELD_INT, offsetof(struct checkpoint_place, epoch)},
    {"scalestudy.step", FIELD_INT, offsetof(struct checkpoint_place, step)},
    {"scalestudy.global_step", FIELD_INT64, offsetof(struct checkpoint_place, global_step)},
    {"scalestudy.loss_sum", FIELD_REAL, offsetof(struct checkpoint_place, loss_sum)},
    {"scalestudy.images", FIELD_INT64, offsetof(struct checkpoint_place, images)},
    {"scalestudy.top1", FIELD_INT64, offsetof(struct checkpoint_place, top1)},
    {"scalestudy.top5", FIELD_INT64, offsetof(struct checkpoint_place, top5)},
    {"scalestudy.epoch_seconds", FIELD_REAL, offsetof(struct checkpoint_place, epoch_seconds)},
    {"scalestudy.train_seconds", FIELD_REAL, offsetof(struct checkpoint_place, train_seconds)},
    {"scalestudy.train_images", FIELD_INT64, offsetof(struct checkpoint_place, train_images)},
};
#define N_FIELDS ((int)(sizeof(fields) / sizeof(fields[0])))

/* 17 digits give a double back exactly. */
static void print_field(const struct field *field, const struct checkpoint_place *place, char *to)
{
    const char *at = (const char *)place + field->offset;

    switch (field->type) {
    case FIELD_INT:
        snprintf(to, VALUE_BYTES, "%d", *(const int *)at);
        break;
    case FIELD_INT64:
        snprintf(to, VALUE_BYTES, "%" PRId64, *(const int64_t *)at);
        break;
    case FIELD_REAL:
        snprintf(to, VALUE_BYTES, "%.17g", *(const double *)at);
        break;
    }
}

static bool parse_field(const struct field *field, const char *text, struct checkpoint_place *place)
{
    char *at = (char *)place + field->offset;
    long long integer;
    double real;

    if (!text)
        return false;
    if (field->type == FIELD_REAL) {
        if (!str_to_double(text, &real))
            return false;
        *(double *)at = real;
        return true;
    }
    if (!str_to_int64(text, &integer) || integer < 0 ||
        (field->type == FIELD_INT && integer > INT_MAX))
        return false;
    if (field->type == FIELD_INT)
        *(int *)at = (int)integer;
    else
        *(int64_t *)at = integer;
    return true;
}

static void slot_prefix(const struct optimizer_kind *kind, int slot, char *to, size_t size)
{
    snprintf(to, size, "%s%s.", WEIGHTS_OPTIMIZER_PREFIX, kind->slot_names[slot]);
}

static int list_slots(struct net *net, const struct optimizer_state *optimizer,
    struct safetensors_list *list, struct err *err)
{
    const struct optimizer_kind *kind = optimizer_kind_of(optimizer);

    for (int s = 0; s < kind->n_slots; s++)
        for (int i = 0; i < net_parameter_count(net); i++) {
            const float *slot = optimizer_slot(optimizer, i, s);
            struct safetensors_entry entry;
            char prefix[64];

            if (!slot)
                continue;
            slot_prefix(kind, s, prefix, sizeof(prefix));
            entry = weights_entry(net_parameter(net, i), prefix, slot);
            if (safetensors_list_add(list, &entry, err) < 0)
                return -1;
        }
    return 0;
}

static int list_average(
    struct net *net, const struct average *average, struct safetensors_list *list, struct err *err)
{
    for (int i = 0; average && i < net_parameter_count(net); i++) {
        struct safetensors_entry entry =
            weights_entry(net_parameter(net, i), AVERAGE_PREFIX, average_values(average, i));

        if (safetensors_list_add(list, &entry, err) < 0)
            return -1;
    }
    return 0;
}

static int list_sum(struct safetensors_list *list, struct err *err)
{
    static const struct safetensors_entry entry = {
        .name = CHECKSUM, .dtype = SAFETENSORS_I64, .n_dims = 1, .dims = {1}, .is_sum = true};

    return safetensors_list_add(list, &entry, err);
}

int checkpoint_save(const char *path, const char *identity, const struct checkpoint_state *state,
    const struct checkpoint_place *place, struct err *err)
{
    struct safetensors_list list = {0};
    char values[N_FIELDS][VALUE_BYTES];
    const char *metadata[2 * N_FIELDS + 5] = {"format", "pt", KEY_JOB, identity};
    int result = -1;

    for (int f = 0; f < N_FIELDS; f++) {
        print_field(&fields[f], place, values[f]);
        metadata[4 + 2 * f] = fields[f].key;
        metadata[5 + 2 * f] = values[f];
    }
    if (weights_list(state->net, &place->global_step, &list, err) == 0 &&
        list_slots(state->net, state->optimizer, &list, err) == 0 &&
        list_average(state->net, state->average, &list, err) == 0 && list_sum(&list, err) == 0 &&
        weights_check_finite(&list, err) == 0)
        result = safetensors_write(path, &list, metadata, err);
    safetensors_list_release(&list);
    return result;
}

static int read_metadata(const struct safetensors *file, const char *path, const char *identity,
    struct checkpoint_place *place, struct err *err)
{
    const char *job = safetensors_metadata(file, KEY_JOB);

    if (!job)
        return err_set(err, ERR_INPUT, "%s is not a checkpoint: it says nothing of a job", path);
    if (strcmp(job, identity) != 0)
        return err_set(err, ERR_INPUT,
            "%s is the checkpoint of another job (other network, data, recipe or seed); remove it "
            "or name another file",
            path);
    for (int f = 0; f < N_FIELDS; f++)
        if (!parse_field(&fields[f], safetensors_metadata(file, fields[f].key), place))
            return err_set(err, ERR_INPUT,
                "%s is a damaged checkpoint: %s is missing or not a number", path, fields[f].key);
    return 0;
}

static int read_slots(const struct safetensors *file, const char *path, struct net *net,
    const struct optimizer_state *optimizer, struct err *err)
{
    const struct optimizer_kind *kind = optimizer_kind_of(optimizer);

    for (int s = 0; s < kind->n_slots; s++)
        for (int i = 0; i < net_parameter_count(net); i++) {
            float *slot = optimizer_slot(optimizer, i, s);
            char prefix[64];

            slot_prefix(kind, s, prefix, sizeof(prefix));
            if (slot && weights_read(file, path, net_parameter(net, i), prefix, slot, err) < 0)
                return -1;
        }
    return 0;
}

static int read_average(const struct safetensors *file, const char *path, struct net *net,
    const struct average *average, struct err *err)
{
    for (int i = 0; average && i < net_parameter_count(net); i++)
        if (weights_read(file, path, net_parameter(net, i), AVERAGE_PREFIX,
                average_values(average, i), err) < 0)
            return -1;
    return 0;
}

int checkpoint_load(const char *path, const char *identity, const struct checkpoint_state *state,
    struct checkpoint_place *place, struct err *err)
{
    struct safetensors *file;
    int result = -1;

    if (safetensors_open(&file, path, err) < 0)
        return -1;
    if (safetensors_check_sum(file, CHECKSUM, err) == 0 &&
        read_metadata(file, path, identity, place, err) == 0 &&
        weights_read_all(file, path, state->net, err) == 0 &&
        read_slots(file, path, state->net, state->optimizer, err) == 0)
        result = read_average(file, path, state->net, state->average, err);
    safetensors_close(file);
    if (result == 0)
        optimizer_set_steps(state->optimizer, place->global_step);
    return result;
}

static bool is_amount(double value)
{
    return isfinite(value) && value >= 0;
}

bool checkpoint_is_sound(const struct checkpoint_place *place, int step_images)
{
    return place->images <= (int64_t)place->step * step_images &&
           (place->step == 0 || place->images > 0) &&
           place->train_images <= place->global_step * step_images &&
           place->top5 <= place->images && place->top1 <= place->top5 &&
           is_amount(place->loss_sum) && is_amount(place->epoch_seconds) &&
           is_amount(place->train_seconds);
}
