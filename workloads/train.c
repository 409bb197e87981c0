/* Training: preparation, steps, epochs, checkpoints, and stopping. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "evaluate.h"
#include "given_weights.h"
#include "harness/base/clock.h"
#include "harness/system/file.h"
#include "job_identity.h"
#include "workloads/models/model.h"
#include "workloads/nn/train/average.h"
#include "workloads/nn/io/checkpoint.h"
#include "workloads/nn/train/gradients.h"
#include "workloads/nn/train/optimizer.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/train/schedule.h"
#include "workloads/nn/io/weights.h"
#include "notes.h"
#include "trained_on.h"
#include "train_memory.h"
#include "workload.h"

/* One training, from its first allocation to its last. */
struct training {
    const struct workload *job; /* `resolved` */
    struct workload resolved;   /* the caller's, its recipe's defaults put in */
    const struct workload_events *events;
    struct spec spec; /* the job's, with its number of classes and what the recipe says */
    char identity[SHA256_HEX_BYTES];
    struct dataset *set;
    struct trained_on *trained; /* for the weights that are saved; NULL: none are */
    struct graph graph;
    struct net *net;
    struct optimizer_state *optimizer;
    struct gradients *gradients; /* NULL: neither clipped nor added up */
    struct average *average;     /* NULL: none */
    struct loader *train, *test; /* train in pieces of a step; test: NULL if that split is empty */
    int pieces;                  /* of a step */
    int step_images;
    struct schedule_plan schedule;
    int steps;       /* of an epoch */
    int64_t n_steps; /* of the run */
    struct checkpoint_place place;
    struct metrics test_metrics; /* of the last evaluation */
    bool tested;
    double best_top1; /* of epochs so far */
    double last_save; /* clock_seconds */
};

/* ---- before the first step ---- */

/* A file that is to be written hours from now: is there a folder to write it to? */
static int check_output(const char *what, const char *path, struct err *err)
{
    char folder[PATH_BYTES];

    if (!path)
        return 0;
    if (file_is_folder(path))
        return err_set(
            err, ERR_INPUT, "the %s %s is a folder; a file's name is needed", what, path);
    file_folder_of(path, folder);
    if (!file_is_folder(folder))
        return err_set(
            err, ERR_INPUT, "the folder of the %s %s does not exist; create it first", what, path);
    if (access(folder, W_OK) != 0)
        return err_set(err, ERR_INPUT, "the folder of the %s %s cannot be written to", what, path);
    return 0;
}

/* What trainings that were killed left beside the files that this one writes. */
static void sweep_outputs(const struct workload *job)
{
    const char *const paths[] = {job->checkpoint, job->save_weights, job->best_weights};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (paths[i])
            file_sweep(paths[i]);
}

static void take_from_recipe(struct spec *spec, const struct recipe *recipe)
{
    if (recipe->dropout != RECIPE_MODEL_DEFAULT)
        spec->dropout = recipe->dropout;
    if (recipe->drop_path != RECIPE_MODEL_DEFAULT)
        spec->drop_path = recipe->drop_path;
    if (recipe->bn_momentum != RECIPE_DEFAULT)
        spec->bn_momentum = recipe->bn_momentum;
    spec->zero_init_residual = recipe->zero_init_residual;
}

/* Steps have equal numbers of images, so an epoch ends where a whole step is no longer left; if
 * there are fewer images than one step wants, all of them are one. */
static int open_loaders(struct training *t, struct err *err)
{
    const struct workload *job = t->job;
    int images = dataset_count(t->set, SPLIT_TRAIN), batch = job->recipe.batch;
    int piece = recipe_piece(&job->recipe);
    const struct loader_options options = {
        .set = t->set,
        .split = SPLIT_TRAIN,
        .input = t->spec.input,
        .batch = piece,
        .step = batch,
        .training = true,
        .augment = job->recipe.augment,
        .settings = job->recipe.settings,
        .shuffle = !job->no_shuffle,
        .drop_last = images >= batch,
        .seed = job->seed,
        .threads = job->data.loader_threads,
        .cache_bytes = job_cache_bytes(SPLIT_TRAIN),
    };

    if (images == 0)
        return err_set(err, ERR_INPUT, "%s has no images to train on", job->data.name);
    if (loader_open(&t->train, &options, err) < 0)
        return -1;
    t->step_images = images < batch ? images : batch;
    t->pieces = (t->step_images + piece - 1) / piece;
    t->steps = loader_batches(t->train) / t->pieces;
    if (dataset_count(t->set, SPLIT_TEST) == 0)
        return 0;
    return job_open_evaluation(job, t->set, SPLIT_TEST, t->spec.input, &t->test, err);
}

static void plan_schedule(struct training *t)
{
    const struct recipe *recipe = &t->job->recipe;
    int64_t all = (int64_t)recipe->epochs * t->steps;

    t->schedule = (struct schedule_plan){
        .kind = schedule_kinds()[recipe->schedule],
        .lr = recipe->optimizer_settings.lr,
        .warmup_steps = llround(recipe->warmup_epochs * t->steps),
        .steps = all,
        .steps_per_epoch = t->steps,
        .settings = recipe->schedule_settings,
    };
    t->n_steps = t->job->max_steps > 0 && t->job->max_steps < all ? t->job->max_steps : all;
}

static int create_net(struct training *t, struct err *err)
{
    const struct recipe *recipe = &t->job->recipe;
    const struct net_options options = {.batch = recipe_piece(recipe),
        .training = true,
        .recompute = t->job->recompute,
        .seed = t->job->seed};

    if (model_build(&t->spec, &t->graph, err) < 0 ||
        net_check_memory(&t->graph, &options, training_state_bytes(recipe, &t->graph), err) < 0 ||
        net_create(&t->net, &t->graph, &options, err) < 0 ||
        optimizer_create(&t->optimizer, optimizer_kinds()[recipe->optimizer],
            &recipe->optimizer_settings, t->net, err) < 0)
        return -1;
    if (!training_uses_gradients(recipe))
        return 0;
    return gradients_create(&t->gradients, t->net, training_adds_gradients(recipe), err);
}

/* Where a checkpoint may say a run is. */
static int check_place(const struct training *t, struct err *err)
{
    const struct checkpoint_place *place = &t->place;

    if (place->epoch > t->job->recipe.epochs || place->step > t->steps ||
        place->global_step != (int64_t)place->epoch * t->steps + place->step)
        return err_set(err, ERR_INPUT,
            "%s is a checkpoint of step %d of epoch %lld, which this run of %d epochs of %d steps "
            "does not have; remove it or name another file",
            t->job->checkpoint, place->step, (long long)place->epoch + 1, t->job->recipe.epochs,
            t->steps);
    if (!checkpoint_is_sound(place, t->step_images))
        return err_set(err, ERR_INPUT,
            "%s is a damaged checkpoint: %lld steps cannot come to its sums over images; remove it "
            "or "
            "name another file",
            t->job->checkpoint, (long long)place->global_step);
    return 0;
}

static struct checkpoint_state state_of(const struct training *t)
{
    return (struct checkpoint_state){
        .net = t->net, .optimizer = t->optimizer, .average = t->average};
}

/* The average begins as the first weights, wherever they are from. */
static int start_weights(struct training *t, struct err *err)
{
    const struct workload *job = t->job;
    bool goes_on = job->checkpoint && file_exists(job->checkpoint);
    struct checkpoint_state state;

    if (!goes_on && job->init_weights &&
        given_weights_load(t->net, &t->spec, job->init_weights, err) < 0)
        return -1;
    if (job->recipe.ema_decay > 0 &&
        average_create(&t->average, t->net, job->recipe.ema_decay, err) < 0)
        return -1;
    if (!goes_on)
        return 0;
    state = state_of(t);
    if (checkpoint_load(job->checkpoint, t->identity, &state, &t->place, err) < 0)
        return -1;
    return check_place(t, err);
}

static int tell_remarks(const struct training *t, struct err *err)
{
    struct str lines = STR_INIT;
    int result;

    workload_train_remarks(
        &t->spec, &t->job->recipe, dataset_count(t->set, SPLIT_TRAIN), !t->job->no_shuffle, &lines);
    result = str_check(&lines, err);
    if (result == 0 && lines.length > 0 && t->events->recipe_remarks)
        t->events->recipe_remarks(t->events->context, lines.text);
    str_release(&lines);
    return result;
}

static int open_training(struct training *t, struct err *err)
{
    const struct workload *job = t->job;
    struct data_notes notes;

    if (recipe_validate(&job->recipe, err) < 0 || recipe_resolve(&t->resolved.recipe, err) < 0 ||
        check_output("checkpoint", job->checkpoint, err) < 0 ||
        check_output("weights file", job->save_weights, err) < 0 ||
        check_output("weights file", job->best_weights, err) < 0)
        return -1;
    sweep_outputs(job);
    /* A checkpoint can only be resumed with the images that it was made with. */
    if (parallel_start(job->threads, err) < 0 ||
        job_open_dataset(&t->resolved, &t->set, &t->spec, job->checkpoint != NULL, err) < 0)
        return -1;
    if ((job->save_weights || job->best_weights) &&
        trained_on_make(&t->trained, t->set, job->init_weights, err) < 0)
        return -1;
    take_from_recipe(&t->spec, &job->recipe);
    if (workload_train_check(&t->spec, &job->recipe, dataset_count(t->set, SPLIT_TRAIN), err) < 0)
        return -1;
    if (job_identity(job, &t->spec, t->identity, err) < 0 || create_net(t, err) < 0 ||
        open_loaders(t, err) < 0)
        return -1;
    plan_schedule(t);
    if (t->events->data_notes) {
        notes_of_set(t->set, &notes);
        t->events->data_notes(t->events->context, &notes);
    }
    t->last_save = clock_seconds();
    return start_weights(t, err) < 0 ? -1 : tell_remarks(t, err);
}

static void close_training(struct training *t)
{
    loader_free(t->train);
    loader_free(t->test);
    average_free(t->average);
    gradients_free(t->gradients);
    optimizer_free(t->optimizer);
    net_free(t->net);
    graph_release(&t->graph);
    trained_on_free(t->trained);
    dataset_free(t->set);
}

/* ---- saving and stopping ---- */

/* The learning rate of the step before the place. */
static double last_lr(const struct training *t)
{
    return schedule_lr(&t->schedule, t->place.global_step > 0 ? t->place.global_step - 1 : 0);
}

/* What is not finite is never saved: the sentence then says when that was. */
static int diverged(const struct training *t, struct err *err)
{
    char what[256];

    if (err->code != ERR_NUMERIC)
        return -1;
    str_copy(what, sizeof(what), err->message);
    err_clear(err);
    return err_set(err, ERR_NUMERIC,
        "the training has diverged: after step %lld, at a learning rate of %g, %.200s, and is not "
        "saved; "
        "a lower lr or a longer warm-up may help",
        (long long)t->place.global_step, last_lr(t), what);
}

static int save_progress(struct training *t, struct err *err)
{
    const struct checkpoint_state state = state_of(t);

    t->last_save = clock_seconds();
    if (!t->job->checkpoint)
        return 0;
    if (checkpoint_save(t->job->checkpoint, t->identity, &state, &t->place, err) < 0)
        return diverged(t, err);
    return 0;
}

static bool is_asked_to_stop(const struct training *t)
{
    return t->events->should_stop && t->events->should_stop(t->events->context);
}

static int interrupted(struct training *t, struct err *err)
{
    err_clear(err);
    if (save_progress(t, err) < 0)
        return -1;
    if (t->job->checkpoint)
        return err_set(err, ERR_INTERRUPTED,
            "interrupted after step %d of %d of epoch %d; all is saved in %s", t->place.step,
            t->steps, t->place.epoch + 1, t->job->checkpoint);
    return err_set(err, ERR_INTERRUPTED,
        "interrupted after step %d of %d of epoch %d; nothing is saved, since no checkpoint file "
        "was named",
        t->place.step, t->steps, t->place.epoch + 1);
}

/* ---- steps ---- */

static void add_to_place(struct training *t, const struct metrics *metrics, double seconds)
{
    struct checkpoint_place *place = &t->place;

    place->loss_sum += metrics->loss_sum;
    place->images += metrics->images;
    place->top1 += metrics->top1;
    place->top5 += metrics->top5;
    place->train_images += metrics->images;
    place->epoch_seconds += seconds;
    place->train_seconds += seconds;
    place->step++;
    place->global_step++;
}

static void tell_step(const struct training *t, double loss)
{
    const struct step_record record = {
        .epoch = t->place.epoch + 1,
        .epochs = t->job->recipe.epochs,
        .step = t->place.step,
        .steps = t->steps,
        .loss = loss,
        .lr = last_lr(t),
        .images_per_second = (double)t->place.images / t->place.epoch_seconds,
    };

    if (t->events->step)
        t->events->step(t->events->context, &record);
}

/* Forward and backward for one piece of a step: the whole of it, if nothing is cut up. Each piece
 * draws random numbers of its own. */
static int train_piece(
    struct training *t, int piece, double lr, struct metrics *metrics, struct err *err)
{
    uint64_t draw = (uint64_t)t->place.global_step * (uint64_t)t->pieces + (uint64_t)piece;
    struct batch batch;
    double loss;
    int n = loader_next(t->train, &batch, err);

    if (n < 0)
        return -1;
    if (n == 0)
        return err_set(err, ERR_BUG, "epoch %d ended at step %d of %d", t->place.epoch + 1,
            t->place.step, t->steps);
    net_set_input(t->net, batch.images, n);
    net_forward(t->net, n, true, draw);
    loss = batch.others ? net_loss_mixed(t->net, batch.labels, batch.others, batch.share, n,
                              t->job->recipe.label_smoothing)
                        : net_loss(t->net, batch.labels, n, t->job->recipe.label_smoothing);
    if (!isfinite(loss))
        return err_set(err, ERR_NUMERIC,
            "the loss is not finite in step %d of epoch %d, at a learning rate of %g; a lower lr "
            "or a longer warm-up may help",
            t->place.step + 1, t->place.epoch + 1, lr);
    net_backward(t->net, n);
    if (t->pieces > 1)
        gradients_add(t->gradients, (double)n / t->step_images);
    metrics_add(metrics, net_logits(t->net), net_classes(t->net), batch.labels, n, loss);
    return 0;
}

static int train_step(struct training *t, struct err *err)
{
    double lr = schedule_lr(&t->schedule, t->place.global_step), start = clock_seconds();
    struct metrics metrics = {0};

    for (int piece = 0; piece < t->pieces; piece++)
        if (train_piece(t, piece, lr, &metrics, err) < 0)
            return -1;
    if (t->pieces > 1)
        gradients_collect(t->gradients);
    if (t->job->recipe.clip_norm > 0)
        gradients_clip(t->gradients, t->job->recipe.clip_norm);
    optimizer_step(t->optimizer, lr);
    if (t->average)
        average_update(t->average, t->place.global_step + 1);
    add_to_place(t, &metrics, clock_seconds() - start);
    tell_step(t, metrics_loss(&metrics));
    return 0;
}

/* The steps of the epoch that are left. */
static int train_epoch(struct training *t, struct err *err)
{
    double every = t->job->checkpoint_seconds;

    if (t->place.step < t->steps &&
        loader_start_epoch(t->train, t->place.epoch, t->place.step * t->pieces, err) < 0)
        return -1;
    while (t->place.step < t->steps && t->place.global_step < t->n_steps) {
        if (train_step(t, err) < 0)
            return -1;
        if (is_asked_to_stop(t))
            return interrupted(t, err);
        if (every > 0 && clock_seconds() - t->last_save >= every && save_progress(t, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- epochs ---- */

static int tell_epoch(struct training *t, const char *split, const struct metrics *metrics,
    double seconds, struct err *err)
{
    const struct epoch_record record = {
        .epoch = t->place.epoch + 1,
        .split = split,
        .loss = metrics_loss(metrics),
        .top1 = metrics_top1(metrics),
        .top5 = metrics_top5(metrics, t->spec.classes),
        .lr = last_lr(t),
        .seconds = seconds,
        .images_per_second = seconds > 0 ? (double)metrics->images / seconds : NAN,
    };

    return t->events->epoch ? t->events->epoch(t->events->context, &record, err) : 0;
}

static void swap_average(struct training *t)
{
    if (t->average)
        average_swap(t->average);
}

static int test_net(struct training *t, double *seconds, struct err *err)
{
    int result = 0;
    const struct evaluation evaluation = {
        .net = t->net,
        .loader = t->test,
        .set = t->set,
        .split = SPLIT_TEST,
        .should_stop = t->events->should_stop,
        .stop_context = t->events->context,
    };
    double start = clock_seconds();

    t->test_metrics = (struct metrics){0};
    t->tested = true;
    if (t->test) {
        swap_average(t);
        result = evaluate(&evaluation, &t->test_metrics, err);
        swap_average(t);
    }
    if (result < 0)
        return err->code == ERR_INTERRUPTED ? interrupted(t, err) : -1;
    *seconds = clock_seconds() - start;
    return 0;
}

/* The average, where there is one: it is what was evaluated. */
static int save_weights(struct training *t, const char *path, struct err *err)
{
    const char *about[2 * WEIGHTS_ABOUT + 1];
    int result;

    if (!path)
        return 0;
    trained_on_list(t->trained, about);
    swap_average(t);
    result = weights_save(t->net, t->place.global_step, about, path, err);
    swap_average(t);
    return result < 0 ? diverged(t, err) : 0;
}

/* Of equals the latest: a run that goes on does the epoch again whose end it did not save. */
static int keep_best(struct training *t, struct err *err)
{
    double top1 = metrics_top1(&t->test_metrics);

    if (!t->job->best_weights || !(top1 >= t->best_top1))
        return 0;
    t->best_top1 = top1;
    return save_weights(t, t->job->best_weights, err);
}

static int end_epoch(struct training *t, struct err *err)
{
    struct checkpoint_place *place = &t->place;
    const struct metrics metrics = {place->loss_sum, place->images, place->top1, place->top5};
    double seconds;

    if (weights_check(t->net, err) < 0)
        return diverged(t, err);
    if (tell_epoch(t, "train", &metrics, place->epoch_seconds, err) < 0 ||
        test_net(t, &seconds, err) < 0)
        return -1;
    if (t->test &&
        (tell_epoch(t, "test", &t->test_metrics, seconds, err) < 0 || keep_best(t, err) < 0))
        return -1;
    if (place->step == t->steps) {
        place->epoch++;
        place->step = 0;
        place->loss_sum = place->epoch_seconds = 0;
        place->images = place->top1 = place->top5 = 0;
    }
    return save_progress(t, err);
}

static int train_all(struct training *t, struct err *err)
{
    double seconds;

    while (t->place.epoch < t->job->recipe.epochs &&
           (t->place.global_step < t->n_steps || t->place.step > 0)) {
        bool stopped_short;

        if (train_epoch(t, err) < 0)
            return -1;
        stopped_short = t->place.step < t->steps;
        if (end_epoch(t, err) < 0)
            return -1;
        if (stopped_short)
            break;
    }
    /* A run that had ended before: its checkpoint has the weights, not what they score. */
    return t->tested ? 0 : test_net(t, &seconds, err);
}

static void fill_result(const struct training *t, struct workload_result *result)
{
    const struct checkpoint_place *place = &t->place;
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    *result = (struct workload_result){
        .loss = metrics_loss(&t->test_metrics),
        .top1 = metrics_top1(&t->test_metrics),
        .top5 = metrics_top5(&t->test_metrics, t->spec.classes),
        .train_seconds = place->train_seconds,
        .images_per_second =
            place->train_seconds > 0 ? (double)place->train_images / place->train_seconds : NAN,
        .peak_bytes = (int64_t)usage.ru_maxrss * 1024,
        .images = t->test_metrics.images,
        .epochs = place->epoch,
        .classes = t->spec.classes,
    };
}

int workload_train(const struct workload *job, const struct workload_events *events,
    struct workload_result *result, struct err *err)
{
    static const struct workload_events none;
    struct training t = {.resolved = *job, .events = events ? events : &none};
    int status = -1;

    t.job = &t.resolved;
    t.best_top1 = job->best_top1;
    *result = (struct workload_result){0};
    if (open_training(&t, err) < 0 || train_all(&t, err) < 0)
        goto done;
    fill_result(&t, result);
    status = save_weights(&t, t.job->save_weights, err);
done:
    close_training(&t);
    return status;
}
