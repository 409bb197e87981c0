/* Opening a packed set: its index is checked at once, an image when it is first read. */
#include "pack.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/sha256.h"
#include "imagenet_ids.h"
#include "pack_format.h"

#define IMAGENET_CLASSES 1000

/* After so many images the file is looked at again: has it been written to since it was opened? */
#define LOOK_EVERY 256

struct pack {
    int fd; /* -1: not open */
    struct stat opened;
    size_t size;
    uint8_t *index; /* the end of the file, in memory */
    atomic_uint reads;
    struct pack_index head;
    const struct pack_image *images[SPLIT_COUNT];
    const uint32_t *starts[SPLIT_COUNT]; /* NULL: no paths */
    const char *blobs[SPLIT_COUNT];
    _Atomic unsigned char *checked[SPLIT_COUNT]; /* images whose pixels were found whole */
};

int pack_check(const void *pixels, size_t bytes, uint64_t *check, struct err *err)
{
    unsigned char digest[SHA256_BYTES];

    if (sha256_bytes(pixels, bytes, digest, err) < 0)
        return -1;
    memcpy(check, digest, sizeof(*check));
    return 0;
}

/* ---- the file ---- */

static int damaged(const char *path, const char *what, struct err *err)
{
    return err_set(err, ERR_INPUT,
        "the packed set %s is damaged (%s); pack it again with `scalestudy data pack`", path, what);
}

static int open_file(struct pack *pack, const char *path, struct err *err)
{
    pack->fd = file_open(path, err);
    if (pack->fd < 0)
        return err_context(err, "the packed set");
    if (fstat(pack->fd, &pack->opened) != 0)
        return err_set_errno(err, errno, "cannot look at the packed set %s", path);
    pack->size = (size_t)pack->opened.st_size;
    if (pack->size < sizeof(struct pack_header))
        return err_set(err, ERR_INPUT, "%s is not a packed set: it is too short", path);
    return 0;
}

static int changed(const char *path, const char *how, struct err *err)
{
    return err_set(err, ERR_IO,
        "the packed set %s was %s while it was in use; put it back or pack it again, then try "
        "again",
        path, how);
}

/* Whatever others do to the file meanwhile, this fills `to` or says why not. That is why the file is
 * not mapped into memory: there, a page that is gone (cut off, a disk or file server that fails) is
 * a SIGBUS, and a job that dies without a word. The pages are in the kernel's cache in both ways. */
static int read_at(const struct pack *pack, const char *path, uint64_t offset, void *to,
    size_t count, struct err *err)
{
    char *at = to;

    while (count > 0) {
        ssize_t got = pread(pack->fd, at, count, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set_errno(err, errno, "cannot read the packed set %s", path);
        if (got == 0)
            return changed(path, "truncated", err);
        at += got;
        offset += (uint64_t)got;
        count -= (size_t)got;
    }
    return 0;
}

static int read_index(
    struct pack *pack, const char *path, struct pack_header *header, struct err *err)
{
    char hex[SHA256_HEX_BYTES];

    if (read_at(pack, path, 0, header, sizeof(*header), err) < 0)
        return -1;
    if (memcmp(header->magic, PACK_MAGIC, sizeof(header->magic)) != 0)
        return err_set(err, ERR_INPUT, "%s is not a packed set", path);
    if (header->byte_order != PACK_BYTE_ORDER)
        return err_set(err, ERR_INPUT,
            "the packed set %s was made on a machine of another byte order; pack it again", path);
    if (header->version != PACK_VERSION)
        return err_set(err, ERR_INPUT,
            "the packed set %s is of version %u, and this program reads version %u; pack it again",
            path, header->version, PACK_VERSION);
    if (header->index_offset % 8 != 0 || header->index_offset > pack->size ||
        header->index_bytes != pack->size - header->index_offset)
        return damaged(path, "its length is wrong", err);
    pack->index = malloc(header->index_bytes ? header->index_bytes : 1);
    if (!pack->index)
        return err_set(err, ERR_MEMORY, "no memory for the index of the packed set %s", path);
    if (read_at(pack, path, header->index_offset, pack->index, header->index_bytes, err) < 0 ||
        sha256_hex(pack->index, header->index_bytes, hex, err) < 0)
        return -1;
    if (memcmp(hex, header->index_sha256, sizeof(header->index_sha256)) != 0)
        return damaged(path, "the checksum of its index is wrong", err);
    return 0;
}

/* ---- the index, whose every number is looked at before it is used ---- */

struct reader {
    const uint8_t *at, *end;
    const char *path;
};

static const void *take(struct reader *reader, uint64_t count, uint64_t size, struct err *err)
{
    const uint8_t *at = reader->at;

    if (count * size > (uint64_t)(reader->end - at)) {
        damaged(reader->path, "its index is too short", err);
        return NULL;
    }
    reader->at += count * size;
    return at;
}

/* *text: owned; NULL where there is none. */
static int take_text(struct reader *reader, char **text, struct err *err)
{
    const void *at = take(reader, 1, sizeof(uint32_t), err);
    uint32_t length;

    *text = NULL;
    if (!at)
        return -1;
    memcpy(&length, at, sizeof(length));
    if (length == PACK_NONE)
        return 0;
    at = take(reader, length, 1, err);
    if (!at)
        return -1;
    *text = strndup(at, length);
    return *text ? 0 : err_set(err, ERR_MEMORY, "no memory for the names of classes");
}

static int take_field(struct reader *reader, char *to, size_t size, struct err *err)
{
    char *text;
    int result = take_text(reader, &text, err);

    if (result == 0 && !str_copy(to, size, text ? text : ""))
        result = damaged(reader->path, "a name in it is too long", err);
    free(text);
    return result;
}

static int check_images(
    const struct pack *pack, int split, uint64_t end, const char *path, struct err *err)
{
    for (uint32_t i = 0; i < pack->head.count[split]; i++) {
        const struct pack_image *image = &pack->images[split][i];
        uint64_t bytes = (uint64_t)image->width * image->height * 3;

        if (bytes == 0 || image->offset < sizeof(struct pack_header) || image->offset > end ||
            bytes > end - image->offset || image->label >= pack->head.classes)
            return damaged(path, "an image of it lies outside of it", err);
        if (pack->starts[split] && pack->starts[split][i] >= pack->head.blob_bytes[split])
            return damaged(path, "a path of it lies outside of it", err);
    }
    return 0;
}

static int take_split(
    struct pack *pack, struct reader *reader, int split, uint64_t end, struct err *err)
{
    uint64_t count = pack->head.count[split], blob = pack->head.blob_bytes[split];
    size_t gap = (size_t)(8 - (size_t)(reader->at - pack->index) % 8) % 8;

    if (count > INT32_MAX || !take(reader, gap, 1, err))
        return count > INT32_MAX ? damaged(reader->path, "it has too many images", err) : -1;
    pack->images[split] = take(reader, count, sizeof(struct pack_image), err);
    if (!pack->images[split])
        return -1;
    if (blob > 0) {
        pack->starts[split] = take(reader, count, sizeof(uint32_t), err);
        pack->blobs[split] = pack->starts[split] ? take(reader, blob, 1, err) : NULL;
        if (!pack->blobs[split])
            return -1;
        if (pack->blobs[split][blob - 1] != '\0')
            return damaged(reader->path, "its paths do not end", err);
    }
    pack->checked[split] = calloc(count ? count : 1, sizeof(*pack->checked[split]));
    if (!pack->checked[split])
        return err_set(err, ERR_MEMORY, "no memory to open the packed set %s", reader->path);
    return check_images(pack, split, end, reader->path, err);
}

/* ---- the set ---- */

static int fill_labels(struct dataset *set, const struct pack *pack, struct err *err)
{
    for (int s = 0; s < SPLIT_COUNT; s++) {
        uint32_t count = pack->head.count[s];

        set->labels[s] = malloc((count ? count : 1) * sizeof(*set->labels[s]));
        if (!set->labels[s])
            return err_set(err, ERR_MEMORY, "no memory for the labels of %u images", count);
        set->count[s] = (int)count;
        for (uint32_t i = 0; i < count; i++)
            set->labels[s][i] = (int)pack->images[s][i].label;
    }
    return 0;
}

static int take_names(
    struct dataset *set, struct pack *pack, struct reader *reader, struct err *err)
{
    char name[DATA_NAME_BYTES];

    if (take_field(reader, name, sizeof(name), err) < 0 ||
        take_field(reader, set->config.match, sizeof(set->config.match), err) < 0 ||
        take_field(reader, set->config.class_map, sizeof(set->config.class_map), err) < 0)
        return -1;
    if (strcmp(name, set->kind->name) != 0)
        return err_set(
            err, ERR_INPUT, "%s is a packed %s, not %s", reader->path, name, set->kind->name);
    if (pack->head.classes == 0 || pack->head.classes > reader->end - reader->at)
        return damaged(reader->path, "its number of classes is wrong", err);
    set->class_names = calloc(pack->head.classes, sizeof(*set->class_names));
    if (!set->class_names)
        return err_set(err, ERR_MEMORY, "no memory for the names of classes");
    set->classes = (int)pack->head.classes;
    for (int c = 0; c < set->classes; c++)
        if (take_text(reader, &set->class_names[c], err) < 0)
            return -1;
    return 0;
}

/* A network of 1000 outputs wants ImageNet's numbers, as a folder of its ids has them (folder.h). */
static int number_as_imagenet(struct dataset *set, int classes, struct err *err)
{
    char **names;

    if (classes != IMAGENET_CLASSES || set->classes == IMAGENET_CLASSES || set->config.class_map[0])
        return 0;
    for (int c = 0; c < set->classes; c++)
        if (!set->class_names[c] || imagenet_class(set->class_names[c]) < 0)
            return 0;
    names = calloc(IMAGENET_CLASSES, sizeof(*names));
    if (!names)
        return err_set(err, ERR_MEMORY, "no memory for the names of classes");
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; i < set->count[s]; i++)
            set->labels[s][i] = imagenet_class(set->class_names[set->labels[s][i]]);
    for (int c = 0; c < set->classes; c++)
        names[imagenet_class(set->class_names[c])] = set->class_names[c];
    free(set->class_names);
    set->class_names = names;
    set->classes = IMAGENET_CLASSES;
    return 0;
}

int pack_open(struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    const char *path = config->packed;
    struct pack *pack = calloc(1, sizeof(*pack));
    struct pack_header header;
    struct reader reader;
    const void *head;

    if (!pack)
        return err_set(err, ERR_MEMORY, "no memory to open the packed set %s", path);
    pack->fd = -1;
    set->pack = pack;
    if (config->match[0] || config->class_map[0])
        return err_set(err, ERR_INPUT,
            "%s is given, but a packed set keeps what it was packed with; leave it out, or pack "
            "again with it",
            config->match[0] ? "match" : "class_map");
    if (open_file(pack, path, err) < 0 || read_index(pack, path, &header, err) < 0)
        return -1;
    reader = (struct reader){pack->index, pack->index + header.index_bytes, path};
    head = take(&reader, 1, sizeof(pack->head), err);
    if (!head)
        return -1;
    memcpy(&pack->head, head, sizeof(pack->head));
    if (take_names(set, pack, &reader, err) < 0)
        return -1;
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (take_split(pack, &reader, s, header.index_offset, err) < 0)
            return -1;
    if (fill_labels(set, pack, err) < 0)
        return -1;
    return number_as_imagenet(set, classes, err);
}

void pack_close(struct dataset *set)
{
    struct pack *pack = set->pack;

    if (!pack)
        return;
    if (pack->fd >= 0)
        close(pack->fd);
    free(pack->index);
    for (int s = 0; s < SPLIT_COUNT; s++)
        free(pack->checked[s]);
    free(pack);
    set->pack = NULL;
}

/* Written to by others, which the checksums of images that were checked before would not show. */
static int look_again(const struct pack *pack, const char *path, struct err *err)
{
    struct stat now;

    if (fstat(pack->fd, &now) != 0)
        return err_set_errno(err, errno, "cannot look at the packed set %s", path);
    if (now.st_size != pack->opened.st_size || now.st_mtim.tv_sec != pack->opened.st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != pack->opened.st_mtim.tv_nsec)
        return changed(path, "written to", err);
    return 0;
}

int pack_read(
    const struct dataset *set, enum split split, int index, struct image *image, struct err *err)
{
    struct pack *pack = set->pack;
    const struct pack_image *entry = &pack->images[split][index];
    const char *path = set->config.packed;
    size_t bytes = (size_t)entry->width * entry->height * 3;
    uint64_t check;

    if (image_reserve(image, entry->width, entry->height, err) < 0 ||
        read_at(pack, path, entry->offset, image->pixels, bytes, err) < 0)
        return -1;
    if (atomic_fetch_add_explicit(&pack->reads, 1, memory_order_relaxed) % LOOK_EVERY == 0 &&
        look_again(pack, path, err) < 0)
        return -1;
    if (atomic_load_explicit(&pack->checked[split][index], memory_order_relaxed))
        return 0;
    if (pack_check(image->pixels, bytes, &check, err) < 0)
        return -1;
    if (check != entry->check)
        return damaged(path, "the checksum of an image is wrong", err);
    atomic_store_explicit(&pack->checked[split][index], 1, memory_order_relaxed);
    return 0;
}

void pack_describe(const struct dataset *set, enum split split, int index, struct str *to)
{
    const struct pack_image *image = &set->pack->images[split][index];

    str_addf(to, "%u %u %016llx\n", image->width, image->height, (unsigned long long)image->check);
}

int64_t pack_pixel_bytes(const struct dataset *set)
{
    const struct pack *pack = set->pack;
    int64_t bytes = 0;

    for (int s = 0; s < SPLIT_COUNT; s++)
        for (uint32_t i = 0; i < pack->head.count[s]; i++)
            bytes += (int64_t)pack->images[s][i].width * pack->images[s][i].height * 3;
    return bytes;
}

const char *pack_path(const struct dataset *set, enum split split, int index)
{
    const struct pack *pack = set->pack;

    return pack->starts[split] ? pack->blobs[split] + pack->starts[split][index] : NULL;
}

bool pack_is_of(const struct dataset *set, const struct pack_print *print)
{
    const struct pack_index *head = &set->pack->head;

    return memcmp(print->hex, head->fingerprint, sizeof(head->fingerprint)) == 0;
}
