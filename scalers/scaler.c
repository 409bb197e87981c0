/* Finding a method, checking a request, and applying factors to a spec. */
#include "scaler.h"

#include <string.h>

#include "harness/base/str.h"
#include "rounding.h"
#include "scaler_private.h"

#define MAX_FACTOR   1e6
#define MAX_CHANNELS 1e8
#define MAX_REPEATS  1e4
#define MAX_INPUT    1e6

static const struct scaler *const scalers[] = {
#define SCALER(name) &scaler_##name,
#include "scalers.def"
#undef SCALER
    NULL,
};

static const char *const names[] = {
#define SCALER(name) #name,
#include "scalers.def"
#undef SCALER
    NULL,
};

const char *const *scaler_names(void)
{
    return names;
}

const struct scaler *scaler_find(const char *name, struct err *err)
{
    int found = str_find("method", name, names, err);

    return found < 0 ? NULL : scalers[found];
}

void scaling_request_init(struct scaling_request *request, const char *method)
{
    *request = (struct scaling_request){.depth = NAN,
        .width = NAN,
        .resolution = NAN,
        .factor = NAN,
        .phi = NAN,
        .alpha = NAN,
        .beta = NAN,
        .gamma = NAN,
        .flops = NAN,
        .flops_ratio = NAN};
    str_copy(request->method, sizeof(request->method), method);
}

int request_takes_only(const struct scaling_request *request, unsigned taken, struct err *err)
{
    const struct {
        const char *name;
        double value;
        unsigned bit;
    } fields[] = {
        {"d", request->depth, TAKES_DEPTH},
        {"w", request->width, TAKES_WIDTH},
        {"r", request->resolution, TAKES_RESOLUTION},
        {"factor", request->factor, TAKES_FACTOR},
        {"phi", request->phi, TAKES_PHI},
        {"alpha", request->alpha, TAKES_PHI},
        {"beta", request->beta, TAKES_PHI},
        {"gamma", request->gamma, TAKES_PHI},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (!isnan(fields[i].value) && !(taken & fields[i].bit))
            return err_set(err, ERR_INPUT, "the scaling method %s does not take %s",
                request->method, fields[i].name);
    return 0;
}

int request_single_factor(const struct scaling_request *request, double own, const char *letter,
    double *factor, struct err *err)
{
    if (isnan(own) && isnan(request->factor))
        return err_set(err, ERR_INPUT,
            "%s scaling needs its factor %s, or a budget in FLOPs; give one of them",
            request->method, letter);
    if (!isnan(own) && !isnan(request->factor))
        return err_set(err, ERR_INPUT,
            "%s scaling was given its factor twice, as %s and as factor; give one of them",
            request->method, letter);
    *factor = given_or(own, request->factor);
    return 0;
}

/* What scaling_apply does to a size, checked before it becomes an int. */
static int scale_size(const char *what, int size, double factor, double most, struct err *err)
{
    if (!(factor > 0 && factor <= MAX_FACTOR))
        return err_set(err, ERR_INPUT,
            "the factor %g on %s is out of range; it must be above 0 and at most %g", factor, what,
            MAX_FACTOR);
    if (size * factor > most)
        return err_set(err, ERR_INPUT,
            "%d %s times %g is more than %.0f, the most that a network here can have; use a "
            "smaller factor",
            size, what, factor, most);
    return 0;
}

static bool is_deepened(enum block block)
{
    return block != BLOCK_CONV && block != BLOCK_POOL;
}

static int scale_stage(struct stage *stage, const struct scaling *scaling, struct err *err)
{
    double width = stage->never_narrower ? fmax(1, scaling->width) : scaling->width;

    if (stage->block != BLOCK_POOL) {
        if (scale_size("channels", stage->channels, width, MAX_CHANNELS, err) < 0)
            return -1;
        stage->channels = round_channels(stage->channels, width);
    }
    if (is_deepened(stage->block)) {
        if (scale_size("blocks", stage->repeats, scaling->depth, MAX_REPEATS, err) < 0)
            return -1;
        stage->repeats = round_repeats(stage->repeats, scaling->depth);
    }
    return 0;
}

int scaling_apply(
    const struct spec *base, const struct scaling *scaling, struct spec *scaled, struct err *err)
{
    struct spec result = *base;

    if (scale_size("pixels", base->input, scaling->resolution, MAX_INPUT, err) < 0)
        return err_context(err, "%s", base->name);
    result.input = round_input(base->input, scaling->resolution);
    if (result.input < 1)
        return err_set(err, ERR_INPUT,
            "%s at %d pixels times %g has feature maps below 1 pixel; use a larger resolution",
            base->name, base->input, scaling->resolution);
    for (int s = 0; s < result.n_stages; s++)
        if (scale_stage(&result.stages[s], scaling, err) < 0)
            return err_context(err, "%s, stage %d", base->name, s + 1);
    *scaled = result;
    return 0;
}

static int remove_pool(struct spec *spec, struct err *err)
{
    for (int s = 0; s < spec->n_stages; s++) {
        if (spec->stages[s].block != BLOCK_POOL)
            continue;
        memmove(&spec->stages[s], &spec->stages[s + 1],
            (size_t)(spec->n_stages - s - 1) * sizeof(spec->stages[0]));
        spec->n_stages--;
        return 0;
    }
    return err_set(err, ERR_INPUT,
        "%s has no pooling after its stem to leave out; remove stem_pool", spec->name);
}

int variant_apply(
    const struct spec *base, const struct variant *variant, struct spec *smaller, struct err *err)
{
    const struct scaling scaling = {"variant", variant->depth, variant->width, 1};
    struct spec result;

    if (scaling_apply(base, &scaling, &result, err) < 0)
        return -1;
    if (variant->stem_stride < 0 || variant->stem_stride > 8)
        return err_set(err, ERR_INPUT, "the stem's stride is %d; it must be from 1 to 8",
            variant->stem_stride);
    if (variant->stem_stride > 0)
        result.stages[0].stride = variant->stem_stride;
    if (variant->no_stem_pool && remove_pool(&result, err) < 0)
        return -1;
    *smaller = result;
    return 0;
}
