/* Reading images that are records of one size in large files. */
#include "records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/system/digest.h"
#include "harness/base/sha256.h"
#include "workloads/data/formats/unpack.h"
#include "splits.h"

#define MAX_UNPACKED_BYTES ((size_t)1 << 29)
#define NAMES_MAX_BYTES    ((size_t)1 << 20)

struct records_file {
    char name[64], path[PATH_BYTES];
    int fd;              /* -1: unpacked */
    struct str unpacked; /* the whole file, if it was compressed */
    int64_t bytes, first, stride;
};

struct records {
    struct dataset *set;
    int width, height, channels;
    struct records_file files[RECORDS_MAX_FILES];
    int n;
    struct selection splits[SPLIT_COUNT];
};

struct records *records_new(
    struct dataset *set, int width, int height, int channels, struct err *err)
{
    struct records *records = calloc(1, sizeof(*records));

    set->state = records;
    if (!records) {
        err_set(err, ERR_MEMORY, "no memory to open the dataset %s", set->kind->name);
        return NULL;
    }
    *records = (struct records){.set = set, .width = width, .height = height, .channels = channels};
    return records;
}

int records_size(struct records *records, int width, int height, struct err *err)
{
    if (records->width == 0) {
        records->width = width;
        records->height = height;
    }
    if (records->width != width || records->height != height)
        return err_set(err, ERR_INPUT, "%s has images of %d x %d and of %d x %d pixels",
            records->set->config.root, records->width, records->height, width, height);
    return 0;
}

void records_close(struct dataset *set)
{
    struct records *records = set->state;

    if (!records)
        return;
    for (int i = 0; i < records->n; i++) {
        if (records->files[i].fd >= 0)
            close(records->files[i].fd);
        str_release(&records->files[i].unpacked);
    }
    for (int s = 0; s < SPLIT_COUNT; s++)
        selection_release(&records->splits[s]);
    free(records);
    set->state = NULL;
}

int records_open(struct records *records, const char *name, struct err *err)
{
    struct records_file *file = &records->files[records->n];
    char packed[PATH_BYTES + 4];
    struct stat info;

    if (records->n == RECORDS_MAX_FILES)
        return err_set(err, ERR_BUG, "a set of more than %d files", RECORDS_MAX_FILES);
    *file = (struct records_file){.fd = -1, .unpacked = STR_INIT};
    str_copy(file->name, sizeof(file->name), name);
    if (file_join(file->path, records->set->config.root, name, err) < 0)
        return -1;
    snprintf(packed, sizeof(packed), "%s.gz", file->path);
    if (!file_exists(file->path) && file_exists(packed)) {
        records->n++;
        if (unpack_gzip(packed, MAX_UNPACKED_BYTES, &file->unpacked, err) < 0)
            return -1;
        file->bytes = (int64_t)file->unpacked.length;
        return records->n - 1;
    }
    if (!file_exists(file->path))
        return err_set(err, ERR_INPUT, "%s has no file %s (or %s.gz), so it is not %s",
            records->set->config.root, name, name, records->set->kind->name);
    file->fd = file_open(file->path, err);
    if (file->fd < 0)
        return -1;
    records->n++;
    if (fstat(file->fd, &info) != 0)
        return err_set_errno(err, errno, "cannot read %s", file->path);
    file->bytes = info.st_size;
    return records->n - 1;
}

int64_t records_bytes(const struct records *records, int place)
{
    return records->files[place].bytes;
}

int records_read(const struct records *records, int place, int64_t offset, void *bytes,
    size_t count, struct err *err)
{
    const struct records_file *file = &records->files[place];
    char *to = bytes;

    if (offset < 0 || offset > file->bytes || (int64_t)count > file->bytes - offset)
        return err_set(err, ERR_INPUT, "%s is truncated: it ends at %lld bytes", file->path,
            (long long)file->bytes);
    if (file->fd < 0) {
        memcpy(to, file->unpacked.text + offset, count);
        return 0;
    }
    while (count > 0) {
        ssize_t got = pread(file->fd, to, count, offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set_errno(err, errno, "cannot read %s", file->path);
        if (got == 0)
            return err_set(err, ERR_INPUT, "%s was truncated while it is used", file->path);
        to += got;
        offset += got;
        count -= (size_t)got;
    }
    return 0;
}

int records_add(struct records *records, enum split split, int place, int64_t first, int64_t stride,
    const uint8_t *labels, int n, struct err *err)
{
    struct records_file *file = &records->files[place];
    char path[96];

    file->first = first;
    file->stride = stride;
    for (int i = 0; i < n; i++) {
        if (labels[i] >= records->set->classes)
            return err_set(err, ERR_INPUT,
                "%s: image %d has the label %d, but %s has classes 0 to %d: the file is damaged, "
                "or "
                "of another set",
                file->path, i, labels[i], records->set->kind->name, records->set->classes - 1);
        snprintf(path, sizeof(path), "%s#%d", file->name, i);
        if (selection_add(&records->splits[split], path, labels[i], err) < 0)
            return -1;
    }
    return 0;
}

int records_finish(struct records *records, struct err *err)
{
    if (records->set->config.class_map[0] || records->set->config.match[0])
        return err_set(err, ERR_INPUT,
            "%s has its labels in its files, and no file for each image: it takes no class map and "
            "no pattern of names",
            records->set->kind->name);
    return splits_hand_over(records->set, records->splits, err);
}

int records_name(struct dataset *set, const char *const *names, int classes, struct err *err)
{
    set->class_names = calloc((size_t)classes, sizeof(*set->class_names));
    if (!set->class_names)
        return err_set(err, ERR_MEMORY, "no memory for the names of %d classes", classes);
    set->classes = classes;
    for (int i = 0; i < classes && names[i]; i++)
        if (!(set->class_names[i] = strdup(names[i])))
            return err_set(err, ERR_MEMORY, "no memory for the names of %d classes", classes);
    return 0;
}

int records_name_by_file(struct dataset *set, const char *file, int classes, struct err *err)
{
    char path[PATH_BYTES], *rest, *line;
    struct str content = STR_INIT;
    const char **names = calloc((size_t)classes + 1, sizeof(*names));
    int n = 0, result = -1;

    if (!names) {
        err_set(err, ERR_MEMORY, "no memory for the names of %d classes", classes);
        goto done;
    }
    if (file_join(path, set->config.root, file, err) < 0 ||
        file_read_text(path, NAMES_MAX_BYTES, &content, err) < 0)
        goto done;
    for (line = strtok_r(content.text, "\r\n", &rest); line && n < classes;
         line = strtok_r(NULL, "\r\n", &rest))
        names[n++] = line;
    if (n < classes || line)
        err_set(err, ERR_INPUT, "%s does not have a line for each of %d classes", path, classes);
    else
        result = records_name(set, names, classes, err);
done:
    free(names);
    str_release(&content);
    return result;
}

bool records_are(const struct dataset *set)
{
    return set->kind->close == records_close && set->state;
}

int records_describe(
    const struct dataset *set, int64_t most_bytes, struct str *to, int64_t *bytes, struct err *err)
{
    const struct records *records = set->state;

    *bytes = 0;
    for (int i = 0; i < records->n; i++)
        *bytes += records->files[i].bytes;
    for (int i = 0; i < records->n; i++) {
        const struct records_file *file = &records->files[i];
        char hex[DIGEST_HEX_BYTES] = "";

        if (*bytes <= most_bytes &&
            (file->fd < 0 ? sha256_hex(file->unpacked.text, file->unpacked.length, hex, err)
                          : digest_file(file->path, DIGEST_SHA256, hex, err)) < 0)
            return -1;
        str_addf(to, "%s %lld %s\n", file->name, (long long)file->bytes, hex);
    }
    return 0;
}

/* Of "FILE#NUMBER". */
static const struct records_file *find_file(
    const struct records *records, const char *path, int *place, long long *number)
{
    const char *mark = strrchr(path, '#');

    for (int i = 0; mark && i < records->n; i++)
        if (strlen(records->files[i].name) == (size_t)(mark - path) &&
            strncmp(records->files[i].name, path, (size_t)(mark - path)) == 0 &&
            str_to_int64(mark + 1, number)) {
            *place = i;
            return &records->files[i];
        }
    return NULL;
}

int records_image(
    const struct dataset *set, enum split split, int index, struct image *image, struct err *err)
{
    const struct records *records = set->state;
    size_t plane = (size_t)records->width * (size_t)records->height;
    const char *path = set->paths[split][index];
    long long number = 0;
    int place = 0;
    const struct records_file *file = find_file(records, path, &place, &number);
    uint8_t *planes;

    if (!file)
        return err_set(err, ERR_BUG, "\"%s\" is no image of %s", path, set->kind->name);
    /* The planes are read behind the place of the finished pixels. */
    if (image_reserve(image, records->width, 2 * records->height, err) < 0 ||
        image_reserve(image, records->width, records->height, err) < 0)
        return -1;
    planes = image->pixels + 3 * plane;
    if (records_read(records, place, file->first + number * file->stride, planes,
            plane * (size_t)records->channels, err) < 0)
        return -1;
    for (size_t i = 0; i < plane; i++)
        for (size_t c = 0; c < 3; c++)
            image->pixels[3 * i + c] = planes[records->channels == 3 ? c * plane + i : i];
    return 0;
}
