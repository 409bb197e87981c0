#include "model.h"

#include "builder.h"

/* The first convolution of a network is its stem, a later one its head. */
static int build_stem_or_head(struct builder *b, const struct stage *stage, int stride)
{
    bool stem = b->x == GRAPH_INPUT;

    b->place.stage_total = b->place.stage;
    if (build_conv(
            b, stem ? PART_STEM_CONV : PART_HEAD_CONV, stage->channels, stage->kernel, stride) < 0)
        return -1;
    return build_norm(b, stem ? PART_STEM_NORM : PART_HEAD_NORM, stage->act);
}

static int build_pool(struct builder *b, const struct stage *stage, int stride)
{
    return build_max_pool(b, stage->kernel, stride);
}

struct block_kind {
    int (*build)(struct builder *b, const struct stage *stage, int stride);
    bool is_block; /* numbered in names, deepened, dropped by stochastic depth */
};

static const struct block_kind kinds[] = {
    [BLOCK_CONV] = {build_stem_or_head, false},
    [BLOCK_POOL] = {build_pool, false},
    [BLOCK_SEPARABLE] = {build_separable, true},
    [BLOCK_MBCONV] = {build_mbconv, true},
    [BLOCK_BASIC] = {build_basic, true},
    [BLOCK_BOTTLENECK] = {build_bottleneck, true},
};

static int count_blocks(const struct spec *spec)
{
    int count = 0;

    for (int s = 0; s < spec->n_stages; s++)
        if (kinds[spec->stages[s].block].is_block)
            count += spec->stages[s].repeats;
    return count;
}

static int build_stage(struct builder *b, const struct stage *stage)
{
    const struct block_kind *kind = &kinds[stage->block];

    for (int r = 0; r < stage->repeats; r++) {
        b->place.block = b->graph->block = r;
        if (kind->build(b, stage, r == 0 ? stage->stride : 1) < 0)
            return -1;
        if (kind->is_block)
            b->place.block_total++;
    }
    if (kind->is_block)
        b->place.stage++;
    return 0;
}

int model_build(const struct spec *spec, struct graph *graph, struct err *err)
{
    struct builder b = {.spec = spec, .graph = graph, .x = GRAPH_INPUT, .err = err};

    graph_init(graph, (struct shape){spec->input, spec->input, 3});
    if (spec_validate(spec, err) < 0)
        return -1;
    b.n_blocks = count_blocks(spec);
    for (int s = 0; s < spec->n_stages; s++) {
        graph->stage = s;
        if (build_stage(&b, &spec->stages[s]) < 0)
            return err_context(err, "%s at %d pixels, stage %d", spec->name, spec->input, s + 1);
    }
    graph->stage = -1;
    graph->block = 0;
    if (build_classifier(&b) < 0)
        return err_context(err, "%s at %d pixels, classifier", spec->name, spec->input);
    return 0;
}

int model_build_renamed(const struct spec *spec, struct graph *graph, struct err *err)
{
    struct spec renamed = *spec;

    renamed.naming = naming_other(spec->naming);
    return model_build(&renamed, graph, err);
}
