/*
 * Table 8 of the EfficientNet paper: accuracies of the EfficientNets on ImageNet's validation and
 * test sets, to see whether choices were made on the validation set. The paper's numbers alone.
 */
#include "table.h"

/* clang-format off */
static const struct printed_row {
    const char *model;
    double val_top1, test_top1, val_top5, test_top5; /* per cent */
} printed[] = {
    {"efficientnet_b0", 77.11, 77.23, 93.35, 93.45},
    {"efficientnet_b1", 79.13, 79.17, 94.47, 94.43},
    {"efficientnet_b2", 80.07, 80.16, 94.90, 94.98},
    {"efficientnet_b3", 81.59, 81.72, 95.67, 95.70},
    {"efficientnet_b4", 82.89, 82.94, 96.37, 96.27},
    {"efficientnet_b5", 83.60, 83.69, 96.71, 96.64},
    {"efficientnet_b6", 83.95, 84.04, 96.76, 96.86},
    {"efficientnet_b7", 84.26, 84.33, 96.97, 96.94},
};
/* clang-format on */
#define N_PRINTED (sizeof(printed) / sizeof(printed[0]))

static const struct column columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "val_top1_paper", .type = COLUMN_REAL, .decimals = 2, .heading = "top-1, validation"},
    {.name = "test_top1_paper", .type = COLUMN_REAL, .decimals = 2, .heading = "test"},
    {.name = "val_top5_paper", .type = COLUMN_REAL, .decimals = 2, .heading = "top-5, validation"},
    {.name = "test_top5_paper", .type = COLUMN_REAL, .decimals = 2, .heading = "test"},
    {0},
};

static int fill(
    struct store *store, const struct table_options *options, struct rowset *rows, struct err *err)
{
    (void)store;
    (void)options;
    (void)err;
    for (size_t i = 0; i < N_PRINTED; i++) {
        rowset_text(rows, printed[i].model);
        rowset_real(rows, printed[i].val_top1);
        rowset_real(rows, printed[i].test_top1);
        rowset_real(rows, printed[i].val_top5);
        rowset_real(rows, printed[i].test_top5);
    }
    return 0;
}

static int add_notes(
    struct store *store, const struct table_options *options, struct str *notes, struct err *err)
{
    (void)store;
    (void)options;
    (void)err;
    str_add(notes, "All numbers are the paper's, in per cent on ImageNet, whose test set has no "
                   "labels that could be used here: nothing in this table is measured.\n");
    return 0;
}

const struct table table_table8 = {
    .name = "table8",
    .summary =
        "Table 8 of the EfficientNet paper: validation and test accuracies, as printed there",
    .columns = columns,
    .fill = fill,
    .notes = add_notes,
};
