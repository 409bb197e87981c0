/* What all optimizers share: their memory, and steps piece by piece. */
#include "optimizer.h"

#include "harness/base/arena.h"
#include "workloads/nn/net/net_plan.h"
#include "workloads/nn/kernels/parallel.h"

/* Elements a piece has at most: its values, gradients and slots stay in a core's L2. */
#define PIECE_FLOATS 16384

struct optimizer_state {
    struct arena arena; /* holds this struct too */
    const struct optimizer_kind *kind;
    struct optimizer_settings settings;
    struct net *net;
    float **slots;                  /* [parameters * n_slots] */
    struct optimizer_piece *pieces; /* everything but lr is set once */
    int n_pieces;
    double lr;     /* of the step that runs */
    int64_t steps; /* begun so far */
};

const struct optimizer_kind *const *optimizer_kinds(void)
{
    static const struct optimizer_kind *const kinds[] = {
#define OPTIMIZER(NAME, name) &optimizer_##name,
#include "optimizers.def"
#undef OPTIMIZER
        NULL,
    };

    return kinds;
}

struct sizes {
    size_t parameters, pieces, slot_bytes;
};

static void add_size(struct sizes *sizes, const struct parameter_info *info)
{
    size_t count = parameter_count(info);

    sizes->parameters++;
    if (!parameter_is_trained(info))
        return;
    sizes->pieces += (count + PIECE_FLOATS - 1) / PIECE_FLOATS;
    sizes->slot_bytes += arena_round(count * sizeof(float));
}

static size_t total_bytes(const struct optimizer_kind *kind, const struct sizes *sizes)
{
    size_t n_slots = (size_t)kind->n_slots;

    return arena_round(sizeof(struct optimizer_state)) +
           arena_round(sizes->parameters * n_slots * sizeof(float *)) +
           arena_round(sizes->pieces * sizeof(struct optimizer_piece)) +
           n_slots * sizes->slot_bytes;
}

size_t optimizer_plan_bytes(const struct optimizer_kind *kind, const struct graph *graph)
{
    struct sizes sizes = {0};

    for (int i = 0; i < graph->n_nodes; i++) {
        const struct node *node = &graph->nodes[i];
        struct parameter_info info[LAYER_MAX_PARAMETERS];
        int n = node->layer->parameters
                    ? node->layer->parameters(node->config, node->in_shape, info)
                    : 0;

        for (int p = 0; p < n; p++)
            add_size(&sizes, &info[p]);
    }
    return total_bytes(kind, &sizes);
}

static void add_pieces(
    struct optimizer_state *state, const struct parameter *parameter, float *const *slots)
{
    const struct optimizer_settings *settings = &state->settings;
    bool decays =
        parameter->info->kind == PARAMETER_WEIGHT && settings->weight_decay != SETTING_UNSET;

    for (size_t at = 0; at < parameter->count; at += PIECE_FLOATS) {
        size_t left = parameter->count - at;
        struct optimizer_piece *piece = &state->pieces[state->n_pieces++];

        *piece = (struct optimizer_piece){
            .value = parameter->value + at,
            .grad = parameter->grad + at,
            .count = left < PIECE_FLOATS ? left : PIECE_FLOATS,
            .weight_decay = decays ? (float)settings->weight_decay : 0,
            .settings = settings,
        };
        for (int s = 0; s < state->kind->n_slots; s++)
            piece->slot[s] = slots[s] + at;
    }
}

int optimizer_create(struct optimizer_state **state, const struct optimizer_kind *kind,
    const struct optimizer_settings *settings, struct net *net, struct err *err)
{
    struct arena arena = {0};
    struct sizes sizes = {0};
    struct optimizer_state *made;

    *state = NULL;
    for (int i = 0; i < net_parameter_count(net); i++)
        add_size(&sizes, net_parameter(net, i)->info);
    if (arena_init(&arena, total_bytes(kind, &sizes), err) < 0)
        return -1;
    made = arena_take(&arena, sizeof(*made));
    made->slots =
        arena_take(&arena, sizes.parameters * (size_t)kind->n_slots * sizeof(*made->slots));
    made->pieces = arena_take(&arena, sizes.pieces * sizeof(*made->pieces));
    made->kind = kind;
    made->settings = *settings;
    made->net = net;
    for (int i = 0; i < net_parameter_count(net); i++) {
        const struct parameter *parameter = net_parameter(net, i);
        float **slots = made->slots + (size_t)i * (size_t)kind->n_slots;

        if (!parameter->grad)
            continue;
        for (int s = 0; s < kind->n_slots; s++) {
            slots[s] = arena_take(&arena, parameter->count * sizeof(float));
            for (size_t k = 0; kind->slot_starts[s] != 0 && k < parameter->count; k++)
                slots[s][k] = kind->slot_starts[s];
        }
        add_pieces(made, parameter, slots);
    }
    made->arena = arena;
    *state = made;
    return 0;
}

void optimizer_free(struct optimizer_state *state)
{
    struct arena arena;

    if (!state)
        return;
    arena = state->arena;
    arena_release(&arena);
}

static void update_piece(void *context, int block, int thread)
{
    const struct optimizer_state *state = context;
    struct optimizer_piece piece = state->pieces[block];

    (void)thread;
    piece.lr = (float)state->lr;
    piece.step = state->steps;
    state->kind->update(&piece);
}

void optimizer_step(struct optimizer_state *state, double lr)
{
    state->lr = lr;
    state->steps++;
    parallel_for(state->n_pieces, update_piece, state);
}

void optimizer_set_steps(struct optimizer_state *state, int64_t steps)
{
    state->steps = steps;
}

const struct optimizer_kind *optimizer_kind_of(const struct optimizer_state *state)
{
    return state->kind;
}

float *optimizer_slot(const struct optimizer_state *state, int index, int slot)
{
    return state->slots[(size_t)index * (size_t)state->kind->n_slots + (size_t)slot];
}
