/* Hashes of the images that a network was trained on, a sample of bounded size. */
#include "seen_images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/system/file.h"
#include "harness/base/sha256.h"
#include "path_hash.h"

#define TAIL_BYTES  4096 /* of a file, that are looked at */
#define NAME_DIGITS 12
#define HASH_DIGITS 8
#define DIGITS      (NAME_DIGITS + 2 * HASH_DIGITS) /* of an image in the text */

/* ---- what an image is known by ---- */

/* 48 bits. */
static uint64_t hash_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return path_hash(slash ? slash + 1 : path) >> 16;
}

/* Of the size and the end of an ordinary file; 0 if it cannot be read. */
static uint32_t hash_content(const char *path)
{
    unsigned char bytes[sizeof(int64_t) + TAIL_BYTES], digest[SHA256_BYTES];
    struct err ignored = {0};
    int fd = file_open(path, &ignored);
    struct stat info;
    uint32_t hash = 0;

    if (fd < 0)
        return 0;
    if (fstat(fd, &info) == 0) {
        int64_t size = info.st_size, from = size > TAIL_BYTES ? size - TAIL_BYTES : 0;
        ssize_t got = pread(fd, bytes + sizeof(size), TAIL_BYTES, from);

        memcpy(bytes, &size, sizeof(size));
        if (got >= 0 && sha256_bytes(bytes, sizeof(size) + (size_t)got, digest, &ignored) == 0)
            hash = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 |
                   (uint32_t)digest[2] << 8 | digest[3];
        hash += hash == 0;
    }
    close(fd);
    return hash;
}

/* The name that an image of a set goes by; sets without files have a place in a split. */
static void name_of(const struct dataset *set, enum split split, int index, char name[PATH_BYTES])
{
    const char *path = dataset_path(set, split, index);

    if (!path || !str_copy(name, PATH_BYTES, path))
        snprintf(name, PATH_BYTES, "%s-%d-%d", set->kind->name, set->held_out ? 0 : (int)split,
            set->places[split] ? set->places[split][index] : index);
}

static struct seen_image image_of(const struct dataset *set, enum split split, int index)
{
    const char *path = dataset_path(set, split, index);
    char name[PATH_BYTES], whole[PATH_BYTES];
    struct err ignored = {0};
    struct seen_image image = {0};

    name_of(set, split, index, name);
    image.name = hash_name(name);
    image.path = (uint32_t)path_hash(name);
    if (path && set->config.root[0] && file_join(whole, set->config.root, path, &ignored) == 0)
        image.content = hash_content(whole);
    return image;
}

/* ---- the lowest hashes ---- */

struct candidate {
    uint64_t name;
    int index;
};

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    if (x->name != y->name)
        return x->name < y->name ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static int compare(const void *a, const void *b)
{
    const struct seen_image *x = a, *y = b;

    if (x->name != y->name)
        return x->name < y->name ? -1 : 1;
    if (x->content != y->content)
        return x->content < y->content ? -1 : 1;
    return (x->path > y->path) - (x->path < y->path);
}

/* The SEEN_MOST lowest of two lists, each once. */
static void merge(struct seen_images *seen, struct seen_image *others, int n)
{
    struct seen_image all[2 * SEEN_MOST];
    int count = seen->n;

    memcpy(all, seen->images, (size_t)seen->n * sizeof(*all));
    memcpy(all + count, others, (size_t)n * sizeof(*all));
    count += n;
    if (count > 0)
        qsort(all, (size_t)count, sizeof(*all), compare);
    seen->n = 0;
    for (int i = 0; i < count && seen->n < SEEN_MOST; i++)
        if (i == 0 || compare(&all[i - 1], &all[i]) != 0)
            seen->images[seen->n++] = all[i];
}

int seen_images_add(
    struct seen_images *seen, const struct dataset *set, enum split split, struct err *err)
{
    int count = dataset_count(set, split), n = 0;
    struct candidate *candidates = malloc(((size_t)count + 1) * sizeof(*candidates));
    struct seen_image lowest[SEEN_MOST];
    char name[PATH_BYTES];

    if (!candidates)
        return err_set(err, ERR_MEMORY, "no memory for a list of %d images", count);
    for (int i = 0; i < count; i++) {
        name_of(set, split, i, name);
        candidates[i] = (struct candidate){hash_name(name), i};
    }
    qsort(candidates, (size_t)count, sizeof(*candidates), compare_candidates);
    for (; n < count && n < SEEN_MOST; n++)
        lowest[n] = image_of(set, split, candidates[n].index);
    free(candidates);
    merge(seen, lowest, n);
    return 0;
}

/* ---- looking ---- */

/* The first image of that name or a higher one. */
static int find_name(const struct seen_images *seen, uint64_t name)
{
    int low = 0, high = seen->n;

    while (low < high) {
        int middle = low + (high - low) / 2;

        if (seen->images[middle].name < name)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_name(const struct seen_images *seen, uint64_t name)
{
    int place = find_name(seen, name);

    return place < seen->n && seen->images[place].name == name;
}

/* An image whose name is not among those that were seen. */
static enum seen other_name(const struct seen_images *seen, uint64_t name)
{
    return seen->n == 0 || (seen->n == SEEN_MOST && name >= seen->images[seen->n - 1].name)
               ? SEEN_UNKNOWN
               : SEEN_NO;
}

/* One whose name is; without a path (0) those that have no content cannot be told. */
static enum seen find(const struct seen_images *seen, const struct seen_image *image)
{
    enum seen found = other_name(seen, image->name);

    for (int i = find_name(seen, image->name); i < seen->n; i++) {
        const struct seen_image *other = &seen->images[i];
        bool by_content = image->content && other->content;

        if (other->name != image->name)
            break;
        if (by_content ? image->content == other->content : image->path == other->path)
            return SEEN_YES;
        if (!by_content && !image->path)
            found = SEEN_UNKNOWN;
    }
    return found;
}

/* Files are read only where their names are among those that were seen. */
enum seen seen_images_find(
    const struct seen_images *seen, const struct dataset *set, enum split split, int index)
{
    struct seen_image image;
    char name[PATH_BYTES];

    name_of(set, split, index, name);
    if (!has_name(seen, hash_name(name)))
        return other_name(seen, hash_name(name));
    image = image_of(set, split, index);
    return find(seen, &image);
}

enum seen seen_images_find_file(const struct seen_images *seen, const char *path)
{
    struct seen_image image = {.name = hash_name(path)};

    if (!has_name(seen, image.name))
        return other_name(seen, image.name);
    image.content = hash_content(path);
    return find(seen, &image);
}

/* ---- as text ---- */

void seen_images_print(const struct seen_images *seen, struct str *to)
{
    for (int i = 0; i < seen->n; i++)
        str_addf(to, "%012llx%08lx%08lx", (unsigned long long)seen->images[i].name,
            (unsigned long)seen->images[i].content, (unsigned long)seen->images[i].path);
}

static bool parse_hex(const char *text, int digits, uint64_t *value)
{
    *value = 0;
    for (int i = 0; i < digits; i++) {
        const char *all = "0123456789abcdef", *digit = text[i] ? strchr(all, text[i]) : NULL;

        if (!digit)
            return false;
        *value = *value << 4 | (uint64_t)(digit - all);
    }
    return true;
}

void seen_images_parse(struct seen_images *seen, const char *text)
{
    size_t length = text ? strlen(text) : 0;

    seen->n = 0;
    if (length % DIGITS != 0 || length / DIGITS > SEEN_MOST)
        return;
    for (; seen->n < (int)(length / DIGITS); seen->n++, text += DIGITS) {
        uint64_t name, content, path;

        if (!parse_hex(text, NAME_DIGITS, &name) ||
            !parse_hex(text + NAME_DIGITS, HASH_DIGITS, &content) ||
            !parse_hex(text + NAME_DIGITS + HASH_DIGITS, HASH_DIGITS, &path)) {
            seen->n = 0;
            return;
        }
        seen->images[seen->n] = (struct seen_image){name, (uint32_t)content, (uint32_t)path};
    }
    qsort(seen->images, (size_t)seen->n, sizeof(*seen->images), compare);
}
