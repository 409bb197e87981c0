/*
 * A net's weights to and from safetensors files: layouts, names and prefixes of other libraries,
 * and what to say when a file does not fit.
 */
#include "weights.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"

#define BATCHES_SUFFIX "num_batches_tracked"
#define NAMED_AT_MOST  4 /* tensors in one part of a message, which has to hold three */
#define SHAPES_AT_MOST 2

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

static size_t entry_count(const struct safetensors_entry *entry)
{
    size_t count = 1;

    for (int i = 0; i < entry->n_dims; i++)
        count *= (size_t)entry->dims[i];
    return count;
}

int weights_check_finite(const struct safetensors_list *list, struct err *err)
{
    for (int e = 0; e < list->n; e++) {
        const struct safetensors_entry *entry = &list->entries[e];
        const float *values = entry->source;
        size_t count = entry->dtype == SAFETENSORS_F32 ? entry_count(entry) : 0;

        for (size_t i = 0; i < count; i++)
            if (!isfinite(values[i]))
                return err_set(err, ERR_NUMERIC, "%s has a value that is not finite (%g)",
                    entry->name, (double)values[i]);
    }
    return 0;
}

int weights_check(struct net *net, struct err *err)
{
    static const int64_t batches = 0;
    struct safetensors_list list = {0};
    int result = weights_list(net, &batches, &list, err);

    if (result == 0)
        result = weights_check_finite(&list, err);
    safetensors_list_release(&list);
    return result;
}

int weights_save(
    struct net *net, int64_t batches, const char *const *about, const char *path, struct err *err)
{
    const char *metadata[2 * WEIGHTS_ABOUT + 3] = {"format", "pt"};
    struct safetensors_list list = {0};
    int result = weights_list(net, &batches, &list, err);

    for (int i = 0; about && about[i] && i < 2 * WEIGHTS_ABOUT; i++)
        metadata[2 + i] = about[i];

    if (result == 0)
        result = weights_check_finite(&list, err);
    if (result == 0)
        result = safetensors_write(path, &list, metadata, err);
    safetensors_list_release(&list);
    return result;
}

/* ---- reading one tensor ---- */

static void add_shape(struct str *text, int n_dims, const int64_t *dims)
{
    str_add(text, "[");
    for (int i = 0; i < n_dims; i++)
        str_addf(text, "%s%lld", i ? ", " : "", (long long)dims[i]);
    str_add(text, "]");
}

static bool same_shape(const struct safetensors_entry *wanted, const struct safetensor *tensor)
{
    return tensor->n_dims == wanted->n_dims &&
           memcmp(tensor->dims, wanted->dims, (size_t)wanted->n_dims * sizeof(*wanted->dims)) == 0;
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

static int read_tensor(const struct safetensors *file, const char *path,
    const struct parameter *parameter, const struct safetensor *tensor, float *values,
    struct err *err)
{
    float *theirs = malloc(parameter->count * sizeof(*theirs));
    int result;

    if (!theirs)
        return err_set(err, ERR_MEMORY, "no memory for tensor %s of %s", tensor->name, path);
    result = safetensors_read(file, tensor, theirs, err);
    if (result == 0)
        repack(parameter->info, theirs, values, true);
    free(theirs);
    return result;
}

int weights_read(const struct safetensors *file, const char *path,
    const struct parameter *parameter, const char *prefix, float *values, struct err *err)
{
    struct safetensors_entry wanted = weights_entry(parameter, prefix, values);
    const struct safetensor *tensor = safetensors_find(file, wanted.name);

    if (!tensor)
        return err_set(
            err, ERR_INPUT, "%s has no tensor %s, which this network needs", path, wanted.name);
    if (!same_shape(&wanted, tensor))
        return wrong_shape(path, &wanted, tensor, err);
    return read_tensor(file, path, parameter, tensor, values, err);
}

/* ---- which names a file has ---- */

/* What libraries put before all names, once or nested: "module." (DataParallel), "model." (Lightning),
 * "_orig_mod." (torch.compile), or whatever a file has: it is found by the names behind it. */
#define PREFIX_BYTES   128
#define MOST_PREFIXES  64
#define AVERAGED_COUNT "n_averaged" /* beside the weights of torch.optim.swa_utils.AveragedModel */

#define NAME_BYTES (GRAPH_NAME_BYTES + LAYER_SUFFIX_BYTES)

/* Names of a net's tensors in a file, in the order of its parameters. */
struct names {
    char (*names)[NAME_BYTES];
    int n;
    char prefix[PREFIX_BYTES]; /* before each of them */
};

static int names_of_net(struct names *names, const struct net *net, struct err *err)
{
    names->n = net_parameter_count(net);
    names->prefix[0] = '\0';
    names->names = calloc((size_t)names->n + 1, sizeof(*names->names));
    if (!names->names)
        return err_set(err, ERR_MEMORY, "no memory for the names of %d tensors", names->n);
    for (int i = 0; i < names->n; i++)
        str_copy(names->names[i], NAME_BYTES, net_parameter(net, i)->name);
    return 0;
}

/* As names_of_net: a net has its parameters in the order of its graph. */
static int rename_by_graph(struct names *names, const struct graph *graph, struct err *err)
{
    int n = 0;

    for (int i = 0; i < graph->n_nodes; i++) {
        const struct node *node = &graph->nodes[i];
        struct parameter_info infos[LAYER_MAX_PARAMETERS];
        int own = node->layer->parameters
                      ? node->layer->parameters(node->config, node->in_shape, infos)
                      : 0;

        for (int p = 0; p < own && n < names->n; p++)
            snprintf(names->names[n++], NAME_BYTES, "%.63s.%.23s", node->name, infos[p].suffix);
    }
    return n == names->n ? 0 : err_set(err, ERR_BUG, "names of another network");
}

static const struct safetensor *find_named(
    const struct safetensors *file, const struct names *names, const char *prefix, int index)
{
    char name[NAME_BYTES + PREFIX_BYTES];

    snprintf(name, sizeof(name), "%s%s", prefix, names->names[index]);
    return safetensors_find(file, name);
}

/* The tensor's name ends in `name`, behind whole words: sets what is before it. */
static bool split_name(const struct safetensor *tensor, const char *name, char prefix[PREFIX_BYTES])
{
    size_t all = strlen(tensor->name), own = strlen(name);

    if (all < own || strcmp(tensor->name + all - own, name) != 0 || all - own >= PREFIX_BYTES ||
        (all > own && tensor->name[all - own - 1] != '.'))
        return false;
    memcpy(prefix, tensor->name, all - own);
    prefix[all - own] = '\0';
    return true;
}

static int count_named(
    const struct safetensors *file, const struct names *names, const char *prefix)
{
    int found = 0;

    for (int i = 0; i < names->n; i++)
        found += find_named(file, names, prefix, i) != NULL;
    return found;
}

/* The prefix that one of the names has in the file, and how many other names have the same prefix. */
static void try_prefixes(const struct safetensors *file, struct names *names, int index, int *most)
{
    char prefix[PREFIX_BYTES];

    for (int t = 0, tried = 0; t < safetensors_count(file) && tried < MOST_PREFIXES; t++) {
        int found;

        if (!split_name(safetensors_at(file, t), names->names[index], prefix))
            continue;
        tried++;
        found = count_named(file, names, prefix);
        if (found > *most) {
            *most = found;
            str_copy(names->prefix, sizeof(names->prefix), prefix);
        }
    }
}

/* Sets the prefix under which the file has most of the names, and returns how many those are. A file
 * that lacks the first name is asked for the last one, and for one in the middle. */
static int choose_prefix(const struct safetensors *file, struct names *names)
{
    int most = count_named(file, names, "");
    const int asked[] = {0, names->n - 1, names->n / 2};

    names->prefix[0] = '\0';
    for (int i = 0; i < 3 && names->n > 0 && 2 * most < names->n; i++)
        try_prefixes(file, names, asked[i], &most);
    return most;
}

/* ---- what does not fit ---- */

/* Names for a message; it ends in "and 7 more". */
struct name_sample {
    struct str text;
    int n;
};

static void sample_add(struct name_sample *sample, int at_most, const char *name)
{
    if (sample->n < at_most)
        str_addf(&sample->text, "%s%.70s", sample->n ? ", " : "", name);
    sample->n++;
}

static void sample_end(struct name_sample *sample, int at_most)
{
    if (sample->n > at_most)
        str_addf(&sample->text, " and %d more", sample->n - at_most);
}

struct misfits {
    struct name_sample missing, extra, misshapen;
};

static void add_misshapen(struct misfits *misfits, const struct safetensors_entry *wanted,
    const struct safetensor *tensor)
{
    struct str text = STR_INIT;

    str_addf(&text, "%.40s is ", tensor->name);
    add_shape(&text, tensor->n_dims, tensor->dims);
    str_add(&text, " not ");
    add_shape(&text, wanted->n_dims, wanted->dims);
    sample_add(&misfits->misshapen, SHAPES_AT_MOST, text.text);
    str_release(&text);
}

/* The batch counter beside a running mean, under the name that the mean has. */
static const struct safetensor *find_counter(const struct safetensors *file,
    const struct names *names, const struct parameter *parameter, int index)
{
    int stem = (int)(strlen(names->names[index]) - strlen(parameter->info->suffix));
    char name[NAME_BYTES + PREFIX_BYTES + 64];

    if (parameter->info->kind != PARAMETER_RUNNING_MEAN)
        return NULL;
    snprintf(
        name, sizeof(name), "%s%.*s%s", names->prefix, stem, names->names[index], BATCHES_SUFFIX);
    return safetensors_find(file, name);
}

/* `known`: of each tensor of the file, set if it is one of the net's. */
static void compare(const struct safetensors *file, const struct names *names,
    const struct net *net, bool *known, struct misfits *misfits)
{
    const struct safetensor *first = safetensors_at(file, 0);
    char averaged[PREFIX_BYTES];

    for (int i = 0; i < names->n; i++) {
        const struct parameter *parameter = net_parameter(net, i);
        const struct safetensors_entry wanted = weights_entry(parameter, "", NULL);
        const struct safetensor *tensor = find_named(file, names, names->prefix, i);
        const struct safetensor *counter = find_counter(file, names, parameter, i);

        if (counter)
            known[counter - first] = true;
        if (!tensor) {
            sample_add(&misfits->missing, NAMED_AT_MOST, names->names[i]);
            continue;
        }
        known[tensor - first] = true;
        if (!same_shape(&wanted, tensor))
            add_misshapen(misfits, &wanted, tensor);
    }
    for (int i = 0; i < safetensors_count(file); i++)
        if (!known[i] && !str_starts_with(first[i].name, WEIGHTS_OPTIMIZER_PREFIX) &&
            !split_name(&first[i], AVERAGED_COUNT, averaged))
            sample_add(&misfits->extra, NAMED_AT_MOST, first[i].name);
    sample_end(&misfits->missing, NAMED_AT_MOST);
    sample_end(&misfits->extra, NAMED_AT_MOST);
    sample_end(&misfits->misshapen, SHAPES_AT_MOST);
}

static void say_sample(struct str *text, const struct name_sample *sample, const char *what)
{
    if (sample->n > 0)
        str_addf(
            text, "%s%d %s (%s)", text->length ? "; " : "", sample->n, what, sample->text.text);
}

static int say_misfits(const struct misfits *misfits, const char *path, struct err *err)
{
    struct str text = STR_INIT;

    say_sample(&text, &misfits->missing, "missing");
    say_sample(&text, &misfits->extra, "too many");
    say_sample(&text, &misfits->misshapen, "of another shape");
    if (text.length == 0)
        return 0;
    err_set(err, ERR_INPUT,
        "the tensors of %.200s are not those of this network (is it the model, the width, the "
        "depth and the number of classes that the file was made for?): %s",
        path, text.text);
    str_release(&text);
    return -1;
}

static int check_names(const struct safetensors *file, const char *path, const struct names *names,
    const struct net *net, struct err *err)
{
    struct misfits misfits = {{STR_INIT, 0}, {STR_INIT, 0}, {STR_INIT, 0}};
    bool *known = calloc((size_t)safetensors_count(file) + 1, sizeof(*known));
    int result;

    if (!known)
        return err_set(err, ERR_MEMORY, "no memory for the tensors of %s", path);
    compare(file, names, net, known, &misfits);
    result = say_misfits(&misfits, path, err);
    str_release(&misfits.missing.text);
    str_release(&misfits.extra.text);
    str_release(&misfits.misshapen.text);
    free(known);
    return result;
}

/* ---- loading ---- */

static int read_named(const struct safetensors *file, const char *path, const struct names *names,
    const struct net *net, struct err *err)
{
    if (check_names(file, path, names, net, err) < 0)
        return -1;
    for (int i = 0; i < names->n; i++) {
        const struct parameter *parameter = net_parameter(net, i);
        const struct safetensor *tensor = find_named(file, names, names->prefix, i);

        if (read_tensor(file, path, parameter, tensor, parameter->value, err) < 0)
            return -1;
    }
    return 0;
}

int weights_read_all(
    const struct safetensors *file, const char *path, struct net *net, struct err *err)
{
    struct names names = {0};
    int result = names_of_net(&names, net, err);

    if (result == 0)
        result = read_named(file, path, &names, net, err);
    free(names.names);
    return result;
}

int weights_load(struct net *net, const struct graph *renamed, const char *path, struct err *err)
{
    struct names own = {0}, other = {0};
    struct safetensors *file = NULL;
    int result = -1, own_found, other_found;

    if (safetensors_open(&file, path, err) < 0 || names_of_net(&own, net, err) < 0 ||
        names_of_net(&other, net, err) < 0 ||
        (renamed && rename_by_graph(&other, renamed, err) < 0))
        goto done;
    /* Some names are in both. If a file has neither, the message says which of our names it lacks. */
    own_found = choose_prefix(file, &own);
    other_found = choose_prefix(file, &other);
    result = read_named(
        file, path, other_found > own_found && 2 * other_found > other.n ? &other : &own, net, err);
done:
    safetensors_close(file);
    free(own.names);
    free(other.names);
    return result;
}

/* ---- looking ---- */

static bool is_matrix(const struct safetensor *tensor)
{
    return tensor->n_dims == 2 && tensor->dims[0] > 0 && tensor->dims[0] <= INT_MAX;
}

/* The classifier's weight under that name, whatever is before it; of several the one with least. */
static const struct safetensor *find_classifier(const struct safetensors *file, const char *name)
{
    const struct safetensor *best = NULL;
    char prefix[PREFIX_BYTES];

    for (int t = 0; t < safetensors_count(file); t++) {
        const struct safetensor *tensor = safetensors_at(file, t);

        if (is_matrix(tensor) && !str_starts_with(tensor->name, WEIGHTS_OPTIMIZER_PREFIX) &&
            split_name(tensor, name, prefix) &&
            (!best || strlen(tensor->name) < strlen(best->name)))
            best = tensor;
    }
    return best;
}

static int no_classifier(
    const struct safetensors *file, const char *path, const char *name, struct err *err)
{
    const struct safetensor *other = NULL;

    for (int t = 0; t < safetensors_count(file); t++)
        if (is_matrix(safetensors_at(file, t)))
            other = safetensors_at(file, t);
    if (!other)
        return err_set(err, ERR_INPUT,
            "the weights in %s are not for this network: they have no classifier, a tensor %s of "
            "two dimensions",
            path, name);
    return err_set(err, ERR_INPUT,
        "the weights in %s are not for this network, whose classifier is called %s: they have "
        "other tensors, such as %.100s [%lld, %lld]",
        path, name, other->name, (long long)other->dims[0], (long long)other->dims[1]);
}

int weights_outputs(const struct graph *const *graphs, int n_graphs, const char *path, int *outputs,
    struct err *err)
{
    struct safetensors *file;
    char name[NAME_BYTES + 16];
    int result = 0;

    *outputs = 0;
    if (safetensors_open(&file, path, err) < 0)
        return -1;
    for (int g = n_graphs - 1; g >= 0; g--) {
        const struct safetensor *tensor;

        snprintf(name, sizeof(name), "%s.weight", graphs[g]->nodes[graphs[g]->n_nodes - 1].name);
        tensor = find_classifier(file, name);
        if (tensor)
            *outputs = (int)tensor->dims[0];
    }
    if (*outputs == 0)
        result = no_classifier(file, path, name, err);
    safetensors_close(file);
    return result;
}
