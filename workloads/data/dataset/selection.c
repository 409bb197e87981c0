/* Growing the list of paths and labels of one split. */
#include "selection.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"

void selection_release(struct selection *selection)
{
    for (int i = 0; i < selection->n; i++)
        free(selection->paths[i]);
    free(selection->paths);
    free(selection->labels);
    *selection = (struct selection){0};
}

int selection_move(struct selection *selection, char *path, int label, struct err *err)
{
    if (selection->n == INT_MAX / 2)
        return err_set(
            err, ERR_INPUT, "more than %d images; that many are not supported", INT_MAX / 2);
    if (!array_grow(&selection->paths, selection->n, sizeof(*selection->paths)) ||
        !array_grow(&selection->labels, selection->n, sizeof(*selection->labels)))
        return err_set(err, ERR_MEMORY, "no memory for a list of %d images", selection->n + 1);
    selection->paths[selection->n] = path;
    selection->labels[selection->n++] = label;
    return 0;
}

int selection_add(struct selection *selection, const char *path, int label, struct err *err)
{
    char *copy = strdup(path);

    if (!copy)
        return err_set(err, ERR_MEMORY, "no memory for a list of %d images", selection->n);
    if (selection_move(selection, copy, label, err) == 0)
        return 0;
    free(copy);
    return -1;
}
