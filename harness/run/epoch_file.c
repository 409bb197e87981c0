/* Metrics of epochs as lines of a text file. */
#include "epoch_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/system/file.h"

#define FILE_BYTES  ((size_t)64 << 20)
#define MOST_EPOCHS 100000 /* of any recipe: workloads/recipe_keys.def */
#define MOST_ROWS   (4 * MOST_EPOCHS)
#define MOST_LOOKS  1000000000LL /* a second; training that goes on from a checkpoint needs few */

/* epoch split loss top1 top5 lr seconds */
#define N_WORDS 7

int epoch_file_add(const char *path, const struct epoch_row *row, struct err *err)
{
    char line[256];
    int length = snprintf(line, sizeof(line), "%d %s %.17g %.17g %.17g %.17g %.17g\n", row->epoch,
        row->split, row->loss, row->top1, row->top5, row->lr, row->seconds);
    int fd = file_append(path, err), failed;

    if (fd < 0)
        return -1;
    failed = write(fd, line, (size_t)length) != length || fsync(fd) != 0;
    if (failed)
        err_set_errno(err, errno, "cannot write %s", path);
    close(fd);
    return failed ? -1 : 0;
}

/* The row for an epoch and split: one that is there, or a new one. NULL: no memory. */
static struct epoch_row *place_for(struct epoch_list *list, int epoch, const char *split)
{
    for (int i = list->n - 1; i >= 0 && list->rows[i].epoch >= epoch; i--, list->looks++)
        if (list->rows[i].epoch == epoch && strcmp(list->splits[i], split) == 0)
            return &list->rows[i];
    if (list->n == list->capacity) {
        int capacity = list->capacity ? 2 * list->capacity : 64;
        struct epoch_row *rows = realloc(list->rows, (size_t)capacity * sizeof(*rows));
        void *splits;

        if (!rows)
            return NULL;
        list->rows = rows;
        splits = realloc(list->splits, (size_t)capacity * sizeof(*list->splits));
        if (!splits)
            return NULL;
        list->splits = splits;
        list->capacity = capacity;
        for (int i = 0; i < list->n; i++)
            list->rows[i].split = list->splits[i];
    }
    str_copy(list->splits[list->n], EPOCH_SPLIT_BYTES, split);
    list->rows[list->n].split = list->splits[list->n];
    return &list->rows[list->n++];
}

/* A line without its end, taken apart in place; false if it is none of ours. */
static bool parse_line(char *line, struct epoch_row *row, const char **split)
{
    char *words[N_WORDS], *rest = line;
    double numbers[N_WORDS];
    long long epoch;
    int n = 0;

    for (char *word; n < N_WORDS && (word = strsep(&rest, " ")); n++)
        words[n] = word;
    if (n != N_WORDS || rest || !str_to_int64(words[0], &epoch) || epoch < 1 ||
        epoch > MOST_EPOCHS || strlen(words[1]) >= EPOCH_SPLIT_BYTES)
        return false;
    for (int i = 2; i < N_WORDS; i++) {
        if (strstr(words[i], "nan"))
            numbers[i] = __builtin_nan("");
        else if (!str_to_double(words[i], &numbers[i]))
            return false;
    }
    *split = words[1];
    *row = (struct epoch_row){.epoch = (int)epoch,
        .loss = numbers[2],
        .top1 = numbers[3],
        .top5 = numbers[4],
        .lr = numbers[5],
        .seconds = numbers[6]};
    return true;
}

int epoch_file_read(
    const struct dir *folder, const char *name, struct epoch_list *list, struct err *err)
{
    struct str text = STR_INIT;
    struct stat info;
    char *line, *end;
    int result = dir_look(folder, name, &info, err);

    if (result <= 0)
        return result;
    if (dir_read(folder, name, FILE_BYTES, &text, err) < 0)
        return -1;
    result = 0;
    for (line = text.text; result == 0 && (end = strchr(line, '\n')); line = end + 1) {
        struct epoch_row row, *place;
        const char *split;

        *end = '\0';
        if (!parse_line(line, &row, &split))
            continue;
        if (list->n == MOST_ROWS || list->looks > MOST_LOOKS) {
            result = err_set(err, ERR_INPUT,
                "%s/%s is damaged: it has more epochs than any training, or in no order",
                folder->path, name);
            break;
        }
        place = place_for(list, row.epoch, split);
        if (!place) {
            result = err_set(err, ERR_MEMORY, "no memory for the epochs of a job");
        } else {
            row.split = place->split;
            *place = row;
        }
    }
    str_release(&text);
    return result;
}

void epoch_list_release(struct epoch_list *list)
{
    free(list->rows);
    free(list->splits);
    *list = (struct epoch_list){0};
}
