/* What the images of a dataset are like: every one of them is read. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/data/dataset/dataset.h"
#include "harness/base/sha256.h"
#include "harness/base/str.h"
#include "workload.h"

#define PRINT_SIDE 16 /* of a fingerprint, in bits a row and rows */

/* One image, so that those that are alike can be found. */
struct print {
    unsigned char bits[PRINT_SIDE * PRINT_SIDE / 8]; /* is each of 17 x 16 greys above the next? */
    unsigned char exact[SHA256_BYTES];
    int split, index;
};

struct sums {
    double sum[3], squares[3];
    int64_t pixels;
};

static void add_pixels(const struct image *image, struct sums *sums)
{
    uint64_t sum[3] = {0}, squares[3] = {0};
    size_t n = (size_t)image->width * (size_t)image->height;

    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < 3; c++) {
            unsigned value = image->pixels[3 * i + c];

            sum[c] += value;
            squares[c] += value * value;
        }
    for (int c = 0; c < 3; c++) {
        sums->sum[c] += (double)sum[c];
        sums->squares[c] += (double)squares[c];
    }
    sums->pixels += (int64_t)n;
}

static void add_size(const struct image *image, struct data_survey_split *split)
{
    bool first = split->images == 0;

    split->least_width =
        first || image->width < split->least_width ? image->width : split->least_width;
    split->least_height =
        first || image->height < split->least_height ? image->height : split->least_height;
    split->most_width = image->width > split->most_width ? image->width : split->most_width;
    split->most_height = image->height > split->most_height ? image->height : split->most_height;
    split->images++;
}

/* A difference hash of 256 bits: images that were saved again or made smaller still have it. */
static int take_print(
    const struct image *image, struct image *small, struct print *print, struct err *err)
{
    int levels[PRINT_SIDE * (PRINT_SIDE + 1)];

    if (image_resize(image, RESIZE_BILINEAR, PRINT_SIDE + 1, PRINT_SIDE, small, err) < 0)
        return -1;
    for (int i = 0; i < PRINT_SIDE * (PRINT_SIDE + 1); i++)
        levels[i] = small->pixels[3 * i] + small->pixels[3 * i + 1] + small->pixels[3 * i + 2];
    for (int i = 0; i < PRINT_SIDE * PRINT_SIDE; i++) {
        int at = i / PRINT_SIDE * (PRINT_SIDE + 1) + i % PRINT_SIDE;

        if (levels[at] > levels[at + 1])
            print->bits[i / 8] = (unsigned char)(print->bits[i / 8] | 1u << i % 8);
    }
    return sha256_bytes(
        image->pixels, (size_t)image->width * (size_t)image->height * 3, print->exact, err);
}

static int survey_split(const struct dataset *set, enum split split, struct print *prints,
    struct data_survey_split *found, struct err *err)
{
    struct image image = {0}, small = {0};
    struct sums sums = {0};
    int result = 0;

    for (int i = 0; i < dataset_count(set, split) && result == 0; i++) {
        prints[i].split = split;
        prints[i].index = i;
        result = dataset_read(set, split, i, &image, err);
        if (result < 0)
            break;
        add_size(&image, found);
        add_pixels(&image, &sums);
        result = take_print(&image, &small, &prints[i], err);
    }
    for (int c = 0; c < 3; c++) {
        double mean = sums.pixels ? sums.sum[c] / (double)sums.pixels : NAN;
        double variance = sums.pixels ? sums.squares[c] / (double)sums.pixels - mean * mean : NAN;

        found->mean[c] = mean / 255;
        found->std[c] = sqrt(variance < 0 ? 0 : variance) / 255;
    }
    image_release(&image);
    image_release(&small);
    return result;
}

/* ---- images that are in both splits ---- */

static int compare(const void *a, const void *b)
{
    const struct print *x = a, *y = b;
    int order = memcmp(x->bits, y->bits, sizeof(x->bits));

    return order ? order : x->split != y->split ? x->split - y->split : x->index - y->index;
}

/* Pictures of one colour all have this print. */
static bool is_blank(const struct print *print)
{
    static const unsigned char zeros[sizeof(print->bits)];

    return memcmp(print->bits, zeros, sizeof(zeros)) == 0;
}

/* prints[first .. end - 1] are alike; training images come first. */
static void count_group(const struct dataset *set, const struct print *prints, int first, int end,
    struct data_survey *survey)
{
    int tests = first;

    while (tests < end && prints[tests].split == SPLIT_TRAIN)
        tests++;
    for (int t = tests; t < end && tests > first; t++) {
        bool same = false;

        for (int i = first; i < tests && !same; i++)
            same = memcmp(prints[i].exact, prints[t].exact, sizeof(prints[t].exact)) == 0;
        if (!same && is_blank(&prints[t]))
            continue;
        survey->identical += same;
        survey->alike += !same;
        if (!survey->example_train[0] && dataset_path(set, SPLIT_TRAIN, prints[first].index)) {
            str_copy(survey->example_train, sizeof(survey->example_train),
                dataset_path(set, SPLIT_TRAIN, prints[first].index));
            str_copy(survey->example_test, sizeof(survey->example_test),
                dataset_path(set, SPLIT_TEST, prints[t].index));
        }
    }
}

static void count_shared(
    const struct dataset *set, struct print *prints, int n, struct data_survey *survey)
{
    int first = 0;

    qsort(prints, (size_t)n, sizeof(*prints), compare);
    for (int i = 1; i <= n; i++)
        if (i == n || memcmp(prints[i].bits, prints[first].bits, sizeof(prints[i].bits)) != 0) {
            count_group(set, prints, first, i, survey);
            first = i;
        }
}

int workload_data_survey(
    const struct data_config *config, struct data_survey *survey, struct err *err)
{
    struct dataset *set;
    struct print *prints;
    int n, trains, result = -1;

    *survey = (struct data_survey){0};
    if (dataset_open(&set, config, 0, err) < 0)
        return -1;
    trains = dataset_count(set, SPLIT_TRAIN);
    n = trains + dataset_count(set, SPLIT_TEST);
    prints = calloc((size_t)n + 1, sizeof(*prints));
    if (!prints)
        err_set(err, ERR_MEMORY, "no memory to look at %d images", n);
    else if (survey_split(set, SPLIT_TRAIN, prints, &survey->train, err) == 0)
        result = survey_split(set, SPLIT_TEST, prints + trains, &survey->test, err);
    if (result == 0)
        count_shared(set, prints, n, survey);
    free(prints);
    dataset_free(set);
    return result;
}
