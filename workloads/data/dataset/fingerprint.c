/* Fingerprints of sets of images. Threads hash blocks of images, and the fingerprint is the hash of
 * the blocks' hashes. */
#include "fingerprint.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/system/cpu.h"
#include "harness/system/digest.h"
#include "harness/system/file.h"
#include "pack.h"
#include "records.h"

#define BLOCK        256 /* images */
#define MOST_THREADS 16
#define READ_BYTES   16384

struct listing;
typedef int block_work(struct listing *listing, int block, struct err *err);

struct listing {
    const struct dataset *set;
    int n, n_blocks;
    int64_t *sizes;                        /* [n] of the files; NULL: not looked at */
    char (*contents)[DIGEST_HEX_BYTES];    /* [n] hashes of the files; NULL: not read */
    unsigned char (*hashes)[SHA256_BYTES]; /* [n_blocks] of the pass */
    /* A pass over all blocks. */
    block_work *work;
    atomic_int next;
    pthread_mutex_t lock;
    struct err first; /* error of the first block that has one */
    int failed;       /* that block; n_blocks: none */
};

/* ---- images in one row, split after split ---- */

static enum split place_of(const struct dataset *set, int *i)
{
    if (*i < set->count[SPLIT_TRAIN])
        return SPLIT_TRAIN;
    *i -= set->count[SPLIT_TRAIN];
    return SPLIT_TEST;
}

static const char *path_of(const struct dataset *set, enum split split, int i)
{
    return set->pack ? pack_path(set, split, i) : set->paths[split][i];
}

static int block_end(const struct listing *listing, int block)
{
    int end = (block + 1) * BLOCK;

    return end < listing->n ? end : listing->n;
}

/* ---- all blocks, by threads ---- */

static void *work_on_blocks(void *argument)
{
    struct listing *listing = argument;
    int block;

    while ((block = atomic_fetch_add(&listing->next, 1)) < listing->n_blocks) {
        struct err err = {0};

        if (listing->work(listing, block, &err) == 0)
            continue;
        pthread_mutex_lock(&listing->lock);
        if (block < listing->failed) {
            listing->failed = block;
            listing->first = err;
        }
        pthread_mutex_unlock(&listing->lock);
        break;
    }
    return NULL;
}

/* If the system refuses a thread, the others do its blocks. */
static int work_through(struct listing *listing, block_work *work, struct err *err)
{
    pthread_t others[MOST_THREADS];
    int threads = cpu_count() < MOST_THREADS ? cpu_count() : MOST_THREADS, n = 0;
    sigset_t all, before;

    listing->work = work;
    listing->failed = listing->n_blocks;
    atomic_store(&listing->next, 0);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (n < threads - 1 && n + 1 < listing->n_blocks &&
           pthread_create(&others[n], NULL, work_on_blocks, listing) == 0)
        n++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    work_on_blocks(listing);
    for (int i = 0; i < n; i++)
        pthread_join(others[i], NULL);
    if (listing->failed == listing->n_blocks)
        return 0;
    return err_set(err, listing->first.code, "%s", listing->first.message);
}

/* ---- what the passes do with a block ---- */

/* As bytes, since there may be a million of them: the path with its NUL, for it may hold anything else,
 * and the class. */
static void add_image(struct str *text, const char *path, int label)
{
    unsigned char bytes[4];

    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)((unsigned)label >> 8 * i);
    if (path)
        str_add_bytes(text, path, strlen(path) + 1);
    str_add_bytes(text, bytes, sizeof(bytes));
}

static int hash_names(struct listing *listing, int block, struct err *err)
{
    struct str text = STR_INIT;
    int result;

    for (int i = block * BLOCK; i < block_end(listing, block); i++) {
        int at = i;
        enum split split = place_of(listing->set, &at);

        add_image(&text, path_of(listing->set, split, at), listing->set->labels[split][at]);
    }
    result = str_check(&text, err);
    if (result == 0)
        result = sha256_bytes(text.text, text.length, listing->hashes[block], err);
    str_release(&text);
    return result;
}

/* Sizes, and contents where they were read; of a pack, its checksums. */
static int hash_bodies(struct listing *listing, int block, struct err *err)
{
    struct str text = STR_INIT;
    int result;

    for (int i = block * BLOCK; i < block_end(listing, block); i++) {
        int at = i;
        enum split split = place_of(listing->set, &at);

        if (listing->set->pack)
            pack_describe(listing->set, split, at, &text);
        else
            str_addf(&text, "%lld %s\n", (long long)listing->sizes[i],
                listing->contents ? listing->contents[i] : "");
    }
    result = str_check(&text, err);
    if (result == 0)
        result = sha256_bytes(text.text, text.length, listing->hashes[block], err);
    str_release(&text);
    return result;
}

/* The file of image i. */
static int file_of(const struct listing *listing, int i, char path[PATH_BYTES], struct err *err)
{
    enum split split = place_of(listing->set, &i);

    return file_join(path, listing->set->config.root, listing->set->paths[split][i], err);
}

static int look_at_sizes(struct listing *listing, int block, struct err *err)
{
    char path[PATH_BYTES];
    struct stat info;

    for (int i = block * BLOCK; i < block_end(listing, block); i++) {
        if (file_of(listing, i, path, err) < 0)
            return -1;
        if (stat(path, &info) != 0)
            return errno == ENOENT
                       ? err_set(err, ERR_INPUT, "%s lists the image %s, but there is no such file",
                             listing->set->config.root, path)
                       : err_set_errno(err, errno, "cannot look at the image %s", path);
        if (!S_ISREG(info.st_mode))
            return err_set(err, ERR_INPUT, "the image %s is not a file", path);
        listing->sizes[i] = info.st_size;
    }
    return 0;
}

static int read_contents(struct listing *listing, int block, struct err *err)
{
    char path[PATH_BYTES];

    for (int i = block * BLOCK; i < block_end(listing, block); i++)
        if (file_of(listing, i, path, err) < 0 ||
            digest_file(path, DIGEST_SHA256, listing->contents[i], err) < 0)
            return -1;
    return 0;
}

/* ---- the files of a folder ---- */

static int read_files(struct listing *listing, int64_t *bytes, struct err *err)
{
    size_t n = (size_t)listing->n;

    *bytes = -1;
    if (listing->n > FINGERPRINT_MOST_SIZED)
        return 0;
    listing->sizes = calloc(n + 1, sizeof(*listing->sizes));
    if (!listing->sizes)
        return err_set(err, ERR_MEMORY, "no memory to look at %zu images", n);
    if (work_through(listing, look_at_sizes, err) < 0)
        return -1;
    *bytes = 0;
    for (size_t i = 0; i < n; i++)
        *bytes += listing->sizes[i];
    if (listing->n > FINGERPRINT_MOST_READ || *bytes > FINGERPRINT_MOST_BYTES)
        return 0;
    listing->contents = calloc(n + 1, sizeof(*listing->contents));
    if (!listing->contents)
        return err_set(err, ERR_MEMORY, "no memory to look at %zu images", n);
    return work_through(listing, read_contents, err);
}

/* ---- the whole ---- */

static void add_classes(const struct dataset *set, struct str *text)
{
    str_addf(text, "%d classes\n", set->classes);
    for (int c = 0; c < set->classes; c++) {
        const char *name = set->class_names[c];

        str_addf(text, "%d ", c);
        if (name)
            str_add_bytes(text, name, strlen(name) + 1);
        str_add(text, "\n");
    }
    for (int s = 0; s < SPLIT_COUNT; s++)
        str_addf(text, "%d images\n", set->count[s]);
}

/* Adds the hashes of all blocks. */
static int add_blocks(struct listing *listing, block_work *work, struct str *text, struct err *err)
{
    if (work_through(listing, work, err) < 0)
        return -1;
    str_add_bytes(text, listing->hashes, (size_t)listing->n_blocks * SHA256_BYTES);
    return 0;
}

/* How much is known of what the names stand for, and that. */
static int add_bodies(
    struct listing *listing, struct fingerprint *print, struct str *text, struct err *err)
{
    if (!listing->set->pack && records_are(listing->set))
        return records_describe(listing->set, FINGERPRINT_MOST_BYTES, text, &print->bytes, err);
    if (listing->set->pack) {
        print->bytes = pack_pixel_bytes(listing->set);
        str_add(text, "pixels\n");
        return add_blocks(listing, hash_bodies, text, err);
    }
    if (read_files(listing, &print->bytes, err) < 0)
        return -1;
    str_add(text, listing->contents ? "contents\n" : listing->sizes ? "sizes\n" : "names\n");
    return listing->sizes ? add_blocks(listing, hash_bodies, text, err) : 0;
}

static int hash_text(const struct str *text, char hex[SHA256_HEX_BYTES], struct err *err)
{
    return str_check(text, err) < 0 ? -1 : sha256_hex(text->text, text->length, hex, err);
}

static int take_print(struct listing *listing, struct fingerprint *print, struct err *err)
{
    struct str names = STR_INIT, all = STR_INIT;
    int result = -1;

    listing->hashes = malloc(((size_t)listing->n_blocks + 1) * SHA256_BYTES);
    if (!listing->hashes) {
        err_set(err, ERR_MEMORY, "no memory to look at %d images", listing->n);
        goto done;
    }
    add_classes(listing->set, &names);
    if (add_blocks(listing, hash_names, &names, err) < 0 ||
        hash_text(&names, print->names, err) < 0)
        goto done;
    str_addf(&all, "images 1\n%s\n", print->names);
    if (add_bodies(listing, print, &all, err) == 0)
        result = hash_text(&all, print->images, err);
done:
    str_release(&names);
    str_release(&all);
    return result;
}

int fingerprint_make(const struct dataset *set, struct fingerprint *print, struct err *err)
{
    struct listing listing = {.set = set,
        .n = set->count[SPLIT_TRAIN] + set->count[SPLIT_TEST],
        .lock = PTHREAD_MUTEX_INITIALIZER};
    int result;

    *print = (struct fingerprint){.classes = set->classes,
        .train_images = set->count[SPLIT_TRAIN],
        .test_images = set->count[SPLIT_TEST],
        .bytes = -1};
    if (!set->pack && !set->paths[SPLIT_TRAIN] && !set->paths[SPLIT_TEST])
        return 0;
    listing.n_blocks = (listing.n + BLOCK - 1) / BLOCK;
    result = take_print(&listing, print, err);
    free(listing.sizes);
    free(listing.contents);
    free(listing.hashes);
    return result;
}
