#include "plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A network beyond what can be counted is here what the file asks for, and so the user's to mend.
 */
static int at_place(const struct study *study, const struct config_place *place, struct err *err)
{
    if (err->code == ERR_NUMERIC)
        err->code = ERR_INPUT;
    return err_context(err, "%s:%d:%d", study->path, place->line, place->column);
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
    if (study->recipe.dropout >= 0)
        named.dropout = study->recipe.dropout;
    if (study->recipe.drop_path >= 0)
        named.drop_path = study->recipe.drop_path;
    if (study->recipe.bn_momentum > 0)
        named.bn_momentum = study->recipe.bn_momentum;
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
    if (scaling_resolve(base, &request, workload_macs, &net->scaling, err) < 0 ||
        scaling_apply(base, &net->scaling, &net->spec, err) < 0)
        return -1;
    if (scaling->input > 0)
        net->spec.input = scaling->input;
    if (workload_cost(&net->spec, recipe_piece(recipe), &net->cost, err) < 0)
        return -1;
    return workload_train_bytes(&net->spec, recipe, &net->cost.train_bytes, err);
}

static int resolve_model(
    struct plan *plan, const struct study_model *model, int classes, struct err *err)
{
    const struct study *study = plan->study;
    const struct study_scaling *scalings = model->scalings.items;
    struct spec base;

    if (resolve_base(study, model, classes, &base, err) < 0)
        return -1;
    for (int baseline = 1; baseline >= 0; baseline--) {
        for (int i = 0; i < model->scalings.count; i++) {
            if (is_baseline(&scalings[i]) != (baseline == 1))
                continue;
            if (resolve_net(&base, &scalings[i], &plan->recipe, &plan->nets[plan->n_nets], err) < 0)
                return at_place(study, &scalings[i].place, err);
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
    plan->nets = calloc((size_t)nets, sizeof(*plan->nets));
    plan->ids = calloc((size_t)jobs, sizeof(*plan->ids));
    if (!plan->nets || !plan->ids)
        return err_set(
            err, ERR_MEMORY, "%s: no memory for a plan of %lld jobs", study->path, (long long)jobs);
    plan->n_jobs = (int)jobs;
    return 0;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two rows of a table cannot be one result. The first seed tells: the others differ in the seed
 * alone. */
static int refuse_twins(const struct plan *plan, struct err *err)
{
    const char **sorted = calloc((size_t)plan->n_nets, sizeof(*sorted));
    int result = 0;

    if (!sorted)
        return err_set(err, ERR_MEMORY, "no memory for a plan of %d networks", plan->n_nets);
    for (int i = 0; i < plan->n_nets; i++)
        sorted[i] = plan->ids[i];
    qsort(sorted, (size_t)plan->n_nets, sizeof(*sorted), compare_ids);
    for (int i = 1; i < plan->n_nets && result == 0; i++) {
        const char *first = sorted[i - 1] < sorted[i] ? sorted[i - 1] : sorted[i];
        const char *second = sorted[i - 1] < sorted[i] ? sorted[i] : sorted[i - 1];
        const struct plan_net *twin;

        if (strcmp(first, second) != 0)
            continue;
        twin = &plan->nets[(const char(*)[SHA256_HEX_BYTES])second - plan->ids];
        err_set(err, ERR_INPUT,
            "this scaling gives the same network as the one at line %d; leave one of them out",
            plan->nets[(const char(*)[SHA256_HEX_BYTES])first - plan->ids].place.line);
        result = at_place(plan->study, &twin->place, err);
    }
    free(sorted);
    return result;
}

int plan_build(struct plan *plan, const struct study *study, int classes, struct err *err)
{
    const struct study_model *models = study->models.items;
    struct job job;

    *plan = (struct plan){.study = study};
    plan->recipe = study->recipe;
    if (allocate(plan, err) < 0 || resolve_data(plan, err) < 0 ||
        recipe_resolve(&plan->recipe, err) < 0)
        return -1;
    for (int i = 0; i < study->models.count; i++)
        if (resolve_model(plan, &models[i], classes, err) < 0)
            return -1;
    /* Without the data's classes no id is final; one seed is then enough to find twins. */
    for (int i = 0; i < (classes > 0 ? plan->n_jobs : plan->n_nets); i++) {
        plan_job(plan, i, &job);
        if (job_identify(&job, plan->ids[i], err) < 0)
            return -1;
    }
    return refuse_twins(plan, err);
}

void plan_release(struct plan *plan)
{
    free(plan->nets);
    free(plan->ids);
    *plan = (struct plan)PLAN_INIT;
}

/* The study's mistakes come before those of the data, which may be on another machine or still to
 * be fetched. */
int plan_load(struct plan *plan, struct study *study, const char *path, struct err *err)
{
    struct workload workload;
    struct job job;
    int classes;

    *plan = (struct plan)PLAN_INIT;
    if (study_load(study, path, err) < 0 || plan_build(plan, study, 0, err) < 0)
        return -1;
    plan_job(plan, 0, &job);
    if (job_workload(&job, &workload, err) < 0 ||
        workload_data_check(&workload.data, &classes, err) < 0)
        return err_context(err, "%s", path);
    plan_release(plan);
    return plan_build(plan, study, classes, err);
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
    *job = (struct job){.numerics = NUMERICS_VERSION,
        .spec = plan_net(plan, i)->spec,
        .data = plan->data,
        .recipe = plan->recipe,
        .seed = plan_seed(plan, i)};
    /* The spec has these already. */
    job->recipe.dropout = job->recipe.drop_path = RECIPE_MODEL_DEFAULT;
    job->recipe.bn_momentum = RECIPE_DEFAULT;
}
