/* Writing a plan's study and jobs into a database in one transaction. */
#include "plan_store.h"

#include <math.h>
#include <stdlib.h>

#include "harness/base/str.h"

#define BATCH 5000 /* jobs that are added in one transaction */

static int add_job(struct store *store, const struct plan *plan, int i, struct err *err)
{
    const struct plan_net *net = plan_net(plan, i);
    struct str canonical = STR_INIT;
    struct job_record record;
    bool added = false;
    int result;

    plan_canonical(plan, i, &canonical);
    record = (struct job_record){.id = plan->ids[i],
        .canonical = canonical.text,
        .model = net->spec.name,
        .method = net->scaling.method,
        .depth = net->scaling.depth,
        .width = net->scaling.width,
        .resolution = net->scaling.resolution,
        .input = net->spec.input,
        .seed = plan_seed(plan, i),
        .params = net->cost.parameters,
        .macs = net->cost.macs,
        .train_bytes = net->cost.train_bytes,
        .position = i};
    result = str_check(&canonical, err);
    if (result == 0)
        result = store_add_job(store, plan->study->name, &record, &added, err);
    str_release(&canonical);
    return result;
}

static int add_estimate(struct store *store, const struct plan *plan, int i,
    const struct estimate *estimate, struct err *err)
{
    int net = i % plan->n_nets;

    if (!isfinite(estimate->seconds[net]))
        return 0;
    return store_estimate(
        store, plan->ids[i], estimate->seconds[net], estimate->train_seconds[net], err);
}

/* Jobs first .. end of the plan as one transaction, or their estimates. */
static int add_batch(struct store *store, const struct plan *plan, const struct estimate *estimate,
    int first, int end, struct err *err)
{
    int result = 0;

    if (store_batch_begin(store, err) < 0)
        return -1;
    for (int i = first; result == 0 && i < end; i++)
        result =
            estimate ? add_estimate(store, plan, i, estimate, err) : add_job(store, plan, i, err);
    return store_batch_end(store, result, err);
}

static int add_all(
    struct store *store, const struct plan *plan, const struct estimate *estimate, struct err *err)
{
    for (int i = 0; i < plan->n_jobs; i += BATCH) {
        int end = plan->n_jobs - i < BATCH ? plan->n_jobs : i + BATCH;

        if (add_batch(store, plan, estimate, i, end, err) < 0)
            return -1;
    }
    return 0;
}

int plan_store_estimate(
    const struct plan *plan, const struct estimate *estimate, struct store *store, struct err *err)
{
    return add_all(store, plan, estimate, err);
}

static int drop_other_jobs(
    struct store *store, const struct plan *plan, int *dropped, struct err *err)
{
    size_t n = plan->n_jobs > 0 ? (size_t)plan->n_jobs : 0;
    const char **ids = calloc(n, sizeof(*ids));
    int result;

    if (!ids)
        return err_set(err, ERR_MEMORY, "no memory for %d jobs", plan->n_jobs);
    for (size_t i = 0; i < n; i++)
        ids[i] = plan->ids[i];
    result = store_drop_other_jobs(store, plan->study->name, ids, plan->n_jobs, dropped, err);
    free(ids);
    return result;
}

void plan_images(const struct plan *plan, struct image_set *set)
{
    const struct fingerprint *print = &plan->print;

    *set = (struct image_set){.classes = print->classes,
        .train_images = print->train_images,
        .test_images = print->test_images,
        .bytes = print->bytes};
    str_copy(set->fingerprint, sizeof(set->fingerprint), print->images);
    str_copy(set->names, sizeof(set->names), print->names);
    str_copy(set->root, sizeof(set->root), plan->data.root);
    str_copy(set->packed, sizeof(set->packed), plan->data.packed);
    str_copy(set->class_map, sizeof(set->class_map), plan->data.class_map);
}

static int put_images(const struct plan *plan, struct store *store, struct err *err)
{
    struct image_set set;

    plan_images(plan, &set);
    return set.fingerprint[0] ? store_put_images(store, &set, err) : 0;
}

int plan_store(const struct plan *plan, struct store *store, int *dropped, struct err *err)
{
    const struct study *study = plan->study;

    *dropped = 0;
    if (store_put_study(store, study->name, study->path, study->text.text, err) < 0 ||
        put_images(plan, store, err) < 0)
        return -1;
    if (add_all(store, plan, NULL, err) < 0)
        return -1;
    return drop_other_jobs(store, plan, dropped, err);
}
