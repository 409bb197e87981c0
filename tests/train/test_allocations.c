/* The step loop allocates nothing, whatever the recipe: every call of the allocator in this process is counted. */
#include "tests/lib/test.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "workloads/workload.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CAN_COUNT false /* the sanitizer's allocator is in place of glibc's */
#else
#define CAN_COUNT true

static atomic_long allocations;

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);

void *malloc(size_t bytes)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_calloc(n, bytes);
}

void *realloc(void *old, size_t bytes)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_realloc(old, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_memalign(alignment, bytes);
}

int posix_memalign(void **memory, size_t alignment, size_t bytes)
{
    *memory = aligned_alloc(alignment, bytes);
    return *memory ? 0 : ENOMEM;
}
#endif

#define STEPS 4 /* of an epoch */

/* Allocations between the first and the last step of each epoch, the first of which fills the cache of images. */
struct watch {
    long at_first_step, in_second_epoch;
    int steps;
};

static long count_now(void)
{
#if CAN_COUNT
    return atomic_load(&allocations);
#else
    return 0;
#endif
}

static void on_step(void *context, const struct step_record *record)
{
    struct watch *watch = context;

    watch->steps++;
    if (record->step == 1)
        watch->at_first_step = count_now();
    if (record->epoch == 2 && record->step == record->steps)
        watch->in_second_epoch = count_now() - watch->at_first_step;
}

static void check_recipe(const char *model, const struct recipe *recipe)
{
    struct workload job = {.recipe = *recipe, .seed = 3, .threads = 2};
    struct watch watch = {0};
    const struct workload_events events = {.step = on_step, .context = &watch};
    struct workload_result result;
    struct err err = {0};

    if (!CAN_COUNT)
        skip();
    assert_int_equal(spec_find(model, &job.spec, &err), 0);
    job.spec.input = 32;
    job.spec.classes = 0;
    for (int s = 0; s < job.spec.n_stages; s++)
        job.spec.stages[s].channels = 16;
    data_config_init(&job.data);
    snprintf(job.data.name, sizeof(job.data.name), "shapes");
    job.data.train_images = STEPS * recipe->batch;
    job.data.test_images = recipe->batch;
    if (workload_data_defaults(&job.data, &err) < 0 ||
        workload_train(&job, &events, &result, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(watch.steps, 2 * STEPS);
    assert_int_equal(watch.in_second_epoch, 0);
}

static struct recipe two_epochs(void)
{
    struct recipe recipe;

    recipe_init(&recipe);
    recipe.epochs = 2;
    recipe.batch = 16;
    return recipe;
}

static void test_allocations__are_counted_here(void **state)
{
    long before = count_now();
    void *volatile memory;

    (void)state;
    if (!CAN_COUNT)
        skip();
    memory = malloc(100);
    free(memory);
    assert_int_equal(count_now() - before, 1);
}

static void test_allocations__none_in_a_step_of_sgd(void **state)
{
    struct recipe recipe = two_epochs();

    (void)state;
    check_recipe("mobilenet_v2", &recipe);
    check_recipe("resnet50", &recipe);
}

static void test_allocations__none_in_a_step_of_pieces_clipped_and_averaged(void **state)
{
    struct recipe recipe = two_epochs();

    (void)state;
    recipe.optimizer = OPTIMIZER_RMSPROP;
    recipe.micro_batch = 8;
    recipe.clip_norm = 1;
    recipe.ema_decay = 0.9;
    recipe.drop_path = 0.2;
    check_recipe("efficientnet_b0", &recipe);
}
