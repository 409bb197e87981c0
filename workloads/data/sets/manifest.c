/* Images named by a table: CSV (RFC 4180) with the columns path, class and, if one likes, split. Which
 * split is which, and what is done without: splits.h. */
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "harness/base/str.h"
#include "image_list.h"
#include "workloads/data/dataset/splits.h"

#define MANIFEST_MAX_BYTES ((size_t)1 << 30)
#define MAX_COLUMNS        32

enum { COLUMN_PATH, COLUMN_CLASS, COLUMN_SPLIT, COLUMNS_WANTED };

static const char *const wanted[COLUMNS_WANTED] = {"path", "class", "split"};

struct reading {
    struct str content;
    char *at; /* next record; cells are ended in place */
    int line; /* of that record, from 1 */
    char file[PATH_BYTES];
    int place[COLUMNS_WANTED], n_columns; /* where the wanted columns are; -1: there is none */
    int best[SPLIT_COUNT]; /* rank of the name that is used for each split; -1: none is there */
    struct image_list list;
    struct name_list classes;
};

/* A cell in quotes, with doubled ones inside, ended in place; NULL: its end is missing. */
static char *unquote(struct reading *reading, char **after)
{
    char *from = reading->at + 1, *to = reading->at;

    for (;; from++) {
        if (*from == '"' && from[1] == '"')
            from++;
        else if (*from == '"')
            break;
        if (!*from)
            return NULL;
        reading->line += *from == '\n';
        *to++ = *from;
    }
    *after = from + 1;
    return to;
}

/* Cells of the next record: their number, 0 at the end, -1 on error. */
static int next_record(struct reading *reading, char *cells[MAX_COLUMNS], struct err *err)
{
    int n = 0;

    while (*reading->at == '\n' || *reading->at == '\r') {
        reading->line += *reading->at == '\n';
        reading->at++;
    }
    if (!*reading->at)
        return 0;
    for (;;) {
        char *end, *after, separator;

        if (n == MAX_COLUMNS)
            return err_set(err, ERR_INPUT, "%s:%d has more than %d columns", reading->file,
                reading->line, MAX_COLUMNS);
        cells[n++] = reading->at;
        if (*reading->at == '"') {
            int line = reading->line;

            end = unquote(reading, &after);
            if (!end)
                return err_set(err, ERR_INPUT, "%s:%d begins a quoted cell that does not end",
                    reading->file, line);
        } else {
            end = after = reading->at + strcspn(reading->at, ",\r\n");
        }
        separator = *after;
        if (separator && !strchr(",\r\n", separator))
            return err_set(err, ERR_INPUT, "%s:%d has something after a quoted cell", reading->file,
                reading->line);
        reading->at = separator ? after + 1 : after;
        *end = '\0';
        if (separator == '\n')
            reading->line++;
        if (separator != ',')
            return n;
    }
}

static int read_heading(struct reading *reading, struct err *err)
{
    char *cells[MAX_COLUMNS];
    int n = next_record(reading, cells, err);

    if (n < 0)
        return -1;
    for (int c = 0; c < COLUMNS_WANTED; c++) {
        reading->place[c] = -1;
        for (int i = 0; i < n; i++)
            if (strcmp(cells[i], wanted[c]) == 0)
                reading->place[c] = i;
    }
    reading->n_columns = n;
    if (reading->place[COLUMN_PATH] < 0 || reading->place[COLUMN_CLASS] < 0)
        return err_set(err, ERR_INPUT,
            "%s has no line of headings with `path` and `class` (and `split`, if one likes) in it, "
            "with commas between them",
            reading->file);
    return 0;
}

/* A record with all cells that are needed; 0 at the end. */
static int next_image(struct reading *reading, char *cells[MAX_COLUMNS], struct err *err)
{
    int line = reading->line, n = next_record(reading, cells, err);

    if (n > 0 && n != reading->n_columns)
        return err_set(err, ERR_INPUT, "%s:%d has %d cells, but there are %d headings",
            reading->file, line, n, reading->n_columns);
    if (n > 0 &&
        (!cells[reading->place[COLUMN_PATH]][0] || !cells[reading->place[COLUMN_CLASS]][0]))
        return err_set(err, ERR_INPUT, "%s:%d has an empty path or class", reading->file, line);
    return n;
}

/* The split of a record, and whether it is the one that is used. */
static int find_split(const struct reading *reading, char *const cells[MAX_COLUMNS], int line,
    enum split *split, int *rank, struct err *err)
{
    const char *word;

    *split = SPLIT_TRAIN;
    *rank = -1;
    if (reading->place[COLUMN_SPLIT] < 0)
        return 0;
    word = cells[reading->place[COLUMN_SPLIT]];
    *rank = split_rank(word, split);
    return *rank >= 0 ? 0
                      : err_set(err, ERR_INPUT, "%s:%d has a split that is none of %s",
                            reading->file, line, SPLIT_WORDS);
}

/* Which names of splits are used: the first of each that is there. */
static int read_splits(struct reading *reading, struct err *err)
{
    struct dataset *set = reading->list.set;
    char *cells[MAX_COLUMNS];
    int n, rank, line = reading->line;
    enum split split;

    for (; (n = next_image(reading, cells, err)) > 0; line = reading->line) {
        if (find_split(reading, cells, line, &split, &rank, err) < 0)
            return -1;
        if (rank < 0 || (reading->best[split] >= 0 && reading->best[split] <= rank))
            continue;
        reading->best[split] = rank;
        str_copy(set->split_names[split], sizeof(set->split_names[split]),
            cells[reading->place[COLUMN_SPLIT]]);
    }
    set->splits_drawn = reading->place[COLUMN_SPLIT] < 0;
    return n;
}

/* The names of the classes, sorted, each once. */
static int read_classes(struct reading *reading, struct err *err)
{
    struct name_list *classes = &reading->classes;
    char *cells[MAX_COLUMNS];
    int n, rank, kept = 0, line = reading->line;
    enum split split;

    for (; (n = next_image(reading, cells, err)) > 0; line = reading->line) {
        const char *name = cells[reading->place[COLUMN_CLASS]];

        if (find_split(reading, cells, line, &split, &rank, err) < 0)
            return -1;
        /* Manifests tend to go class by class. */
        if (rank == (reading->place[COLUMN_SPLIT] < 0 ? -1 : reading->best[split]) &&
            (classes->n == 0 || strcmp(classes->names[classes->n - 1], name) != 0) &&
            name_list_add(classes, name, err) < 0)
            return -1;
    }
    if (n < 0)
        return -1;
    name_list_sort(classes);
    for (int i = 0; i < classes->n; i++) {
        if (kept > 0 && strcmp(classes->names[kept - 1], classes->names[i]) == 0)
            free(classes->names[i]);
        else
            classes->names[kept++] = classes->names[i];
    }
    classes->n = kept;
    return 0;
}

static int read_images(struct reading *reading, struct err *err)
{
    struct left_out *left_out = &reading->list.set->left_out;
    char *cells[MAX_COLUMNS];
    int n, rank, line = reading->line;
    enum split split;

    for (; (n = next_image(reading, cells, err)) > 0; line = reading->line) {
        const char *path = cells[reading->place[COLUMN_PATH]];
        int class = name_list_find(&reading->classes, cells[reading->place[COLUMN_CLASS]]);

        if (find_split(reading, cells, line, &split, &rank, err) < 0)
            return -1;
        if (rank >= 0 && rank != reading->best[split])
            left_out_add(left_out, LEFT_OUT_SPLIT, path, 1);
        else if (image_list_add(&reading->list, split, path, class, err) < 0)
            return err_context(err, "%s:%d", reading->file, line);
    }
    return n;
}

/* From the top: the file is read three times, for cells are ended in place. */
static int rewind_to_images(struct reading *reading, struct err *err)
{
    if (file_read_text(reading->file, MANIFEST_MAX_BYTES, &reading->content, err) < 0)
        return -1;
    reading->at = reading->content.text;
    reading->line = 1;
    return read_heading(reading, err);
}

static int open_manifest(
    struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    struct reading reading = {.content = STR_INIT, .best = {-1, -1}, .list = {.set = set}};
    int result = -1;

    if (file_is_folder(config->root)
            ? file_join(reading.file, config->root, "manifest.csv", err) < 0
            : !str_copy(reading.file, sizeof(reading.file), config->root))
        return -1;
    if (!file_exists(reading.file))
        return err_set(err, ERR_INPUT,
            "there is no %s; the root of a manifest is a CSV file with the columns path, class and "
            "split, or a folder with a manifest.csv",
            reading.file);
    file_folder_of(reading.file, set->config.root);
    if (rewind_to_images(&reading, err) < 0 || read_splits(&reading, err) < 0 ||
        rewind_to_images(&reading, err) < 0 || read_classes(&reading, err) < 0)
        goto done;
    if (reading.classes.n == 0) {
        err_set(err, ERR_INPUT, "%s names no images, only its columns", reading.file);
        goto done;
    }
    if (rewind_to_images(&reading, err) < 0 ||
        image_list_begin(&reading.list, set, &reading.classes, IMAGE_LIST_SORTED, classes, err) <
            0 ||
        read_images(&reading, err) < 0)
        goto done;
    result = image_list_finish(&reading.list, err);
done:
    str_release(&reading.content);
    name_list_release(&reading.classes);
    image_list_release(&reading.list);
    return result;
}

const struct dataset_kind dataset_manifest = {
    .name = "manifest",
    .summary =
        "JPEG and PNG images named by a CSV file, the root, with the columns path, class and, "
        "if there is one, split; paths begin at its folder",
    .needs_root = true,
    .open = open_manifest,
    .read = folder_read,
};
