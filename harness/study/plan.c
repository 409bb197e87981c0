/* Expanding a study: networks from models and scalings, jobs from networks and seeds, and their
 * order. */
#include "plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A network beyond what can be counted is here what the file asks for, and so the user's to mend.
 */
static int at_place(const struct study *study, const struct config_place *place, struct err *err)
{
    if (err->code == ERR_NUMERIC)
        err->code = ERR_INPUT;
    return err_context(
        err, "%s:%d:%d", place->file ? place->file : study->path, place->line, place->column);
}

static bool is_baseline(const struct study_scaling *scaling)
{
    return strcmp(scaling->method, "baseline") == 0;
}

/* The study's own baseline: what its factors are over. */
static int resolve_base(const struct study *study, const struct study_model *model, int classes,
    struct spec *base, struct err *err)
{
    struct spec named;

    if (spec_find(model->base, &named, err) < 0)
        return at_place(study, &model->place, err);
    if (model->input > 0)
        named.input = model->input;
    if (classes > 0)
        named.classes = classes;
    if (model->recipe.dropout >= 0)
        named.dropout = model->recipe.dropout;
    if (model->recipe.drop_path >= 0)
        named.drop_path = model->recipe.drop_path;
    if (model->recipe.bn_momentum > 0)
        named.bn_momentum = model->recipe.bn_momentum;
    if (variant_apply(&named, &model->variant.variant, base, err) < 0)
        return at_place(
            study, model->variant.place.line ? &model->variant.place : &model->place, err);
    return 0;
}

static int resolve_net(const struct spec *base, const struct study_scaling *scaling,
    const struct recipe *recipe, struct plan_net *net, struct err *err)
{
    struct scaling_request request;

    scaling_request_init(&request, scaling->method);
    request.depth = scaling->depth;
    request.width = scaling->width;
    request.resolution = scaling->resolution;
    request.factor = scaling->factor;
    request.phi = scaling->phi;
    request.alpha = scaling->alpha;
    request.beta = scaling->beta;
    request.gamma = scaling->gamma;
    request.flops = scaling->flops.absolute;
    request.flops_ratio = scaling->flops.ratio;
    net->place = scaling->place;
    net->asked = scaling;
    net->recipe = recipe;
    if (scaling_resolve(base, &request, workload_macs, &net->scaling, err) < 0 ||
        scaling_apply(base, &net->scaling, &net->spec, err) < 0)
        return -1;
    if (scaling->input > 0)
        net->spec.input = scaling->input;
    if (workload_train_check(&net->spec, recipe, 0, err) < 0 ||
        workload_cost(&net->spec, recipe_piece(recipe), &net->cost, err) < 0)
        return -1;
    return workload_train_bytes(&net->spec, recipe, &net->cost.train_bytes, err);
}

static void skip(struct plan *plan, const struct plan_net *net, bool is_twin, const char *reason)
{
    struct plan_skip *skipped = &plan->skipped[plan->n_skipped++];

    skipped->net = *net;
    skipped->is_twin = is_twin;
    str_copy(skipped->reason, sizeof(skipped->reason), reason);
}

/* Whether a cost is over its limit, and the words for that. */
static bool is_over(const char *what, int64_t cost, double limit, char reason[128])
{
    if (isnan(limit) || (double)cost <= limit)
        return false;
    snprintf(reason, 128, "%s of %lld, over %.10g", what, (long long)cost, limit);
    return true;
}

static bool is_beyond(
    const struct plan_net *net, const struct study_limits *limits, char reason[128])
{
    return is_over("macs", net->cost.macs, limits->macs, reason) ||
           is_over("params", net->cost.parameters, limits->params, reason) ||
           is_over("train_bytes", net->cost.train_bytes, limits->train_bytes, reason);
}

static int resolve_model(struct plan *plan, int number, int classes, struct err *err)
{
    const struct study *study = plan->study;
    const struct study_model *model = (const struct study_model *)study->models.items + number;
    const struct study_scaling *scalings = model->scalings.items;
    struct spec base;

    plan->recipes[number] = model->recipe;
    if (recipe_resolve(&plan->recipes[number], err) < 0)
        return at_place(study, &model->place, err);
    if (resolve_base(study, model, classes, &base, err) < 0)
        return -1;
    for (int baseline = 1; baseline >= 0; baseline--) {
        for (int i = 0; i < model->scalings.count; i++) {
            struct plan_net *net = &plan->nets[plan->n_nets];
            char reason[128];

            if (is_baseline(&scalings[i]) != (baseline == 1))
                continue;
            if (resolve_net(&base, &scalings[i], &plan->recipes[number], net, err) < 0)
                return at_place(study, &scalings[i].place, err);
            /* Without the data's classes no cost is final. */
            if (classes > 0 && is_beyond(net, &model->skip_over, reason))
                skip(plan, net, false, reason);
            else
                plan->n_nets++;
        }
    }
    return 0;
}

static int resolve_data(struct plan *plan, struct err *err)
{
    const struct data_config *given = &plan->study->data;

    plan->data = *given;
    if (!isnan(given->mean[0]) && !isnan(given->std[0]))
        return 0;
    if (workload_data_defaults(&plan->data, err) < 0)
        return err_context(err, "%s", plan->study->path);
    for (int i = 0; i < 3; i++) {
        if (!isnan(given->mean[i]))
            plan->data.mean[i] = given->mean[i];
        if (!isnan(given->std[i]))
            plan->data.std[i] = given->std[i];
    }
    return 0;
}

static int allocate(struct plan *plan, struct err *err)
{
    const struct study *study = plan->study;
    const struct study_model *models = study->models.items;
    int64_t nets = 0, jobs;

    for (int i = 0; i < study->models.count; i++)
        nets += models[i].scalings.count;
    jobs = nets * study->seeds.count;
    if (jobs > PLAN_MAX_JOBS)
        return err_set(err, ERR_INPUT, "%s: the study has %lld jobs; the most is %d", study->path,
            (long long)jobs, PLAN_MAX_JOBS);
    plan->recipes = calloc((size_t)study->models.count, sizeof(*plan->recipes));
    plan->nets = calloc((size_t)nets, sizeof(*plan->nets));
    plan->skipped = calloc((size_t)nets, sizeof(*plan->skipped));
    plan->ids = calloc((size_t)jobs, sizeof(*plan->ids));
    if (!plan->recipes || !plan->nets || !plan->skipped || !plan->ids)
        return err_set(
            err, ERR_MEMORY, "%s: no memory for a plan of %lld jobs", study->path, (long long)jobs);
    return 0;
}

/* ---- twins ---- */

static bool same_place(const struct config_place *a, const struct config_place *b)
{
    return a->line == b->line && a->column == b->column &&
           (a->file == b->file || (a->file && b->file && strcmp(a->file, b->file) == 0));
}

struct named_net {
    const char *id; /* with the first seed */
    bool is_scaled, in_grid;
    int net;
};

static int compare_ids(const void *a, const void *b)
{
    const struct named_net *x = a, *y = b;
    int order = strcmp(x->id, y->id);

    /* A baseline stays, since gains are over it, and then what was written by hand. */
    if (order == 0)
        order = (int)x->is_scaled - (int)y->is_scaled;
    if (order == 0)
        order = (int)x->in_grid - (int)y->in_grid;
    return order ? order : x->net - y->net;
}

/* Two rows of a table cannot be one result. A grid may reach a network that the study already has, and
 * so may two models of it: a variant of width 0.25 scaled by w = 2 is the variant of width 0.5. One of
 * the two is then skipped. Within one model, written by hand, it is a mistake. is_twin: [n_nets]. */
static int find_twins(
    struct plan *plan, const struct named_net *sorted, bool *is_twin, struct err *err)
{
    for (int i = 1, first = 0; i < plan->n_nets; i++) {
        const struct plan_net *net = &plan->nets[sorted[i].net];
        const struct plan_net *other = &plan->nets[sorted[first].net];

        if (strcmp(sorted[i].id, sorted[first].id) != 0) {
            first = i;
            continue;
        }
        if (!sorted[i].in_grid && net->recipe == other->recipe &&
            !same_place(&net->place, &other->place)) {
            err_set(err, ERR_INPUT,
                "this scaling gives the same network as the one at line %d; leave one of them out",
                other->place.line);
            return at_place(plan->study, &net->place, err);
        }
        is_twin[sorted[i].net] = true;
    }
    return 0;
}

static void drop_twins(struct plan *plan, const bool *is_twin)
{
    int kept = 0;

    for (int i = 0; i < plan->n_nets; i++) {
        if (is_twin[i])
            skip(plan, &plan->nets[i], true, "the study has the same network elsewhere");
        else
            plan->nets[kept++] = plan->nets[i];
    }
    plan->n_nets = kept;
}

static int settle_twins(struct plan *plan, struct err *err)
{
    struct named_net *sorted = calloc((size_t)plan->n_nets, sizeof(*sorted));
    bool *is_twin = calloc((size_t)plan->n_nets, sizeof(*is_twin));
    int result = -1;

    if (!sorted || !is_twin) {
        err_set(err, ERR_MEMORY, "no memory for a plan of %d networks", plan->n_nets);
        goto done;
    }
    for (int i = 0; i < plan->n_nets; i++)
        sorted[i] = (struct named_net){.id = plan->ids[i],
            .is_scaled = strcmp(plan->nets[i].scaling.method, "baseline") != 0,
            .in_grid = plan->nets[i].place.in_grid,
            .net = i};
    qsort(sorted, (size_t)plan->n_nets, sizeof(*sorted), compare_ids);
    result = find_twins(plan, sorted, is_twin, err);
    if (result == 0)
        drop_twins(plan, is_twin);
done:
    free(sorted);
    free(is_twin);
    return result;
}

/* ---- order ---- */

double plan_work(const struct plan_net *net)
{
    return (double)net->cost.macs * net->recipe->epochs;
}

struct ranked_net {
    struct plan_net net;
    double rank;
    int place;
};

static int compare_ranks(const void *a, const void *b)
{
    const struct ranked_net *x = a, *y = b;

    return x->rank != y->rank ? (x->rank > y->rank) - (x->rank < y->rank) : x->place - y->place;
}

static double rank_of(const struct plan_net *net, enum plan_order order)
{
    switch (order) {
    case PLAN_TELLING:
        return strcmp(net->scaling.method, "baseline") == 0 ? 0 : plan_work(net);
    case PLAN_CHEAP:
        return plan_work(net);
    case PLAN_LONG:
        return -plan_work(net);
    case PLAN_FILE:
        break;
    }
    return 0;
}

static int sort_nets(struct plan *plan, enum plan_order order, struct err *err)
{
    struct ranked_net *ranked = calloc((size_t)plan->n_nets, sizeof(*ranked));

    if (!ranked)
        return err_set(err, ERR_MEMORY, "no memory for a plan of %d networks", plan->n_nets);
    for (int i = 0; i < plan->n_nets; i++)
        ranked[i] = (struct ranked_net){
            .net = plan->nets[i], .rank = rank_of(&plan->nets[i], order), .place = i};
    qsort(ranked, (size_t)plan->n_nets, sizeof(*ranked), compare_ranks);
    for (int i = 0; i < plan->n_nets; i++)
        plan->nets[i] = ranked[i].net;
    free(ranked);
    return 0;
}

int plan_order_find(const char *name, enum plan_order *order, struct err *err)
{
    static const char *const names[] = {[PLAN_TELLING] = "telling",
        [PLAN_FILE] = "file",
        [PLAN_CHEAP] = "cheap",
        [PLAN_LONG] = "long",
        NULL};
    int place = name ? str_find("order", name, names, err) : 0;

    if (place < 0)
        return -1;
    *order = (enum plan_order)place;
    return 0;
}

/* ---- the plan ---- */

/* With the first seed alone. */
static int identify_nets(struct plan *plan, struct err *err)
{
    struct job job;

    for (int i = 0; i < plan->n_nets; i++) {
        plan_job(plan, i, &job);
        if (job_identify(&job, plan->ids[i], err) < 0)
            return -1;
    }
    return 0;
}

static int identify_jobs(struct plan *plan, struct err *err)
{
    struct str text = STR_INIT;
    int result = 0;

    plan->texts = calloc((size_t)plan->n_nets, sizeof(*plan->texts));
    if (!plan->texts)
        return err_set(err, ERR_MEMORY, "no memory for a plan of %d networks", plan->n_nets);
    for (int i = 0; i < plan->n_nets; i++)
        plan->texts[i] = (struct job_series)JOB_SERIES_INIT;
    for (int i = 0; i < plan->n_nets && result == 0; i++) {
        struct job job;

        plan_job(plan, i, &job);
        result = job_series_make(&plan->texts[i], &job, err);
    }
    for (int i = 0; i < plan->n_jobs && result == 0; i++) {
        str_clear(&text);
        plan_canonical(plan, i, &text);
        result = str_check(&text, err);
        if (result == 0)
            result = sha256_hex(text.text, text.length, plan->ids[i], err);
    }
    str_release(&text);
    return result;
}

static int refuse_nothing(const struct plan *plan, struct err *err)
{
    if (plan->n_nets > 0)
        return 0;
    return err_set(err, ERR_INPUT,
        "%s: skip_over leaves none of its %d networks (the first has %s)", plan->study->path,
        plan->n_skipped, plan->skipped[0].reason);
}

int plan_build(struct plan *plan, const struct study *study, int classes, enum plan_order order,
    struct err *err)
{
    *plan = (struct plan){.study = study};
    plan->recipe = study->recipe;
    if (allocate(plan, err) < 0 || resolve_data(plan, err) < 0 ||
        recipe_resolve(&plan->recipe, err) < 0)
        return -1;
    for (int i = 0; i < study->models.count; i++)
        if (resolve_model(plan, i, classes, err) < 0)
            return -1;
    if (refuse_nothing(plan, err) < 0)
        return -1;
    /* The first seed tells twins: the others differ in the seed alone. */
    if (identify_nets(plan, err) < 0 || settle_twins(plan, err) < 0 ||
        sort_nets(plan, order, err) < 0)
        return -1;
    plan->n_jobs = plan->n_nets * study->seeds.count;
    /* Without the data's classes no id is final. */
    return classes > 0 ? identify_jobs(plan, err) : identify_nets(plan, err);
}

void plan_release(struct plan *plan)
{
    for (int i = 0; plan->texts && i < plan->n_nets; i++)
        job_series_release(&plan->texts[i]);
    free(plan->texts);
    free(plan->recipes);
    free(plan->nets);
    free(plan->skipped);
    free(plan->ids);
    *plan = (struct plan)PLAN_INIT;
}

/* What the number of images alone shows. */
static int check_training(const struct plan *plan, struct err *err)
{
    for (int i = 0; i < plan->n_nets; i++) {
        const struct plan_net *net = &plan->nets[i];

        if (workload_train_check(&net->spec, net->recipe, plan->notes.train_images, err) < 0)
            return at_place(plan->study, &net->place, err);
    }
    return 0;
}

/* The study's mistakes come before those of the data, which may be on another machine or still to
 * be fetched. */
static int load(struct plan *plan, struct study *study, const char *path, enum plan_order order,
    bool anyway, struct err *err)
{
    struct fingerprint print = {.bytes = -1};
    struct workload workload;
    struct data_notes notes;
    struct job job;
    int classes;

    *plan = (struct plan)PLAN_INIT;
    if (study_load(study, path, err) < 0 || plan_build(plan, study, 0, order, err) < 0)
        return -1;
    plan_job(plan, 0, &job);
    if (job_workload(&job, &workload, err) < 0)
        return err_context(err, "%s", path);
    if (anyway && !workload_data_is_there(&workload.data)) {
        classes = workload.data.classes > 0 ? workload.data.classes
                                            : workload_dataset_classes(workload.data.name);
        if (plan_suppose(plan, study, &print, classes, order, err) < 0)
            return -1;
        plan->unseen = true;
        return 0;
    }
    if (workload_data_check(&workload.data, &classes, &notes, &print, err) < 0)
        return err_context(err, "%s", path);
    if (plan_suppose(plan, study, &print, classes, order, err) < 0)
        return -1;
    plan->notes = notes;
    return check_training(plan, err);
}

int plan_load(struct plan *plan, struct study *study, const char *path, enum plan_order order,
    struct err *err)
{
    return load(plan, study, path, order, false, err);
}

int plan_load_anyway(struct plan *plan, struct study *study, const char *path,
    enum plan_order order, struct err *err)
{
    return load(plan, study, path, order, true, err);
}

int plan_suppose(struct plan *plan, struct study *study, const struct fingerprint *print,
    int classes, enum plan_order order, struct err *err)
{
    plan_release(plan);
    str_copy(study->data.images, sizeof(study->data.images), print->images);
    if (plan_build(plan, study, classes, order, err) < 0)
        return -1;
    plan->print = *print;
    return 0;
}

const struct plan_net *plan_net(const struct plan *plan, int i)
{
    return &plan->nets[i % plan->n_nets];
}

int64_t plan_seed(const struct plan *plan, int i)
{
    return ((const int64_t *)plan->study->seeds.items)[i / plan->n_nets];
}

void plan_job(const struct plan *plan, int i, struct job *job)
{
    *job = (struct job){.spec = plan_net(plan, i)->spec,
        .data = plan->data,
        .recipe = *plan_net(plan, i)->recipe,
        .seed = plan_seed(plan, i)};
    job->numerics = workload_numerics(&job->spec, &job->recipe);
    /* The spec has these already. */
    job->recipe.dropout = job->recipe.drop_path = RECIPE_MODEL_DEFAULT;
    job->recipe.bn_momentum = RECIPE_DEFAULT;
}

void plan_canonical(const struct plan *plan, int i, struct str *text)
{
    struct job job;

    if (plan->texts) {
        job_series_canonical(&plan->texts[i % plan->n_nets], plan_seed(plan, i), text);
    } else {
        plan_job(plan, i, &job);
        job_canonical(&job, text);
    }
}
