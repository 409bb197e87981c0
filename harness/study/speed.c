/* Timing a short training in a child process, and the file that keeps what was measured. */
#include "speed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/system/cpu.h"
#include "harness/version.h"

#define MAX_ENTRIES 10000
#define FILE_BYTES  ((size_t)4 << 20)
/* Multiply-adds of training that a probe is worth, and that one step of it may take. */
#define PROBE_MACS   3e9
#define STEP_MACS    1e9
#define LEAST_STEPS  6
#define MOST_STEPS   24
#define MOST_SECONDS 60 /* after which a probe is given up */

/* ---- the file ---- */

/* A number after a tab, from 0 up to a million seconds; moves *at behind it. */
static bool read_seconds(char **at, double *seconds)
{
    char *field = *at + 1, *end = field + strcspn(field, "\t"), after = *end;
    bool fine;

    *end = '\0';
    fine = str_to_double(field, seconds) && *seconds >= 0 && *seconds < 1e6;
    *end = after;
    *at = end;
    return fine;
}

static bool read_entry(char *line, struct speed_entry *entry)
{
    struct speed *s = &entry->speed;
    double *fields[] = {&s->start, &s->train_cold, &s->train_warm, &s->test_cold, &s->test_warm};
    size_t length = strspn(line, "0123456789abcdef");

    if (length != SHA256_HEX_BYTES - 1)
        return false;
    memcpy(entry->key, line, length);
    entry->key[length] = '\0';
    line += length;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (*line != '\t' || !read_seconds(&line, fields[i]))
            return false;
    return !*line && s->train_cold > 0 && s->train_warm > 0;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const struct speed_entry *)a)->key, ((const struct speed_entry *)b)->key);
}

static void read_entries(struct speed_cache *cache)
{
    struct str text = STR_INIT;
    struct err ignored = {0};
    char *line, *rest = NULL;

    if (file_read(cache->path, FILE_BYTES, &text, &ignored) < 0)
        goto done;
    for (line = strtok_r(text.text, "\n", &rest); line && cache->n_entries < MAX_ENTRIES;
         line = strtok_r(NULL, "\n", &rest))
        if (read_entry(line, &cache->entries[cache->n_entries]))
            cache->n_entries++;
    qsort(cache->entries, (size_t)cache->n_entries, sizeof(*cache->entries), compare_keys);
    cache->n_sorted = cache->n_entries;
done:
    str_release(&text);
}

void speed_cache_open(struct speed_cache *cache, int threads)
{
    char cpu[128], folder[PATH_BYTES];
    struct err ignored = {0};

    *cache = (struct speed_cache){0};
    cpu_name(cpu, sizeof(cpu));
    snprintf(cache->machine, sizeof(cache->machine), "%s|%d|%s|%.200s|%s|%d", cpu, cpu_count(),
        workload_isa(), workload_products(), SCALESTUDY_VERSION, threads);
    if (file_cache_folder(folder, &ignored) < 0 ||
        file_join(cache->path, folder, "speed.tsv", &ignored) < 0)
        cache->path[0] = '\0';
    cache->entries = calloc(MAX_ENTRIES, sizeof(*cache->entries));
    if (cache->entries && cache->path[0])
        read_entries(cache);
}

/* Seeds, and how long it trains, decide nothing of the time of an image. */
int speed_key(const struct speed_cache *cache, const struct job *job, char key[SHA256_HEX_BYTES],
    struct err *err)
{
    struct job plain = *job;
    struct str text = STR_INIT;
    int result;

    plain.seed = 0;
    plain.recipe.epochs = 1;
    plain.data.train_images = plain.data.test_images = 0;
    str_addf(&text, "%s|", cache->machine);
    job_canonical(&plain, &text);
    result = str_check(&text, err);
    if (result == 0)
        result = sha256_hex(text.text, text.length, key, err);
    str_release(&text);
    return result;
}

bool speed_cache_find(const struct speed_cache *cache, const char *key, struct speed *speed)
{
    struct speed_entry wanted, *found = NULL;

    if (!cache->entries)
        return false;
    str_copy(wanted.key, sizeof(wanted.key), key);
    for (int i = cache->n_entries - 1; i >= cache->n_sorted && !found; i--)
        if (strcmp(cache->entries[i].key, key) == 0)
            found = &cache->entries[i];
    if (!found)
        found =
            bsearch(&wanted, cache->entries, (size_t)cache->n_sorted, sizeof(wanted), compare_keys);
    if (found)
        *speed = found->speed;
    return found != NULL;
}

void speed_cache_add(struct speed_cache *cache, const char *key, const struct speed *speed)
{
    if (!cache->entries)
        return;
    if (cache->n_entries == MAX_ENTRIES) /* begin anew: nobody waits long for what is lost */
        cache->n_entries = cache->n_sorted = 0;
    str_copy(cache->entries[cache->n_entries].key, SHA256_HEX_BYTES, key);
    cache->entries[cache->n_entries++].speed = *speed;
    cache->n_new++;
}

static int write_entries(const struct speed_cache *cache, struct err *err)
{
    char folder[PATH_BYTES];
    struct str text = STR_INIT;
    int result = -1;

    for (int i = 0; i < cache->n_entries; i++) {
        const struct speed *s = &cache->entries[i].speed;

        str_addf(&text, "%s\t%.17g\t%.17g\t%.17g\t%.17g\t%.17g\n", cache->entries[i].key, s->start,
            s->train_cold, s->train_warm, s->test_cold, s->test_warm);
    }
    file_folder_of(cache->path, folder);
    if (str_check(&text, err) == 0 && file_make_folders(folder, err) == 0)
        result = file_write(cache->path, text.text, text.length, err);
    str_release(&text);
    return result;
}

int speed_cache_close(struct speed_cache *cache, struct err *err)
{
    int result = cache->n_new > 0 && cache->path[0] ? write_entries(cache, err) : 0;

    free(cache->entries);
    *cache = (struct speed_cache){0};
    return result;
}

/* ---- a measurement ---- */

struct probe {
    int steps, batch, test_images;
    double first;                 /* processor seconds at the end of the first step */
    double trained[2], tested[2]; /* at the end of both epochs' parts */
};

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void on_step(void *context, const struct step_record *record)
{
    struct probe *probe = context;
    double now = cpu_seconds();

    if (record->epoch == 1 && record->step == 1)
        probe->first = now;
    if (record->epoch <= 2)
        probe->trained[record->epoch - 1] = now;
}

static int on_epoch(void *context, const struct epoch_record *record, struct err *err)
{
    struct probe *probe = context;

    (void)err;
    if (record->epoch <= 2)
        probe->tested[record->epoch - 1] = cpu_seconds();
    return 0;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* As much of the job as a probe needs. */
static void cut_down(const struct job *job, int64_t macs, int train_images, int test_images,
    struct probe *probe, struct job *small)
{
    double image = 3.0 * (double)(macs > 0 ? macs : 1);
    double fitting = STEP_MACS / image;
    int batch = least(recipe_piece(&job->recipe), train_images > 1 ? train_images / 2 : 1);

    *small = *job;
    if (batch > 2 && batch > fitting)
        batch = fitting > 2 ? (int)fitting : 2;
    probe->batch = batch;
    probe->steps = (int)(PROBE_MACS / image / batch);
    probe->steps = probe->steps < LEAST_STEPS  ? LEAST_STEPS
                   : probe->steps > MOST_STEPS ? MOST_STEPS
                                               : probe->steps;
    probe->steps = least(probe->steps, train_images / batch);
    probe->test_images = least(probe->steps * batch / 2 + 1, test_images);
    small->recipe.epochs = 2;
    small->recipe.batch = batch;
    small->recipe.micro_batch = 0;
    if (batch < 2) /* as pieces of a larger batch; one image has nothing to be mixed with */
        small->recipe.settings.mixup = small->recipe.settings.cutmix = 0;
    small->recipe.warmup_epochs = 0;
    small->data.train_images = least(probe->steps * batch, train_images);
    small->data.test_images = probe->test_images;
}

/* In the child. */
static int train_probe(struct probe *probe, const struct job *small, int threads)
{
    const struct workload_events events = {.context = probe, .step = on_step, .epoch = on_epoch};
    struct workload_result result;
    struct workload workload;
    struct err err = {0};

    alarm(MOST_SECONDS);
    if (job_workload(small, &workload, &err) < 0)
        return -1;
    workload.data.images[0] = '\0'; /* just looked at */
    workload.threads = threads;
    return workload_train(&workload, &events, &result, &err);
}

static int conclude(const struct probe *probe, int threads, struct speed *speed)
{
    double train = (double)probe->steps * probe->batch, one = probe->batch;
    double test = probe->test_images > 0 ? probe->test_images : 1;

    *speed = (struct speed){
        .train_cold = (probe->trained[0] - probe->first) / (train - one),
        .train_warm = (probe->trained[1] - probe->tested[0]) / train,
        .test_cold = (probe->tested[0] - probe->trained[0]) / test,
        .test_warm = (probe->tested[1] - probe->trained[1]) / test,
    };
    if (probe->steps < 2 || !(speed->train_warm > 0) || !(speed->train_cold > 0))
        return -1;
    speed->start = probe->first - one * speed->train_cold;
    if (speed->start < 0)
        speed->start = 0;
    /* Threads that wait spin: all of them count. */
    speed->train_cold /= threads;
    speed->train_warm /= threads;
    speed->test_cold /= threads;
    speed->test_warm /= threads;
    return 0;
}

static void run_child(int fd, struct probe *probe, const struct job *small, int threads)
{
    bool fine = train_probe(probe, small, threads) == 0;

    if (fine && write(fd, probe, sizeof(*probe)) != (ssize_t)sizeof(*probe))
        fine = false;
    _exit(fine ? 0 : 1);
}

int speed_measure(const struct job *job, int threads, int train_images, int test_images,
    struct speed *speed, struct err *err)
{
    struct probe probe = {0};
    struct job small;
    int64_t macs;
    int ends[2], status = 0;
    ssize_t count;
    pid_t pid;

    if (workload_macs(&job->spec, &macs, err) < 0)
        return -1;
    cut_down(job, macs, train_images, test_images, &probe, &small);
    if (pipe(ends) != 0)
        return err_set_errno(err, errno, "cannot start a measurement");
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        run_child(ends[1], &probe, &small, threads);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return err_set_errno(err, errno, "cannot start a measurement");
    }
    do
        count = read(ends[0], &probe, sizeof(probe));
    while (count < 0 && errno == EINTR);
    close(ends[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (count != (ssize_t)sizeof(probe) || status != 0 || conclude(&probe, threads, speed) < 0)
        return err_set(err, ERR_NUMERIC, "the time of %s could not be measured", job->spec.name);
    return 0;
}
