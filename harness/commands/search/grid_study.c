/* The study of a grid of alpha, beta and gamma, as YAML. */
#include "grid_study.h"

#include <stdio.h>
#include <stdlib.h>

static struct study_scaling scaling_of(const struct config_place *place, const char *method)
{
    struct study_scaling scaling;

    study_scaling_init(&scaling);
    scaling.place = *place;
    snprintf(scaling.method, sizeof(scaling.method), "%s", method);
    return scaling;
}

static int set_scalings(
    struct study_model *model, const struct grid_point *points, int n_points, struct err *err)
{
    struct study_scaling *scalings = malloc(((size_t)n_points + 1) * sizeof(*scalings));
    struct config_place place = model->place;

    if (!scalings)
        return err_set(err, ERR_MEMORY, "no memory for %d scalings", n_points);
    /* Of points that round to the same network one is enough, as in any grid. */
    place.in_grid = true;
    scalings[0] = scaling_of(&model->place, "baseline");
    for (int i = 0; i < n_points; i++) {
        scalings[i + 1] = scaling_of(&place, "compound");
        scalings[i + 1].phi = 1;
        scalings[i + 1].alpha = points[i].alpha;
        scalings[i + 1].beta = points[i].beta;
        scalings[i + 1].gamma = points[i].gamma;
    }
    free(model->scalings.items);
    model->scalings.items = scalings;
    model->scalings.count = n_points + 1;
    return 0;
}

int grid_study_make(
    struct study *study, const struct grid_options *grid, int *n_points, struct err *err)
{
    struct study_model *models = study->models.items;
    struct grid_point *points;
    int result = compound_grid(grid, &points, n_points, err);

    for (int i = 0; i < study->models.count && result == 0; i++)
        result = set_scalings(&models[i], points, *n_points, err);
    free(points);
    return result;
}
