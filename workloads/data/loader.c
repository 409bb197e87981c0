/*
 * A ring of batches. Workers take runs of images of the oldest batch that has any left, so that the
 * batch that is needed next is finished first; the caller takes batches in order. One mutex guards
 * all that is shared; images are decoded and transformed outside of it, each into its own place, so
 * what a batch holds does not depend on who did what when.
 */
#include "loader.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "workloads/data/augment/mixing.h"
#include "workloads/data/augment/transform.h"

#define RING        4 /* batches: one in use, three ahead */
#define RUN         4 /* images that a worker takes at once */
#define ALIGN       64
#define SMALL_BYTES 4096 /* of a packed image: up to 36 x 36 pixels */

struct slot {
    float *images; /* [batch], and if they are mixed the one before the first of them */
    int *labels, *indices, *others;
    int n;      /* images of the batch; 0: the slot is free */
    int wanted; /* to be loaded: these, and behind them the one before, if it is in another batch */
    int taken, done;
    struct err err; /* of the first image, in order, that failed */
    int failed;     /* its place in the batch */
};

struct cached {
    int width, height;
    uint8_t pixels[];
};

struct loader {
    struct loader_options options;
    struct transform transform;
    int count, batches;
    bool mixes;
    uint32_t *order;                 /* [count] of this epoch */
    _Atomic(struct cached *) *cache; /* [count], NULL without a cache; entries come, and stay */
    pthread_t *threads;
    int n_threads;

    pthread_mutex_t mutex; /* guards everything below, and the slots' counters */
    pthread_cond_t work, ready;
    struct slot slots[RING];
    size_t cached_bytes;
    int epoch, filled, used; /* batches given to slots, and done with by the caller */
    bool handed_out;         /* the caller has batch `used` */
    int busy;                /* workers at work outside of the mutex */
    bool quit;
};

/* What a worker needs of its own. */
struct worker {
    struct image decoded;
    struct transform_scratch scratch;
};

/* ---- one image ---- */

/* Reserve bytes of the cache of decoded images, or give them back. */
static bool take_room(struct loader *loader, size_t bytes)
{
    bool fits;

    pthread_mutex_lock(&loader->mutex);
    fits = loader->cached_bytes + bytes <= loader->options.cache_bytes;
    if (fits)
        loader->cached_bytes += bytes;
    pthread_mutex_unlock(&loader->mutex);
    return fits;
}

static void give_room(struct loader *loader, size_t bytes)
{
    pthread_mutex_lock(&loader->mutex);
    loader->cached_bytes -= bytes;
    pthread_mutex_unlock(&loader->mutex);
}

/* Keep a copy if there is room; without memory for it, the cache is simply full. An image that is mixed
 * into another batch than its own may be kept by two workers at once: the first one's stays. */
static void keep(struct loader *loader, int index, const struct image *image)
{
    size_t bytes = (size_t)image->width * (size_t)image->height * 3;
    struct cached *copy, *none = NULL;

    if (!loader->cache || !take_room(loader, bytes))
        return;
    copy = malloc(sizeof(*copy) + bytes);
    if (!copy)
        return;
    copy->width = image->width;
    copy->height = image->height;
    memcpy(copy->pixels, image->pixels, bytes);
    if (!atomic_compare_exchange_strong(&loader->cache[index], &none, copy)) {
        free(copy);
        give_room(loader, bytes);
    }
}

/* A packed image is in memory as it is, for all jobs of the machine. But to read a small one again
 * takes longer than all else that is done to it, and keeping it takes little. */
static bool is_small(const struct image *image)
{
    return image->width * image->height * 3 <= SMALL_BYTES;
}

static int load(
    struct loader *loader, struct worker *worker, int epoch, int index, float *to, struct err *err)
{
    const struct loader_options *options = &loader->options;
    struct rng rng = rng_open(options->seed, RNG_AUGMENT, (uint64_t)epoch, (uint64_t)index);
    struct cached *cached = loader->cache ? atomic_load(&loader->cache[index]) : NULL;
    const struct image *prepared;
    struct image view;

    if (cached) {
        view = (struct image){
            .width = cached->width, .height = cached->height, .pixels = cached->pixels};
        prepared = &view;
    } else {
        if (dataset_read(options->set, options->split, index, &worker->decoded, err) < 0)
            return -1;
        if (transform_prepare(
                &loader->transform, &worker->decoded, &worker->scratch, &prepared, err) < 0)
            return dataset_name_error(options->set, options->split, index, err);
        if (!dataset_is_packed(options->set) || prepared != &worker->decoded || is_small(prepared))
            keep(loader, index, prepared);
    }
    if (transform_finish(&loader->transform, prepared, &rng, &worker->scratch, to, err) < 0)
        return dataset_name_error(options->set, options->split, index, err);
    return 0;
}

/* ---- workers ---- */

static struct slot *oldest_with_work(struct loader *loader)
{
    for (int b = loader->used; b < loader->filled; b++) {
        struct slot *slot = &loader->slots[b % RING];

        if (slot->taken < slot->wanted)
            return slot;
    }
    return NULL;
}

/* Images first .. first + n of a slot; called without the mutex. */
static void work_on(
    struct loader *loader, struct worker *worker, struct slot *slot, int epoch, int first, int n)
{
    size_t floats = (size_t)loader->options.input * (size_t)loader->options.input * 3;

    for (int i = first; i < first + n; i++) {
        struct err err = {0};

        if (load(loader, worker, epoch, slot->indices[i], slot->images + (size_t)i * floats,
                &err) == 0)
            continue;
        pthread_mutex_lock(&loader->mutex);
        if (slot->failed < 0 || i < slot->failed) {
            slot->failed = i;
            slot->err = err;
        }
        pthread_mutex_unlock(&loader->mutex);
    }
}

static void *run_worker(void *argument)
{
    struct loader *loader = argument;
    struct worker worker = {.decoded.wanted_side = transform_wanted_side(&loader->transform)};

    pthread_mutex_lock(&loader->mutex);
    while (!loader->quit) {
        struct slot *slot = oldest_with_work(loader);
        int first, n, epoch = loader->epoch;

        if (!slot) {
            pthread_cond_wait(&loader->work, &loader->mutex);
            continue;
        }
        first = slot->taken;
        n = slot->wanted - first < RUN ? slot->wanted - first : RUN;
        slot->taken += n;
        loader->busy++;
        pthread_mutex_unlock(&loader->mutex);
        work_on(loader, &worker, slot, epoch, first, n);
        pthread_mutex_lock(&loader->mutex);
        loader->busy--;
        slot->done += n;
        if (slot->done == slot->wanted || loader->busy == 0)
            pthread_cond_broadcast(&loader->ready);
    }
    pthread_mutex_unlock(&loader->mutex);
    image_release(&worker.decoded);
    transform_scratch_release(&worker.scratch);
    return NULL;
}

/* ---- batches ---- */

/* Images that are mixed with each other. */
static int mixed_images(const struct loader *loader)
{
    return loader->options.step > 0 ? loader->options.step : loader->options.batch;
}

/* The place in the epoch of the image before the one at `first`, in turn, among those of its step; or -1
 * if the batch of n has it: then it is the last. */
static int place_before(const struct loader *loader, int first, int n)
{
    int step = mixed_images(loader), begin = first - first % step;
    int end = loader->count - begin < step ? loader->count : begin + step;

    if (n == end - begin)
        return -1;
    return first > begin ? first - 1 : end - 1;
}

static void want(struct loader *loader, struct slot *slot, int place)
{
    const struct loader_options *options = &loader->options;
    int index = (int)loader->order[place];

    slot->indices[slot->wanted] = index;
    slot->labels[slot->wanted++] = dataset_label(options->set, options->split, index);
}

/* Give free slots the next batches; with the mutex held. */
static void fill_slots(struct loader *loader)
{
    const struct loader_options *options = &loader->options;

    while (loader->filled < loader->batches && loader->filled < loader->used + RING) {
        struct slot *slot = &loader->slots[loader->filled % RING];
        int first = loader->filled * options->batch, rest = loader->count - first;
        int n = rest < options->batch ? rest : options->batch;
        int before = loader->mixes ? place_before(loader, first, n) : -1;

        slot->wanted = 0;
        for (int i = 0; i < n; i++)
            want(loader, slot, first + i);
        if (before >= 0)
            want(loader, slot, before);
        slot->n = n;
        slot->taken = slot->done = 0;
        slot->failed = -1;
        err_clear(&slot->err);
        loader->filled++;
    }
    pthread_cond_broadcast(&loader->work);
}

int loader_start_epoch(struct loader *loader, int epoch, int first_batch, struct err *err)
{
    struct rng rng = rng_open(loader->options.seed, RNG_ORDER, (uint64_t)epoch, 0);

    if (first_batch < 0 || first_batch > loader->batches)
        return err_set(err, ERR_BUG, "an epoch of %d batches cannot begin at batch %d",
            loader->batches, first_batch);
    pthread_mutex_lock(&loader->mutex);
    loader->filled = loader->used; /* nothing new is taken; what is being worked on ends */
    while (loader->busy > 0)
        pthread_cond_wait(&loader->ready, &loader->mutex);
    for (int i = 0; i < loader->count; i++)
        loader->order[i] = (uint32_t)i;
    if (loader->options.shuffle)
        rng_shuffle(&rng, loader->order, (size_t)loader->count);
    loader->epoch = epoch;
    loader->filled = loader->used = first_batch;
    loader->handed_out = false;
    fill_slots(loader);
    pthread_mutex_unlock(&loader->mutex);
    return 0;
}

/* By the caller, whose batch it is: workers are done with it. Batches of one step draw the same. */
static void mix(struct loader *loader, struct slot *slot, struct batch *batch)
{
    const struct loader_options *options = &loader->options;
    int n = slot->n, step = loader->used * options->batch / mixed_images(loader);
    size_t floats = (size_t)options->input * (size_t)options->input * 3;
    float *before = slot->images + (size_t)n * floats;
    struct rng rng = rng_open(options->seed, RNG_MIX, (uint64_t)loader->epoch, (uint64_t)step);
    struct mixing mixing;

    if (!loader->mixes)
        return;
    if (slot->wanted == n) {
        memcpy(before, before - floats, floats * sizeof(*before));
        slot->labels[n] = slot->labels[n - 1];
    }
    mixing_draw(&mixing, &options->settings, options->input, &rng);
    mixing_apply(&mixing, slot->images, n, options->input, before);
    for (int i = 0; i < n; i++)
        slot->others[i] = slot->labels[i > 0 ? i - 1 : n];
    batch->others = slot->others;
    batch->share = mixing.share;
}

int loader_next(struct loader *loader, struct batch *batch, struct err *err)
{
    struct slot *slot;
    int result = 0;

    pthread_mutex_lock(&loader->mutex);
    if (loader->handed_out) {
        loader->used++;
        loader->handed_out = false;
        fill_slots(loader);
    }
    if (loader->used == loader->batches)
        goto done;
    slot = &loader->slots[loader->used % RING];
    while (slot->done < slot->wanted)
        pthread_cond_wait(&loader->ready, &loader->mutex);
    loader->handed_out = true;
    *batch = (struct batch){.images = slot->images,
        .labels = slot->labels,
        .indices = slot->indices,
        .n = slot->n,
        .share = 1};
    result = slot->n;
    if (slot->failed < 0)
        mix(loader, slot, batch);
    else
        result = err_set(err, slot->err.code, "%s", slot->err.message);
done:
    pthread_mutex_unlock(&loader->mutex);
    return result;
}

int loader_batches(const struct loader *loader)
{
    return loader->batches;
}

/* ---- opening and closing ---- */

static int allocate(struct loader *loader, struct err *err)
{
    const struct loader_options *options = &loader->options;
    size_t batch = (size_t)options->batch + loader->mixes, side = (size_t)options->input,
           count = (size_t)loader->count;
    size_t bytes = (batch * side * side * 3 * sizeof(float) + ALIGN - 1) / ALIGN * ALIGN;
    bool complete;

    loader->order = calloc(count ? count : 1, sizeof(*loader->order));
    loader->threads = calloc((size_t)options->threads, sizeof(*loader->threads));
    complete = loader->order && loader->threads;
    if (options->cache_bytes > 0) {
        loader->cache = calloc(count ? count : 1, sizeof(*loader->cache));
        complete = complete && loader->cache;
    }
    for (int i = 0; i < RING; i++) {
        struct slot *slot = &loader->slots[i];

        slot->images = aligned_alloc(ALIGN, bytes);
        slot->labels = calloc(batch, sizeof(*slot->labels));
        slot->indices = calloc(batch, sizeof(*slot->indices));
        slot->others = calloc(batch, sizeof(*slot->others));
        complete = complete && slot->images && slot->labels && slot->indices && slot->others;
    }
    return complete ? 0
                    : err_set(err, ERR_MEMORY,
                          "no memory to load batches of %d images of %d x %d pixels",
                          options->batch, options->input, options->input);
}

/* Signals are for the thread that called us. */
static int start_threads(struct loader *loader, struct err *err)
{
    sigset_t all, before;
    int status = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (status == 0 && loader->n_threads < loader->options.threads) {
        status = pthread_create(&loader->threads[loader->n_threads], NULL, run_worker, loader);
        loader->n_threads += status == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status == 0 ? 0
                       : err_set_errno(err, status,
                             "cannot start a thread to load images; a limit on processes "
                             "(ulimit -u) or memory (ulimit -v) may be too low");
}

int loader_open(struct loader **loader, const struct loader_options *options, struct err *err)
{
    struct loader *opened;

    *loader = NULL;
    if (options->batch < 1 || options->input < 1 || options->threads < 1 ||
        options->step % options->batch != 0)
        return err_set(err, ERR_BUG, "a loader of batch %d, step %d, input %d and %d threads",
            options->batch, options->step, options->input, options->threads);
    opened = calloc(1, sizeof(*opened));
    if (!opened)
        return err_set(err, ERR_MEMORY, "no memory to load images");
    opened->options = *options;
    opened->count = dataset_count(options->set, options->split);
    opened->batches = opened->count / options->batch +
                      (!options->drop_last && opened->count % options->batch != 0);
    opened->used = opened->filled = opened->batches;
    if (options->training)
        transform_init_training(&opened->transform, &options->set->config, options->input,
            options->augment, &options->settings);
    else
        transform_init(&opened->transform, &options->set->config, options->input);
    opened->mixes = options->training && mixing_is_on(&options->settings);
    pthread_mutex_init(&opened->mutex, NULL);
    pthread_cond_init(&opened->work, NULL);
    pthread_cond_init(&opened->ready, NULL);
    if (allocate(opened, err) < 0 || start_threads(opened, err) < 0) {
        loader_free(opened);
        return -1;
    }
    *loader = opened;
    return 0;
}

void loader_free(struct loader *loader)
{
    if (!loader)
        return;
    pthread_mutex_lock(&loader->mutex);
    loader->quit = true;
    pthread_cond_broadcast(&loader->work);
    pthread_mutex_unlock(&loader->mutex);
    for (int i = 0; i < loader->n_threads; i++)
        pthread_join(loader->threads[i], NULL);
    pthread_cond_destroy(&loader->ready);
    pthread_cond_destroy(&loader->work);
    pthread_mutex_destroy(&loader->mutex);
    for (int i = 0; i < RING; i++) {
        free(loader->slots[i].images);
        free(loader->slots[i].labels);
        free(loader->slots[i].indices);
        free(loader->slots[i].others);
    }
    for (int i = 0; loader->cache && i < loader->count; i++)
        free(atomic_load(&loader->cache[i]));
    free(loader->cache);
    free(loader->order);
    free(loader->threads);
    free(loader);
}
