#include "weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"

#define BATCHES_SUFFIX "num_batches_tracked"
#define NAMED_AT_MOST  5 /* tensors in one message */

/* ---- layouts ---- */

struct layout {
    int k, c, r, s; /* PyTorch's [K][C][R][S]; ours is [R][S][C][K] */
};

static struct layout layout_of(const struct parameter_info *info)
{
    struct layout layout = {1, 1, 1, 1};
    int *dims[4] = {&layout.k, &layout.c, &layout.r, &layout.s};

    for (int i = 0; i < info->n_dims; i++)
        *dims[i] = info->dims[i];
    return layout;
}

/* Walks both layouts at once; `to` is the one that is written. */
static void repack(const struct parameter_info *info, const float *from, float *to, bool to_ours)
{
    struct layout n = layout_of(info);
    size_t theirs = 0;

    for (int k = 0; k < n.k; k++)
        for (int c = 0; c < n.c; c++)
            for (int r = 0; r < n.r; r++)
                for (int s = 0; s < n.s; s++, theirs++) {
                    size_t ours = (((size_t)r * n.s + s) * n.c + c) * n.k + k;

                    to[to_ours ? ours : theirs] = from[to_ours ? theirs : ours];
                }
}

static void fill_entry(const struct safetensors_entry *entry, void *to)
{
    repack(entry->context, entry->source, to, false);
}

/* ---- names ---- */

static void tensor_name(
    const struct parameter *parameter, const char *prefix, char *to, size_t size)
{
    snprintf(to, size, "%s%s", prefix, parameter->name);
}

/* The name of the batch counter that PyTorch keeps beside a running mean; false for other
 * parameters. */
static bool batches_name(const struct parameter *parameter, char *to, size_t size)
{
    int stem = (int)(strlen(parameter->name) - strlen(parameter->info->suffix));

    if (parameter->info->kind != PARAMETER_RUNNING_MEAN)
        return false;
    snprintf(to, size, "%.*s%s", stem, parameter->name, BATCHES_SUFFIX);
    return true;
}

/* ---- saving ---- */

struct safetensors_entry weights_entry(
    const struct parameter *parameter, const char *prefix, const float *values)
{
    struct safetensors_entry entry = {
        .dtype = SAFETENSORS_F32,
        .n_dims = parameter->info->n_dims,
        .source = values,
        .fill = fill_entry,
        .context = parameter->info,
    };

    tensor_name(parameter, prefix, entry.name, sizeof(entry.name));
    for (int i = 0; i < entry.n_dims; i++)
        entry.dims[i] = parameter->info->dims[i];
    return entry;
}

int weights_list(
    struct net *net, const int64_t *batches, struct safetensors_list *list, struct err *err)
{
    for (int i = 0; i < net_parameter_count(net); i++) {
        const struct parameter *parameter = net_parameter(net, i);
        struct safetensors_entry entry = weights_entry(parameter, "", parameter->value);
        struct safetensors_entry counter = {.dtype = SAFETENSORS_I64, .source = batches};

        if (safetensors_list_add(list, &entry, err) < 0)
            return -1;
        if (batches_name(parameter, counter.name, sizeof(counter.name)) &&
            safetensors_list_add(list, &counter, err) < 0)
            return -1;
    }
    return 0;
}

int weights_save(struct net *net, int64_t batches, const char *path, struct err *err)
{
    static const char *const metadata[] = {"format", "pt", NULL};
    struct safetensors_list list = {0};
    int result = weights_list(net, &batches, &list, err);

    if (result == 0)
        result = safetensors_write(path, &list, metadata, err);
    safetensors_list_release(&list);
    return result;
}

/* ---- loading ---- */

static void add_shape(struct str *text, int n_dims, const int64_t *dims)
{
    str_add(text, "[");
    for (int i = 0; i < n_dims; i++)
        str_addf(text, "%s%lld", i ? ", " : "", (long long)dims[i]);
    str_add(text, "]");
}

static int wrong_shape(const char *path, const struct safetensors_entry *wanted,
    const struct safetensor *tensor, struct err *err)
{
    struct str there = STR_INIT, here = STR_INIT;

    add_shape(&there, tensor->n_dims, tensor->dims);
    add_shape(&here, wanted->n_dims, wanted->dims);
    err_set(err, ERR_INPUT, "%s: tensor %s is %s, but this network needs %s", path, wanted->name,
        there.text, here.text);
    str_release(&there);
    str_release(&here);
    return -1;
}

int weights_read(const struct safetensors *file, const char *path,
    const struct parameter *parameter, const char *prefix, float *values, struct err *err)
{
    struct safetensors_entry wanted = weights_entry(parameter, prefix, values);
    const struct safetensor *tensor = safetensors_find(file, wanted.name);
    float *theirs;
    int result;

    if (!tensor)
        return err_set(
            err, ERR_INPUT, "%s has no tensor %s, which this network needs", path, wanted.name);
    if (tensor->n_dims != wanted.n_dims ||
        memcmp(tensor->dims, wanted.dims, (size_t)wanted.n_dims * sizeof(*wanted.dims)) != 0)
        return wrong_shape(path, &wanted, tensor, err);
    theirs = malloc(parameter->count * sizeof(*theirs));
    if (!theirs)
        return err_set(err, ERR_MEMORY, "no memory for tensor %s of %s", wanted.name, path);
    result = safetensors_read(file, tensor, theirs, err);
    if (result == 0)
        repack(parameter->info, theirs, values, true);
    free(theirs);
    return result;
}

static bool is_known(struct net *net, const char *name)
{
    char counter[GRAPH_NAME_BYTES + 64];

    for (int i = 0; i < net_parameter_count(net); i++) {
        const struct parameter *parameter = net_parameter(net, i);

        if (strcmp(parameter->name, name) == 0)
            return true;
        if (batches_name(parameter, counter, sizeof(counter)) && strcmp(counter, name) == 0)
            return true;
    }
    return str_starts_with(name, WEIGHTS_OPTIMIZER_PREFIX);
}

/* Adds a name to the list that a message gives; it ends in "and 7 more". */
static void add_name(struct str *names, int *count, const char *name)
{
    if (*count < NAMED_AT_MOST)
        str_addf(names, "%s%.100s", *count ? ", " : "", name);
    ++*count;
}

static void end_names(struct str *names, int count)
{
    if (count > NAMED_AT_MOST)
        str_addf(names, " and %d more", count - NAMED_AT_MOST);
}

static int check_names(
    const struct safetensors *file, const char *path, struct net *net, struct err *err)
{
    struct str missing = STR_INIT, extra = STR_INIT;
    int n_missing = 0, n_extra = 0;

    for (int i = 0; i < net_parameter_count(net); i++)
        if (!safetensors_find(file, net_parameter(net, i)->name))
            add_name(&missing, &n_missing, net_parameter(net, i)->name);
    for (int i = 0; i < safetensors_count(file); i++)
        if (!is_known(net, safetensors_at(file, i)->name))
            add_name(&extra, &n_extra, safetensors_at(file, i)->name);
    end_names(&missing, n_missing);
    end_names(&extra, n_extra);
    if (n_missing && n_extra)
        err_set(err, ERR_INPUT, "%s is not of this network: it lacks %s, and has %s too many", path,
            missing.text, extra.text);
    else if (n_missing)
        err_set(err, ERR_INPUT, "%s lacks tensors of this network: %s", path, missing.text);
    else if (n_extra)
        err_set(err, ERR_INPUT, "%s has tensors that this network has not: %s", path, extra.text);
    str_release(&missing);
    str_release(&extra);
    return n_missing || n_extra ? -1 : 0;
}

int weights_read_all(
    const struct safetensors *file, const char *path, struct net *net, struct err *err)
{
    if (check_names(file, path, net, err) < 0)
        return -1;
    for (int i = 0; i < net_parameter_count(net); i++) {
        const struct parameter *parameter = net_parameter(net, i);

        if (weights_read(file, path, parameter, "", parameter->value, err) < 0)
            return -1;
    }
    return 0;
}

int weights_load(struct net *net, const char *path, struct err *err)
{
    struct safetensors *file;
    int result;

    if (safetensors_open(&file, path, err) < 0)
        return -1;
    result = weights_read_all(file, path, net, err);
    safetensors_close(file);
    return result;
}
