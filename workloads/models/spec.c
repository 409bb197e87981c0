#include "spec.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "spec_tables.h"

#define MAX_INPUT    1000000
#define MAX_CHANNELS 100000000
#define MAX_REPEATS  10000
#define MAX_CLASSES  10000000

struct entry {
    const struct spec *spec;
    const char *summary;
};

static const struct entry entries[] = {
#define MODEL(name, summary) {&spec_##name, summary},
#include "models.def"
#undef MODEL
};

static const char *const names[] = {
#define MODEL(name, summary) #name,
#include "models.def"
#undef MODEL
    NULL,
};

const char *const *spec_names(void)
{
    return names;
}

static const struct entry *find(const char *name)
{
    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return &entries[i];
    return NULL;
}

const char *spec_block_name(enum block block)
{
    static const char *const blocks[] = {
        [BLOCK_CONV] = "conv",
        [BLOCK_POOL] = "max_pool",
        [BLOCK_SEPARABLE] = "separable",
        [BLOCK_MBCONV] = "mbconv",
        [BLOCK_BASIC] = "basic",
        [BLOCK_BOTTLENECK] = "bottleneck",
    };

    return blocks[block];
}

const char *const *spec_act_names(void)
{
    return activation_names();
}

const char *spec_summary(const char *name)
{
    const struct entry *entry = find(name);

    return entry ? entry->summary : NULL;
}

int spec_find(const char *name, struct spec *spec, struct err *err)
{
    int found = str_find("model", name, names, err);

    if (found < 0)
        return -1;
    *spec = *entries[found].spec;
    return 0;
}

static int check_int(const char *what, int value, int least, int most, struct err *err)
{
    if (value < least || value > most)
        return err_set(
            err, ERR_INPUT, "%s is %d; it must be from %d to %d", what, value, least, most);
    return 0;
}

static int check_real(const char *what, double value, double least, double most, struct err *err)
{
    if (!(value >= least && value <= most))
        return err_set(
            err, ERR_INPUT, "%s is %g; it must be from %g to %g", what, value, least, most);
    return 0;
}

static int check_stage(const struct stage *stage, struct err *err)
{
    bool has_channels = stage->block != BLOCK_POOL;
    bool has_expand = stage->block == BLOCK_MBCONV || stage->block == BLOCK_BOTTLENECK;

    if (check_int("the kernel", stage->kernel, 1, 31, err) < 0 ||
        check_int("the stride", stage->stride, 1, 8, err) < 0 ||
        check_int("the number of blocks", stage->repeats, 1, MAX_REPEATS, err) < 0)
        return -1;
    if (stage->kernel % 2 == 0)
        return err_set(err, ERR_INPUT, "the kernel is %d; it must be odd", stage->kernel);
    if (has_channels &&
        check_int("the number of channels", stage->channels, 1, MAX_CHANNELS, err) < 0)
        return -1;
    if (has_expand && check_int("the expansion", stage->expand, 1, 64, err) < 0)
        return -1;
    return check_real("the squeeze-excitation ratio", stage->se_ratio, 0, 4, err);
}

int spec_validate(const struct spec *spec, struct err *err)
{
    if (spec->input < 1)
        return err_set(err, ERR_INPUT,
            "%s at an input of %d pixels has feature maps below 1 pixel; use at least 1",
            spec->name, spec->input);
    if (check_int("the input size", spec->input, 1, MAX_INPUT, err) < 0 ||
        check_int("the number of classes", spec->classes, 1, MAX_CLASSES, err) < 0 ||
        check_int("the number of stages", spec->n_stages, 1, SPEC_MAX_STAGES, err) < 0 ||
        check_real("the dropout rate", spec->dropout, 0, 0.999, err) < 0 ||
        check_real("the stochastic depth rate", spec->drop_path, 0, 0.999, err) < 0 ||
        check_real("batch norm's epsilon", spec->bn_eps, 1e-12, 1, err) < 0 ||
        check_real("batch norm's momentum", spec->bn_momentum, 0, 1, err) < 0)
        return err_context(err, "%s", spec->name);
    for (int s = 0; s < spec->n_stages; s++)
        if (check_stage(&spec->stages[s], err) < 0)
            return err_context(err, "%s, stage %d", spec->name, s + 1);
    return 0;
}
