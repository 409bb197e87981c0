/* A study in full, as a file that needs no other. */
#include <stdint.h>
#include <stdlib.h>

#include "plan.h"

/* Networks that a grid has twice are written once: by hand they would be a mistake. */
static void drop_twins(struct study *study, const struct plan *plan)
{
    struct study_model *models = study->models.items;
    int kept_models = 0;

    for (int i = 0; i < plan->n_skipped; i++)
        if (plan->skipped[i].is_twin)
            ((struct study_scaling *)(uintptr_t)plan->skipped[i].net.asked)->method[0] = '\0';
    for (int i = 0; i < study->models.count; i++) {
        struct study_scaling *scalings = models[i].scalings.items;
        int kept = 0;

        for (int k = 0; k < models[i].scalings.count; k++)
            if (scalings[k].method[0])
                scalings[kept++] = scalings[k];
        models[i].scalings.count = kept;
        if (kept > 0)
            models[kept_models++] = models[i];
        else
            free(scalings);
    }
    study->models.count = kept_models;
}

/* What the plan found out about defaults that others decide. */
static int fill_in(struct study *study, const struct plan *plan, struct err *err)
{
    struct study_model *models = study->models.items;

    study->recipe = plan->recipe;
    study->data = plan->data;
    for (int i = 0; i < study->models.count; i++) {
        struct spec spec;

        models[i].recipe = plan->recipes[i];
        if (models[i].input > 0)
            continue;
        if (spec_find(models[i].base, &spec, err) < 0)
            return -1;
        models[i].input = spec.input;
    }
    drop_twins(study, plan);
    return 0;
}

int plan_show(
    const struct plan *plan, struct study *study, bool json, struct str *to, struct err *err)
{
    if (fill_in(study, plan, err) < 0)
        return -1;
    if (json)
        config_show_json(&study_table, study, to);
    else
        config_show(&study_table, study, to);
    return str_check(to, err);
}
