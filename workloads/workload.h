/*
 * The engine as the harness sees it: what a network costs, training one, evaluating one, asking one.
 *
 *     struct workload job = {...};
 *     struct workload_events events = {.epoch = save, .should_stop = asked, .context = me};
 *     if (workload_train(&job, &events, &result, err) < 0)
 *             err->code is ERR_INTERRUPTED if should_stop said so: all is in the checkpoint
 *
 * Nothing here knows of studies, databases or terminals: progress goes out by callbacks, called on
 * the calling thread. Training with a checkpoint path goes on from the checkpoint if there is one,
 * and gives the same bits as an uninterrupted run on the same machine. One training or evaluation a
 * process at a time.
 */
#ifndef SCALESTUDY_WORKLOADS_WORKLOAD_H
#define SCALESTUDY_WORKLOADS_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "workloads/data/config/data_config.h"
#include "harness/base/err.h"
#include "harness/base/str.h"
#include "workloads/models/spec.h"
#include "workloads/nn/products/machine_peak.h"
#include "recipe.h"

/* Raised whenever some job would give different numbers than before. */
#define NUMERICS_VERSION 6

/* The version in which the numbers of such a job changed last, at most NUMERICS_VERSION. It is part of
 * the job's identity, so that only jobs whose results changed are run again. The recipe is resolved. */
int workload_numerics(const struct spec *spec, const struct recipe *recipe);

/* What a network costs. FLOPs as the paper uses the word are `macs`: multiply-adds. */
struct cost {
    int64_t parameters;
    int64_t macs;        /* of one image, forward */
    int64_t activations; /* outputs of convolutions and linear layers, of one image */
    int64_t infer_bytes; /* memory of the engine at this batch, inference and training */
    int64_t train_bytes;
};

/* Cost of a network without building it. */
int workload_cost(
    const struct spec *spec, int batch, struct cost *cost, struct err *err) MUST_CHECK;

/* The same without planning its memory, which takes longer than counting: both bytes are 0. */
int workload_counts(const struct spec *spec, struct cost *cost, struct err *err) MUST_CHECK;

/* Memory of the engine in training by a recipe: its batch or pieces of it, its optimizer, its moving
 * average. */
int workload_train_bytes(const struct spec *spec, const struct recipe *recipe, int64_t *bytes,
    struct err *err) MUST_CHECK;

/*
 * Bytes of decoded images, side x side pixels, that a job keeps in memory besides: all of a split that
 * fit into its share of a gigabyte, or of an eighth of the machine's memory (0: not known) if that is
 * less. Of the share three quarters are for the images to train with, a quarter for those to test.
 */
struct workload_images {
    int side, train, test;
};
int64_t workload_decoded_bytes(const struct workload_images *images, uint64_t machine_memory);

/* ERR_INPUT, with a layer's name, for a training that cannot learn: batch norm over one value per
 * channel, a map of one pixel of one image. images: the number of training images, which decides
 * whether a step's last piece is smaller; 0: not known. */
int workload_train_check(
    const struct spec *spec, const struct recipe *recipe, int images, struct err *err) MUST_CHECK;

/* Consequences of a resolved recipe that are easy to overlook: images that an epoch leaves out, a warm-up
 * that is all of the training or none of it, a rate that never falls, a drop_path without branches to
 * drop. Sentences without full stops, each with a newline; mostly none. images as above. */
void workload_train_remarks(const struct spec *spec, const struct recipe *recipe, int images,
    bool shuffled, struct str *to);

/* Only macs, for scalers that solve for a budget (a scaler_cost). */
int workload_macs(const struct spec *spec, int64_t *macs, struct err *err) MUST_CHECK;

/* One row a layer, in order of execution. */
struct layer_cost {
    char name[64]; /* in weight files, or "" */
    char kind[24]; /* as in layers.def */
    int stage, block;
    int h, w, c;
    int64_t parameters, macs;
    int64_t activations; /* as in struct cost */
};
int workload_layer_costs(const struct spec *spec, struct layer_cost **layers, int *n_layers,
    struct err *err) MUST_CHECK; /* free() */

struct workload {
    struct spec spec; /* classes 0: as the dataset has */
    struct data_config data;
    struct recipe recipe;
    uint64_t seed;
    int threads;
    const char *init_weights; /* safetensors to start from, or NULL */
    const char *save_weights; /* final weights as safetensors, or NULL */
    /* Weights of the epoch with the highest top-1 on the test split, or NULL. best_top1: what they must
     * reach, from epochs before this run goes on; 0: anything. */
    const char *best_weights;
    double best_top1;
    const char *checkpoint;    /* to save progress in and go on from, or NULL; stays at the end */
    double checkpoint_seconds; /* at least so often, besides every epoch; 0: every epoch only */
    bool recompute;  /* forget outputs and compute them again in backward: the same bits in
                                  less memory and more time (nn/recompute.h) */
    int max_steps;   /* stop after so many steps as if the recipe ended; 0: all */
    bool no_shuffle; /* batches in the split's own order */
};

struct epoch_record {
    int epoch;               /* from 1 */
    const char *split;       /* "train", with augmentation as it ran, or "test" */
    double loss, top1, top5; /* accuracies in per cent; top5 NaN with fewer than 6 classes */
    double lr;               /* at the end of the epoch */
    double seconds, images_per_second;
};

struct step_record {
    int epoch, step, steps; /* step of the epoch, from 1; steps in it */
    int epochs;
    double loss, lr, images_per_second;
};

/* What a user should know of a set, each a sentence without a full stop; empty: nothing. */
struct data_notes {
    char splits[512];    /* how many images are for training and testing, and what decides which */
    char left_out[2048]; /* files that were left out: "12 files are ..." */
    int train_images;    /* 0: not known */
};

struct workload_events {
    void *context;
    /* OPTIONAL; before all others: what to know of the data */
    void (*data_notes)(void *context, const struct data_notes *notes);
    /* OPTIONAL; before the first step: what to know of the recipe, workload_train_remarks(); not called
     * if there is nothing */
    void (*recipe_remarks)(void *context, const char *lines);
    void (*step)(void *context, const struct step_record *record); /* OPTIONAL */
    /* OPTIONAL; -1 ends the run */
    int (*epoch)(void *context, const struct epoch_record *record, struct err *err);
    bool (*should_stop)(void *context); /* OPTIONAL; asked after every step */
};

struct workload_result {
    double loss, top1, top5; /* on the test split, after the last epoch */
    double train_seconds;    /* of all parts of an interrupted run */
    double images_per_second;
    int64_t peak_bytes; /* of the process */
    int64_t images;     /* of the test split */
    int epochs;
    int classes;
    /* Of an evaluation: the split, the images of the whole set, and how many of trained_known images
     * the network was trained on, according to its weights (-1: they do not say). trained_known is
     * less than `images` if the weights record only a sample. */
    const char *split;
    int64_t set_images, trained_on, trained_known;
    char trained_set[160]; /* the set that it was trained on; empty: they do not say */
};

int workload_train(const struct workload *job, const struct workload_events *events,
    struct workload_result *result, struct err *err) MUST_CHECK;

/* What an evaluation shows of each image, if asked. */
typedef int image_scores(
    void *context, const char *path, int label, const float *logits, int classes, struct err *err);

/* All OPTIONAL. */
struct eval_events {
    void *context;
    void (*data_notes)(void *context, const struct data_notes *notes); /* before all others */
    image_scores *scores;
    void (*progress)(void *context, int64_t done, int64_t images); /* after every batch */
    bool (*should_stop)(void *context); /* after every batch: ERR_INTERRUPTED */
};

/* Evaluate init_weights on a split: "test", "train" or "all"; NULL: test, or all where nothing says
 * which images are for testing and no number of them is asked for. recipe.batch is the batch size;
 * classes 0: as the weights have. Of `result` all but the training fields is filled. events may be
 * NULL. */
int workload_eval(const struct workload *job, const char *split, const struct eval_events *events,
    struct workload_result *result, struct err *err) MUST_CHECK;

/* ---- class scores of images ---- */

/* Outputs of the network that init_weights is of. */
int workload_weight_classes(const struct workload *job, int *classes, struct err *err) MUST_CHECK;

/* Texts of which each is owned, and may be NULL where that is said. */
struct text_list {
    char **texts;
    int n;
};
void text_list_release(struct text_list *list);

/* The files at these paths, folders replaced by the images in them and below, sorted. notes: what of
 * the folders was left out. */
int workload_image_files(char *const *paths, int n_paths, struct text_list *files,
    struct data_notes *notes, struct err *err) MUST_CHECK;

/*
 * What each of `classes` outputs means; NULL where nobody knows. From the class map, or, if `open`,
 * from the folders of the dataset; without either ImageNet's names for 1000 outputs. A folder that
 * is named by an ImageNet id has ImageNet's name too.
 */
int workload_class_names(const struct data_config *data, bool open, int classes,
    struct text_list *names, struct err *err) MUST_CHECK;

struct prediction {
    const char *file;
    int index, files; /* index from 0, of so many */
    int classes;
    int trained_on;            /* was the network trained on it? 1, 0; -1: its weights do not say */
    const float *logits;       /* [classes], until the callback returns; NULL: no image */
    const struct err *problem; /* why it is none; NULL if it is one */
};

struct predict_events {
    void *context;
    /* REQUIRED; every file in turn; -1 ends the run. */
    int (*image)(void *context, const struct prediction *prediction, struct err *err);
    bool (*should_stop)(void *context); /* OPTIONAL; asked after every batch: ERR_INTERRUPTED */
};

/* Scores of the files under init_weights; recipe.batch is the batch size, the spec knows its
 * classes, of the data only mean, std, crop_ratio and loader_threads matter. */
int workload_predict(const struct workload *job, const struct text_list *files,
    const struct predict_events *events, struct err *err) MUST_CHECK;

/* ---- class activation maps (cam.c) ---- */

/* An image that a network has looked at; only as long as the callback that is given it. */
struct activations;

struct activation_image {
    struct prediction prediction;
    int height, width; /* of its maps */
    int input;         /* pixels of a side of what the network was given */
    int side;          /* of its tiles */
};
const struct activation_image *activation_image(const struct activations *activations);

/* What each place adds to a class's logit: map [height][width], whose mean and the class's bias are
 * the logit. For images without a problem, as all that follows. */
void activation_map(const struct activations *activations, int class, float *map);
float activation_bias(const struct activations *activations, int class);

/* What the network was given, with the map as colours over it or, with map NULL, as it is: side x side
 * pixels, from `to` on in a picture of [..][width][3]. */
int activation_tile(struct activations *activations, const float *map, unsigned char *to, int width,
    struct err *err) MUST_CHECK;

struct cam_events {
    void *context;
    /* REQUIRED; every file in turn; -1 ends the run. */
    int (*image)(void *context, struct activations *activations, struct err *err);
    bool (*should_stop)(void *context); /* OPTIONAL; asked every few images: ERR_INTERRUPTED */
};

/* As workload_predict, few images at a time. ERR_INPUT for a network that does not end in the mean over
 * a map and a linear layer. */
int workload_cam(const struct workload *job, const struct text_list *files,
    const struct cam_events *events, struct err *err) MUST_CHECK;

/* Names of the datasets, ended by NULL, and one line on each. */
const char *const *workload_dataset_names(void);
const char *workload_dataset_summary(const char *name);
/* Filters of a resize, in the order of enum resize_filter; ended by NULL. */
const char *const *workload_resize_names(void);
/* Mean and deviation that a dataset defaults to. */
int workload_data_defaults(struct data_config *config, struct err *err) MUST_CHECK;
/* Open the dataset, look at its files and close it again, so that a missing folder, an empty class or
 * a split without images is an ERR_INPUT before anything runs. *classes: how many it has, of those
 * that are chosen. print: OPTIONAL, what its images are. */
int workload_data_check(const struct data_config *config, int *classes, struct data_notes *notes,
    struct fingerprint *print, struct err *err) MUST_CHECK;
/* Is there anything where the set's files should be? If not, they may be on another machine. */
bool workload_data_is_there(const struct data_config *config);
/* Classes that a set of that name has wherever it is; 0: that depends. */
int workload_dataset_classes(const char *name);
/* Does the program draw the images itself, so that they have no fingerprint? */
bool workload_dataset_is_drawn(const char *name);

/* How many images each split has of each class, in order of class number; free(). Root as in the
 * config. notes may be NULL. */
struct class_count {
    char name[128]; /* empty: a class number without a folder */
    int train, test;
};
int workload_data_classes(const struct data_config *config, struct class_count **classes,
    int *n_classes, struct data_notes *notes, struct err *err) MUST_CHECK;

/* Write all images of a set into one file (data/pack.h). */
struct data_pack_options {
    int side; /* images are made smaller to it on their shorter side; 0: kept whole */
    void *context;
    bool (*told)(void *context, int done, int all); /* OPTIONAL; false ends it */
};
struct data_pack_result {
    int images, classes;
    int64_t bytes;
    struct data_notes notes; /* what is not in it: a user of the pack is not told again */
};
/* Of the config, what chooses images is not looked at, but match and class_map are. By loader_threads
 * threads. */
int workload_data_pack(const struct data_config *config, const struct data_pack_options *options,
    const char *path, struct data_pack_result *result, struct err *err) MUST_CHECK;

/* What the images of a set are like (survey.c); means and deviations of pixels of 0 to 1. */
struct data_survey_split {
    int images;
    int least_width, least_height, most_width, most_height;
    double mean[3], std[3]; /* over all pixels; NaN without images */
};
struct data_survey {
    struct data_survey_split train, test;
    /* Test images that are in the training split: the same pixels, or alike (a difference hash). */
    int identical, alike;
    char example_train[256], example_test[256]; /* a pair of either kind; empty if there is none */
};
int workload_data_survey(
    const struct data_config *config, struct data_survey *survey, struct err *err) MUST_CHECK;

/* An image of each class, as tested and as trained on. */
struct sheet_options {
    int input;
    unsigned augment; /* bits of enum augment */
    struct augment_settings settings;
    uint64_t seed;
};

/* The same as pixels: rows of tiles, and what stands beside each row. */
struct sheet_row {
    char name[128], note[512]; /* the class; the file and its size */
};
struct sheet_picture {
    int width, height, side, step; /* side: of a tile; step: from a tile to the next */
    unsigned char *pixels;         /* [height][width][3], owned */
    struct sheet_row *rows;        /* [n_rows], owned */
    int n_rows, n_tiles;           /* in a row: the first is as tested */
    char about[2][256];            /* sentences for above */
};

/* A page of HTML that loads nothing. */
int workload_contact_page(const struct data_config *config, const struct sheet_options *options,
    struct str *page, struct err *err) MUST_CHECK;
int workload_contact_picture(const struct data_config *config, const struct sheet_options *options,
    struct sheet_picture *picture, struct err *err) MUST_CHECK;
void sheet_picture_release(struct sheet_picture *picture);

/* ---- how fast images come (feed.c) ---- */

struct feed_options {
    int input, batch;
    unsigned augment; /* bits of enum augment */
    struct augment_settings settings;
    uint64_t seed;
    size_t cache_bytes; /* that the loader may keep decoded; 0: decode every time */
    double seconds;     /* to take batches for */
};

struct feed_result {
    int64_t images;
    double seconds, images_per_second;
};

/* Take batches of training images as fast as config->loader_threads deliver them. */
int workload_feed(const struct data_config *config, const struct feed_options *options,
    struct feed_result *result, struct err *err) MUST_CHECK;

/* ---- how fast it is (bench.c, bench_layers.c) ---- */

struct bench_options {
    bool training;  /* forward, loss, backward and a step of SGD; or forward alone */
    bool recompute; /* in training, as struct workload */
    int batch;
    int threads;    /* 0: all cores */
    int steps;      /* to time, after some that are not; 0: as many as `seconds` have room for */
    double seconds; /* to time steps for */
    bool layers;    /* time every layer too, and measure the memory's speed */
};

/* One direction of one layer, for the whole batch. */
struct bench_pass {
    double seconds; /* median of the steps; NaN: it has no time of its own, computed by a neighbour
                       or not at all */
    double flops;   /* as counted: a multiply-add is two */
    double bytes;   /* inputs, outputs, weights and their gradients, each moved once */
};

struct bench_layer {
    struct layer_cost cost;
    const char
        *algorithm; /* "winograd"; NULL: it has one way, or is computed inside of another; static */
    struct bench_pass forward, backward; /* backward: NaN seconds and no work in inference */
};

struct bench_result {
    int threads, steps;
    int64_t macs; /* of one image, forward */
    double images_per_second;
    double seconds_median, seconds_min; /* of a step */
    double flops;                       /* of a step, as counted: training is three times forward */
    int64_t plan_bytes;                 /* that the engine took */
    int64_t peak_bytes;                 /* that the process had, before the machine was measured */
    struct machine_peak peak;           /* bytes only if layers were asked for */
    double share_of_peak;               /* flops / seconds_median / peak.flops */
    struct bench_layer *layers;         /* [n_layers], owned; NULL if not asked for */
    int n_layers;
    double other_seconds; /* of a step outside of layers: loss, optimizer, what lies between */
};

/* Time a network on random images; `spec` as it is, without its dropout and stochastic depth. One
 * at a time, as all of workload.h. */
int workload_bench(const struct spec *spec, const struct bench_options *options,
    struct bench_result *result, struct err *err) MUST_CHECK;
void bench_release(struct bench_result *result);

/* The least seconds that this machine needs for a pass: for its arithmetic or for its memory,
 * whichever is more (Williams et al. 2009, the roofline). Sets by_memory, which may be NULL. */
double bench_bound(const struct bench_pass *pass, const struct machine_peak *peak, bool *by_memory);

/* Seconds of a layer, forward and backward, beyond those: what could be gained at most. */
double bench_lost(const struct bench_layer *layer, const struct machine_peak *peak);

/* Layers of one kind, added up. NaN seconds: none of them has a time of its own. */
struct bench_kind {
    char kind[24];
    int layers, without_time; /* how many; how many of them have no time of their own, forward */
    struct bench_pass forward, backward;
    double bound_seconds; /* forward and backward, added up layer by layer */
    double lost_seconds;
};

/* In falling order of time; free(). */
int bench_kinds(const struct bench_result *result, struct bench_kind **kinds, int *n_kinds,
    struct err *err) MUST_CHECK;

/* What this machine can do at most, products and memory, each measured for some `seconds`; by so many
 * threads, 0: all cores. */
int workload_machine_peak(
    int threads, double seconds, struct machine_peak *peak, struct err *err) MUST_CHECK;

/* What matrix products of nets run on: "own kernels", or OpenBLAS as it describes itself; static. */
const char *workload_products(void);

/* OpenBLAS as it describes itself ("OpenBLAS 0.3.21 ... Haswell"), whether products run on it or not;
 * static. NULL with the error set where it cannot be loaded. */
const char *workload_blas(struct err *err);

/* The libraries that decode images, with their versions; static. */
const char *workload_decoders(void);

/* The instruction set of the kernels that are used ("reference", "avx2" or "avx512"); static. */
const char *workload_isa(void);

#endif
