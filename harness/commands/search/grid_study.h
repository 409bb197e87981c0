/*
 * The study that trains a grid of compound coefficients (scalers/grid.h): another study's models,
 * data, recipes and seeds, each baseline with every point of the grid at phi = 1.
 *
 *     if (study_load(&study, path, err) < 0 || grid_study_make(&study, &grid, &n, err) < 0 || ...
 *     plan_build(&plan, &study, 0, PLAN_FILE, err); plan_show(&plan, &study, false, &text, err)
 */
#ifndef SCALESTUDY_HARNESS_COMMANDS_SEARCH_GRID_STUDY_H
#define SCALESTUDY_HARNESS_COMMANDS_SEARCH_GRID_STUDY_H

#include "scalers/grid.h"
#include "harness/study/study.h"

/* The study's scalings become the baseline and the grid's *n_points. The name stays. */
int grid_study_make(struct study *study, const struct grid_options *grid, int *n_points,
    struct err *err) MUST_CHECK;

#endif
