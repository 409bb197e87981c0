/* Writing a packed set: threads decode some images, which are then written in their order. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "workloads/data/formats/folder_list.h"
#include "harness/system/file.h"
#include "harness/base/sha256.h"
#include "pack_format.h"
#include "records.h"

#define CHUNK 256 /* images that are decoded before they are written */

/* ---- decoding, by threads ---- */

/* Some images of a split; each thread takes the next that nobody has. */
struct chunk {
    const struct dataset *set;
    enum split split;
    int first, n, side;
    atomic_int next;
    struct image images[CHUNK];
    struct err errors[CHUNK];
};

static int shrink(const struct image *from, int side, enum resize_filter filter, struct image *to,
    struct err *err)
{
    bool wide = from->width > from->height;
    int shorter = wide ? from->height : from->width, longer = wide ? from->width : from->height;
    int64_t other = (int64_t)side * longer / shorter;

    return image_resize(from, filter, wide ? (int)other : side, wide ? side : (int)other, to, err);
}

static void *decode_chunk(void *argument)
{
    struct chunk *chunk = argument;
    struct image decoded = {0};
    int i;

    while ((i = atomic_fetch_add(&chunk->next, 1)) < chunk->n) {
        struct err *err = &chunk->errors[i];
        struct image *image = &chunk->images[i];
        bool small;

        if (dataset_read(chunk->set, chunk->split, chunk->first + i, &decoded, err) < 0)
            continue;
        small = chunk->side == 0 || decoded.width <= chunk->side || decoded.height <= chunk->side;
        if (small) {
            struct image swap = *image;

            *image = decoded;
            decoded = swap;
        } else if (shrink(&decoded, chunk->side, chunk->set->config.resize, image, err) < 0) {
            dataset_name_error(chunk->set, chunk->split, chunk->first + i, err);
        }
    }
    image_release(&decoded);
    return NULL;
}

/* Errors are those of the first image, in order. */
static int fill_chunk(struct chunk *chunk, int threads, struct err *err)
{
    pthread_t others[64];
    sigset_t all, before;
    int n = 0;

    for (int i = 0; i < chunk->n; i++)
        err_clear(&chunk->errors[i]);
    atomic_store(&chunk->next, 0);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (n < threads - 1 && n < 64 && pthread_create(&others[n], NULL, decode_chunk, chunk) == 0)
        n++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    decode_chunk(chunk);
    for (int i = 0; i < n; i++)
        pthread_join(others[i], NULL);
    for (int i = 0; i < chunk->n; i++)
        if (chunk->errors[i].code) {
            *err = chunk->errors[i];
            return -1;
        }
    return 0;
}

/* ---- writing ---- */

struct writing {
    const struct dataset *set;
    const struct pack_options *options;
    struct file_writer file;
    struct chunk *chunk;
    uint64_t offset;
    struct str images[SPLIT_COUNT]; /* of struct pack_image */
    int done, all;
};

static int write_image(
    struct writing *w, enum split split, int index, const struct image *image, struct err *err)
{
    size_t bytes = (size_t)image->width * (size_t)image->height * 3;
    struct pack_image entry = {
        .offset = w->offset,
        .label = (uint32_t)dataset_label(w->set, split, index),
        .width = (uint16_t)image->width,
        .height = (uint16_t)image->height,
    };

    if (pack_check(image->pixels, bytes, &entry.check, err) < 0)
        return -1;
    if (fwrite(image->pixels, 1, bytes, w->file.stream) != bytes)
        return err_set_errno(err, errno, "cannot write %s", w->file.path);
    str_add_bytes(&w->images[split], &entry, sizeof(entry));
    w->offset += bytes;
    return 0;
}

static int write_split(struct writing *w, enum split split, struct err *err)
{
    int count = dataset_count(w->set, split);
    struct chunk *chunk = w->chunk;

    chunk->split = split;
    for (chunk->first = 0; chunk->first < count; chunk->first += CHUNK) {
        int rest = count - chunk->first;

        chunk->n = rest < CHUNK ? rest : CHUNK;
        if (fill_chunk(chunk, w->options->threads, err) < 0)
            return -1;
        for (int i = 0; i < chunk->n; i++)
            if (write_image(w, split, chunk->first + i, &chunk->images[i], err) < 0)
                return -1;
        w->done += chunk->n;
        if (w->options->told && !w->options->told(w->options->context, w->done, w->all))
            return err_set(
                err, ERR_INTERRUPTED, "interrupted; nothing was written to %s", w->file.path);
    }
    return 0;
}

static void add_text(struct str *index, const char *text)
{
    uint32_t length = text ? (uint32_t)strlen(text) : PACK_NONE;

    str_add_bytes(index, &length, sizeof(length));
    if (text)
        str_add_bytes(index, text, length);
}

static void align(struct str *index)
{
    static const char zeros[8];

    str_add_bytes(index, zeros, (8 - index->length % 8) % 8);
}

/* Paths and where they begin. */
static void list_paths(
    const struct dataset *set, enum split split, struct str *starts, struct str *blob)
{
    for (int i = 0; i < dataset_count(set, split) && dataset_path(set, split, 0); i++) {
        const char *path = dataset_path(set, split, i);
        uint32_t start = (uint32_t)blob->length;

        str_add_bytes(starts, &start, sizeof(start));
        str_add_bytes(blob, path, strlen(path) + 1);
    }
}

static int build_index(struct writing *w, struct str *index, struct err *err)
{
    const struct dataset *set = w->set;
    struct pack_index head = {
        .side = (uint32_t)w->options->side, .classes = (uint32_t)dataset_classes(set)};
    struct str starts[SPLIT_COUNT] = {STR_INIT, STR_INIT},
               blobs[SPLIT_COUNT] = {STR_INIT, STR_INIT};
    struct pack_print print;
    int result = pack_fingerprint(set, &print, err);

    if (result == 0)
        memcpy(head.fingerprint, print.hex, sizeof(head.fingerprint));
    for (int s = 0; s < SPLIT_COUNT; s++) {
        list_paths(set, (enum split)s, &starts[s], &blobs[s]);
        head.count[s] = (uint32_t)dataset_count(set, (enum split)s);
        head.blob_bytes[s] = (uint32_t)blobs[s].length;
    }
    str_add_bytes(index, &head, sizeof(head));
    add_text(index, set->kind->name);
    add_text(index, set->config.match);
    add_text(index, set->config.class_map);
    for (int c = 0; c < dataset_classes(set); c++)
        add_text(index, dataset_class_name(set, c));
    for (int s = 0; s < SPLIT_COUNT; s++) {
        align(index);
        str_add_bytes(index, w->images[s].text, w->images[s].length);
        str_add_bytes(index, starts[s].text, starts[s].length);
        str_add_bytes(index, blobs[s].text, blobs[s].length);
        if (result == 0 && (str_check(&starts[s], err) < 0 || str_check(&blobs[s], err) < 0 ||
                               str_check(&w->images[s], err) < 0))
            result = -1;
        str_release(&starts[s]);
        str_release(&blobs[s]);
    }
    return result < 0 ? -1 : str_check(index, err);
}

static int write_index(struct writing *w, struct err *err)
{
    struct pack_header header = {
        .magic = PACK_MAGIC, .byte_order = PACK_BYTE_ORDER, .version = PACK_VERSION};
    struct str index = STR_INIT;
    char hex[SHA256_HEX_BYTES];
    static const char zeros[8];
    size_t gap = (size_t)(8 - w->offset % 8) % 8;
    int result = build_index(w, &index, err);

    if (result == 0)
        result = sha256_hex(index.text, index.length, hex, err);
    if (result == 0) {
        memcpy(header.index_sha256, hex, sizeof(header.index_sha256));
        header.index_offset = w->offset + gap;
        header.index_bytes = index.length;
        fwrite(zeros, 1, gap, w->file.stream);
        fwrite(index.text, 1, index.length, w->file.stream);
        w->offset = header.index_offset + index.length;
        rewind(w->file.stream);
        fwrite(&header, sizeof(header), 1, w->file.stream);
    }
    str_release(&index);
    return result;
}

static int write_all(struct writing *w, struct err *err)
{
    struct pack_header room;

    memset(&room, 0, sizeof(room));
    fwrite(&room, sizeof(room), 1, w->file.stream);
    w->offset = sizeof(room);
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (write_split(w, (enum split)s, err) < 0)
            return -1;
    return write_index(w, err);
}

int pack_write(const struct dataset *set, const struct pack_options *options, const char *path,
    struct pack_result *result, struct err *err)
{
    struct writing w = {.set = set,
        .options = options,
        .images = {STR_INIT, STR_INIT},
        .all = dataset_count(set, SPLIT_TRAIN) + dataset_count(set, SPLIT_TEST)};
    int status = -1;

    file_sweep(path);
    w.chunk = calloc(1, sizeof(*w.chunk));
    if (!w.chunk)
        return err_set(err, ERR_MEMORY, "no memory to pack images");
    w.chunk->set = set;
    w.chunk->side = options->side;
    if (file_writer_open_plain(&w.file, path, err) == 0) {
        status = write_all(&w, err);
        if (status == 0)
            status = file_writer_commit(&w.file, err);
        else
            file_writer_abort(&w.file);
    }
    for (int i = 0; i < CHUNK; i++)
        image_release(&w.chunk->images[i]);
    free(w.chunk);
    for (int s = 0; s < SPLIT_COUNT; s++)
        str_release(&w.images[s]);
    *result = (struct pack_result){.images = w.done, .bytes = (int64_t)w.offset};
    return status;
}
