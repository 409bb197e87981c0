/* What there is to choose from, and whether it is whole: data_list and data_verify of fetch.h. */
#include <string.h>

#include "workloads/data/dataset/dataset.h"
#include "workloads/data/fetch/fetch.h"
#include "workloads/data/formats/fetch_events.h"
#include "workloads/data/fetch/fetched.h"
#include "data_sets.h"

const struct column data_list_columns[] = {
    {.name = "name", .type = COLUMN_TEXT},
    {.name = "images", .type = COLUMN_INT},
    {.name = "classes", .type = COLUMN_INT},
    {.name = "bytes", .type = COLUMN_INT},
    {.name = "licence", .type = COLUMN_TEXT},
    {.name = "source", .type = COLUMN_TEXT},
    {.name = "present", .type = COLUMN_TEXT},
    {.name = "root", .type = COLUMN_TEXT, .json_only = true},
    {.name = "page", .type = COLUMN_TEXT, .json_only = true},
    {.name = "summary", .type = COLUMN_TEXT, .json_only = true},
    {0},
};

const struct column data_verify_columns[] = {
    {.name = "path", .type = COLUMN_TEXT},
    {.name = "problem", .type = COLUMN_TEXT},
    {0},
};

static void count_cell(struct rowset *rows, int64_t count)
{
    if (count > 0)
        rowset_int(rows, count);
    else
        rowset_null(rows);
}

/* "www.cs.toronto.edu" of "https://www.cs.toronto.edu/~kriz/cifar.html" */
static const char *host_of(const char *page, char *host, size_t size)
{
    const char *from = strstr(page, "://");

    str_copy(host, size, from ? from + 3 : page);
    host[strcspn(host, "/")] = '\0';
    return host;
}

int data_list(struct rowset *rows, struct err *err)
{
    for (const struct dataset_kind *const *kind = dataset_kinds(); *kind; kind++) {
        const struct source *source = (*kind)->source;
        char root[PATH_BYTES] = "", host[64];

        rowset_text(rows, (*kind)->name);
        count_cell(rows, source ? source->train + source->test : 0);
        count_cell(rows, source ? source->classes : 0);
        count_cell(rows, source ? source_bytes(source) : 0);
        rowset_text(rows, source ? source->licence : NULL);
        if (source) {
            rowset_text(rows, host_of(source->page, host, sizeof(host)));
            if (data_default_root((*kind)->name, root, err) < 0)
                return -1;
            rowset_text(rows, file_is_folder(root) ? "yes" : "no");
        } else {
            rowset_text(rows, (*kind)->needs_root ? "your own" : "drawn by the program");
            rowset_text(rows, (*kind)->needs_root ? NULL : "yes");
        }
        rowset_text(rows, root[0] ? root : NULL);
        rowset_text(rows, source ? source->page : NULL);
        rowset_text(rows, (*kind)->summary);
    }
    return 0;
}

/* A set without a list of files: every image must decode. */
static int decode_all(const struct dataset *set, const struct fetch_events *events,
    struct rowset *rows, int64_t *checked, struct err *err)
{
    int64_t done = 0, total = 0;
    struct image image = {0};
    int result = 0;

    for (int s = 0; s < SPLIT_COUNT; s++)
        total += dataset_count(set, (enum split)s);
    for (int s = 0; s < SPLIT_COUNT && result == 0; s++)
        for (int i = 0; i < dataset_count(set, (enum split)s) && result == 0; i++) {
            const char *path = dataset_path(set, (enum split)s, i);
            struct err why = {0};

            if (dataset_read(set, (enum split)s, i, &image, &why) < 0) {
                rowset_text(rows, path ? path : set->kind->name);
                rowset_text(rows, why.message);
            }
            *checked = ++done;
            fetch_show(events, FETCH_CHECKING, set->kind->name, done, total);
            if (fetch_should_stop(events))
                result =
                    err_set(err, ERR_INTERRUPTED, "stopped after %lld images", (long long)*checked);
        }
    image_release(&image);
    return result;
}

int data_verify(const char *name, const char *root, const struct fetch_events *events,
    struct rowset *rows, int64_t *checked, struct err *err)
{
    const struct dataset_kind *kind = dataset_kind_find(name, err);
    struct data_config config;
    char place[PATH_BYTES];
    struct dataset *set;
    int result;

    *checked = 0;
    if (!kind)
        return -1;
    data_config_init(&config);
    str_copy(config.name, sizeof(config.name), name);
    if (root && root[0] && file_expand_home(root, config.root, err) < 0)
        return -1;
    str_copy(place, sizeof(place), config.root);
    if (!place[0] && kind->source && data_default_root(name, place, err) < 0)
        return -1;
    if (place[0] && fetched_is_complete(place, NULL))
        return fetched_verify(place, events, rows, checked, err);
    if (dataset_open(&set, &config, 0, err) < 0)
        return -1;
    result = decode_all(set, events, rows, checked, err);
    dataset_free(set);
    return result;
}
