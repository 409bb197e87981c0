/* Table 3 of the EfficientNet paper. */
#include "scaled_table.h"

static int fill(
    struct store *store, const struct table_options *options, struct rowset *rows, struct err *err)
{
    return scaled_table_fill("table3", store, options, rows, err);
}

static int notes(
    struct store *store, const struct table_options *options, struct str *to, struct err *err)
{
    return scaled_table_notes("table3", store, options, to, err);
}

const struct table table_table3 = {
    .name = "table3",
    .summary =
        "Table 3 of the EfficientNet paper: exact FLOPs and measured accuracies beside the paper's",
    .columns = scaled_table_columns,
    .fill = fill,
    .notes = notes,
};
