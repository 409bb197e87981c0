/* The writer of safetensors files: the header, then the tensors in the order of the list. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/system/file.h"
#include "harness/base/array.h"
#include "safetensors.h"
#include "safetensors_private.h"

int safetensors_list_add(
    struct safetensors_list *list, const struct safetensors_entry *entry, struct err *err)
{
    if (!array_grow(&list->entries, list->n, sizeof(*entry)))
        return err_set(err, ERR_MEMORY, "no memory for a list of %d tensors", list->n + 1);
    list->entries[list->n++] = *entry;
    return 0;
}

void safetensors_list_release(struct safetensors_list *list)
{
    free(list->entries);
    *list = (struct safetensors_list){0};
}

static size_t entry_bytes(const struct safetensors_entry *entry)
{
    size_t bytes = safetensors_dtypes[entry->dtype].bytes;

    for (int i = 0; i < entry->n_dims; i++)
        bytes *= (size_t)entry->dims[i];
    return bytes;
}

static json_t *describe(const struct safetensors_entry *entry, size_t begin)
{
    json_t *shape = json_array();

    for (int i = 0; i < entry->n_dims; i++)
        json_array_append_new(shape, json_integer(entry->dims[i]));
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", safetensors_dtypes[entry->dtype].name,
        "shape", shape, "data_offsets", (json_int_t)begin,
        (json_int_t)(begin + entry_bytes(entry)));
}

/* The header's text, to be freed; NULL without memory or if a text is not UTF-8. */
static char *make_header(const struct safetensors_list *list, const char *const *metadata)
{
    json_t *header = json_object(), *texts = NULL;
    int failed = !header;
    size_t at = 0;
    char *text = NULL;

    if (metadata && !failed) {
        texts = json_object();
        for (; *metadata && !failed; metadata += 2)
            failed = json_object_set_new(texts, metadata[0], json_string(metadata[1])) != 0;
        failed |= json_object_set_new(header, SAFETENSORS_METADATA, texts) != 0;
    }
    for (int i = 0; i < list->n && !failed; i++) {
        failed = json_object_set_new(
                     header, list->entries[i].name, describe(&list->entries[i], at)) != 0;
        at += entry_bytes(&list->entries[i]);
    }
    if (!failed)
        text = json_dumps(header, JSON_COMPACT);
    json_decref(header);
    return text;
}

static size_t largest_filled(const struct safetensors_list *list)
{
    size_t most = 1;

    for (int i = 0; i < list->n; i++)
        if (list->entries[i].fill && entry_bytes(&list->entries[i]) > most)
            most = entry_bytes(&list->entries[i]);
    return most;
}

/* Padded with blanks so that the data start on 8 bytes, as the reference writer does. NULL without
 * memory. */
static char *pad_header(char *header)
{
    size_t length = strlen(header), padding = (8 - length % 8) % 8;
    char *padded = realloc(header, length + padding + 1);

    if (!padded) {
        free(header);
        return NULL;
    }
    memset(padded + length, ' ', padding);
    padded[length + padding] = '\0';
    return padded;
}

static void write_all(
    FILE *stream, const char *header, const struct safetensors_list *list, void *filled)
{
    uint64_t length = strlen(header);
    uint64_t sum = safetensors_sum(SAFETENSORS_SUM_START, header, (size_t)length);

    fwrite(&length, sizeof(length), 1, stream);
    fwrite(header, 1, (size_t)length, stream);
    for (int i = 0; i < list->n; i++) {
        const struct safetensors_entry *entry = &list->entries[i];
        uint64_t so_far = sum;
        const void *bytes = entry->is_sum ? &so_far : entry->fill ? filled : entry->source;

        if (entry->fill)
            entry->fill(entry, filled);
        fwrite(bytes, 1, entry_bytes(entry), stream);
        sum = safetensors_sum(sum, bytes, entry_bytes(entry));
    }
}

int safetensors_write(const char *path, const struct safetensors_list *list,
    const char *const *metadata, struct err *err)
{
    struct file_writer writer = {0};
    char *header = make_header(list, metadata);
    void *filled = malloc(largest_filled(list));
    int result = -1;

    header = header ? pad_header(header) : NULL;
    if (!header || !filled) {
        err_set(err, ERR_MEMORY, "no memory to write %s", path);
        goto done;
    }
    if (file_writer_open(&writer, path, err) < 0)
        goto done;
    write_all(writer.stream, header, list, filled);
    result = file_writer_commit(&writer, err);
done:
    free(filled);
    free(header);
    return result;
}
