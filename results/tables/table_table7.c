/* Table 7 of the EfficientNet paper. */
#include "scaled_table.h"

static int fill(
    struct store *store, const struct table_options *options, struct rowset *rows, struct err *err)
{
    return scaled_table_fill("table7", store, options, rows, err);
}

static int notes(
    struct store *store, const struct table_options *options, struct str *to, struct err *err)
{
    return scaled_table_notes("table7", store, options, to, err);
}

const struct table table_table7 = {
    .name = "table7",
    .summary =
        "Table 7 of the EfficientNet paper: EfficientNet-B0 scaled four ways, counted and measured",
    .columns = scaled_table_columns,
    .fill = fill,
    .notes = notes,
};
