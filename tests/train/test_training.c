/* Whole trainings by the recipes there are: the same bits interrupted after any step, and what is
 * evaluated and saved. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/nn/io/safetensors.h"
#include "workloads/workload.h"

#define STEPS 6 /* two epochs of three */

static char folder[] = "/tmp/scalestudy-training-XXXXXX";
static char weights[64], checkpoint[64], whole_weights[64];

static int group_setup(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(weights, sizeof(weights), "%s/weights", folder);
    snprintf(checkpoint, sizeof(checkpoint), "%s/checkpoint", folder);
    snprintf(whole_weights, sizeof(whole_weights), "%s/whole", folder);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    unlink(weights);
    unlink(checkpoint);
    unlink(whole_weights);
    return rmdir(folder);
}

/* What the callbacks see: should_stop is asked after every step. */
struct watch {
    int asked, stop_at; /* stop_at 0: never */
    double test_loss;
    double losses[STEPS];
    int steps;
};

static bool should_stop(void *context)
{
    struct watch *watch = context;

    return ++watch->asked == watch->stop_at;
}

static void on_step(void *context, const struct step_record *record)
{
    struct watch *watch = context;

    if (watch->steps < STEPS)
        watch->losses[watch->steps++] = record->loss;
}

static int on_epoch(void *context, const struct epoch_record *record, struct err *err)
{
    (void)err;
    if (strcmp(record->split, "test") == 0)
        ((struct watch *)context)->test_loss = record->loss;
    return 0;
}

static void init_job(struct workload *job, const struct recipe *recipe)
{
    struct err err = {0};

    *job = (struct workload){.recipe = *recipe, .seed = 7, .threads = 1};
    assert_int_equal(spec_find("efficientnet_b0", &job->spec, &err), 0);
    for (int s = 0; s < job->spec.n_stages; s++) {
        job->spec.stages[s].channels = 8;
        job->spec.stages[s].repeats = s == 2 ? 2 : 1;
    }
    job->spec.input = 16;
    job->spec.classes = 0;
    data_config_init(&job->data);
    snprintf(job->data.name, sizeof(job->data.name), "shapes");
    job->data.train_images = 40;
    job->data.test_images = 20;
    assert_int_equal(workload_data_defaults(&job->data, &err), 0);
}

static void init_recipe(struct recipe *recipe)
{
    struct err err = {0};

    recipe_init(recipe);
    recipe->epochs = 2;
    recipe->batch = 12;
    assert_int_equal(
        recipe_augment_parse("random_crop,horizontal_flip", &recipe->augment, &err), 0);
}

static void papers_recipe(struct recipe *recipe)
{
    init_recipe(recipe);
    recipe->optimizer = OPTIMIZER_RMSPROP;
    recipe->schedule = SCHEDULE_EXPONENTIAL;
    recipe->schedule_settings.decay_epochs = 0.5;
    recipe->micro_batch = 4;
    recipe->clip_norm = 0.5;
    recipe->ema_decay = 0.9;
    recipe->bn_momentum = 0.2;
}

static void adamw_recipe(struct recipe *recipe)
{
    init_recipe(recipe);
    recipe->optimizer = OPTIMIZER_ADAMW;
    recipe->schedule = SCHEDULE_STEP;
    recipe->schedule_settings.decay_epochs = 1;
    recipe->clip_norm = 1;
}

static int train(const struct workload *job, struct watch *watch, struct err *err)
{
    const struct workload_events events = {
        .context = watch, .step = on_step, .epoch = on_epoch, .should_stop = should_stop};
    struct workload_result result;

    return workload_train(job, &events, &result, err);
}

static void train_or_fail(const struct workload *job, struct watch *watch)
{
    struct err err = {0};

    if (train(job, watch, &err) < 0)
        fail_msg("%s", err.message);
}

static void check_same_file(const char *a, const char *b)
{
    FILE *files[2] = {fopen(a, "rb"), fopen(b, "rb")};
    int x, y;

    assert_non_null(files[0]);
    assert_non_null(files[1]);
    do {
        x = getc(files[0]);
        y = getc(files[1]);
        assert_int_equal(x, y);
    } while (x != EOF);
    fclose(files[0]);
    fclose(files[1]);
}

static void check_interruptions(const struct recipe *recipe)
{
    struct watch watch = {0};
    struct workload job;

    init_job(&job, recipe);
    job.save_weights = whole_weights;
    train_or_fail(&job, &watch);
    assert_int_equal(watch.steps, STEPS);
    job.save_weights = weights;
    job.checkpoint = checkpoint;
    /* Also within the evaluations that end an epoch, which ask too. */
    for (int at = 1; at < watch.asked; at++) {
        struct watch first = {.stop_at = at}, second = {0};
        struct err err = {0};

        unlink(checkpoint);
        assert_int_equal(train(&job, &first, &err), -1);
        if (err.code != ERR_INTERRUPTED)
            fail_msg("%s", err.message);
        train_or_fail(&job, &second);
        assert_true(second.test_loss == watch.test_loss);
        check_same_file(weights, whole_weights);
    }
    unlink(checkpoint);
}

static void test_training__interrupted_gives_the_same_bits_with_sgd(void **state)
{
    struct recipe recipe;

    (void)state;
    init_recipe(&recipe);
    check_interruptions(&recipe);
}

static void test_training__interrupted_gives_the_same_bits_with_rmsprop(void **state)
{
    struct recipe recipe;

    (void)state;
    papers_recipe(&recipe);
    check_interruptions(&recipe);
}

static void test_training__interrupted_gives_the_same_bits_with_adamw(void **state)
{
    struct recipe recipe;

    (void)state;
    adamw_recipe(&recipe);
    check_interruptions(&recipe);
}

static void test_training__threads_change_no_bit(void **state)
{
    struct watch watch = {0};
    struct recipe recipe;
    struct workload job;

    (void)state;
    papers_recipe(&recipe);
    init_job(&job, &recipe);
    job.save_weights = whole_weights;
    train_or_fail(&job, &watch);
    job.threads = 3;
    job.save_weights = weights;
    train_or_fail(&job, &watch);
    check_same_file(weights, whole_weights);
}

static void test_training__computing_outputs_again_changes_no_bit(void **state)
{
    struct watch watch = {0};
    struct recipe recipe;
    struct workload job;

    (void)state;
    papers_recipe(&recipe);
    init_job(&job, &recipe);
    job.save_weights = whole_weights;
    train_or_fail(&job, &watch);
    job.recompute = true;
    job.save_weights = weights;
    train_or_fail(&job, &watch);
    check_same_file(weights, whole_weights);
}

static float *read_tensor(
    const struct safetensors *file, const char *prefix, const char *name, size_t *count)
{
    const struct safetensor *found;
    struct err err = {0};
    char full[192];
    float *values;

    snprintf(full, sizeof(full), "%s%s", prefix, name);
    found = safetensors_find(file, full);
    if (!found)
        fail_msg("there is no tensor %s", full);
    *count = (size_t)found->count;
    values = malloc(*count * sizeof(*values));
    assert_int_equal(safetensors_read(file, found, values, &err), 0);
    return values;
}

static void test_training__averaged_weights_are_saved_and_tested(void **state)
{
    struct safetensors *saved, *checkpointed;
    struct workload_result result;
    struct watch watch = {0};
    struct recipe recipe;
    struct workload job;
    struct err err = {0};
    int compared = 0, moved = 0;

    (void)state;
    papers_recipe(&recipe);
    init_job(&job, &recipe);
    job.save_weights = weights;
    job.checkpoint = checkpoint;
    unlink(checkpoint);
    train_or_fail(&job, &watch);
    assert_int_equal(safetensors_open(&saved, weights, &err), 0);
    assert_int_equal(safetensors_open(&checkpointed, checkpoint, &err), 0);
    for (int i = 0; i < safetensors_count(saved); i++) {
        const struct safetensor *tensor = safetensors_at(saved, i);
        size_t n, n_average, n_trained;
        float *values, *average, *trained;

        if (tensor->dtype != SAFETENSORS_F32)
            continue;
        values = read_tensor(saved, "", tensor->name, &n);
        average = read_tensor(checkpointed, "optimizer.average.", tensor->name, &n_average);
        trained = read_tensor(checkpointed, "", tensor->name, &n_trained);
        assert_int_equal(n, n_average);
        assert_memory_equal(values, average, n * sizeof(*values));
        moved += memcmp(values, trained, n * sizeof(*values)) != 0;
        compared++;
        free(values);
        free(average);
        free(trained);
    }
    safetensors_close(saved);
    safetensors_close(checkpointed);
    assert_true(compared > 50);
    assert_true(moved > compared / 2);
    job.init_weights = weights;
    assert_int_equal(workload_eval(&job, "test", NULL, &result, &err), 0);
    assert_true(fabs(result.loss - watch.test_loss) < 1e-4 * watch.test_loss);
}

/* A step of one piece and a step of all at once differ by batch norm alone; steps stay steps. */
static void test_training__pieces_change_neither_steps_nor_images(void **state)
{
    struct watch whole = {0}, cut = {0};
    struct recipe recipe;
    struct workload job;

    (void)state;
    init_recipe(&recipe);
    recipe.optimizer = OPTIMIZER_RMSPROP;
    recipe.dropout = recipe.drop_path = 0;
    init_job(&job, &recipe);
    train_or_fail(&job, &whole);
    job.recipe.micro_batch = 6;
    train_or_fail(&job, &cut);
    assert_int_equal(whole.steps, STEPS);
    assert_int_equal(cut.steps, STEPS);
    assert_true(whole.losses[0] != cut.losses[0]);
    assert_true(fabs(whole.losses[0] - cut.losses[0]) < 0.2 * whole.losses[0]);
}

static void test_training__memory_is_planned_with_what_the_recipe_keeps(void **state)
{
    int64_t plain, cut, averaged, adamw;
    struct recipe recipe;
    struct workload job;
    struct err err = {0};
    struct cost cost;

    (void)state;
    init_recipe(&recipe);
    init_job(&job, &recipe);
    job.spec.classes = 10;
    assert_int_equal(workload_cost(&job.spec, recipe.batch, &cost, &err), 0);
    assert_int_equal(workload_train_bytes(&job.spec, &recipe, &plain, &err), 0);
    assert_true(plain == cost.train_bytes);
    recipe.micro_batch = 4;
    assert_int_equal(workload_train_bytes(&job.spec, &recipe, &cut, &err), 0);
    assert_true(cut < plain);
    recipe.micro_batch = 0;
    recipe.ema_decay = 0.9;
    assert_int_equal(workload_train_bytes(&job.spec, &recipe, &averaged, &err), 0);
    assert_true(averaged >= plain + cost.parameters * (int64_t)sizeof(float));
    recipe.ema_decay = 0;
    recipe.optimizer = OPTIMIZER_ADAMW;
    assert_int_equal(workload_train_bytes(&job.spec, &recipe, &adamw, &err), 0);
    assert_true(adamw >= plain + cost.parameters * (int64_t)sizeof(float));
}
