#include "data_options.h"

#include <string.h>

#include "base/str.h"
#include "ui.h"

/* One number for all three channels, or three with commas between. */
static int parse_channels(
    const char *option, const char *text, double low, double values[3], struct err *err)
{
    char copy[128], *at = copy;
    int n = 0;

    if (!str_copy(copy, sizeof(copy), text))
        n = -1;
    while (n >= 0 && at) {
        char *comma = strchr(at, ',');

        if (comma)
            *comma++ = '\0';
        if (n == 3 || !str_to_double(at, &values[n]) || values[n] < low || values[n] > 1e6) {
            n = -1;
            break;
        }
        n++;
        at = comma;
    }
    if (n != 1 && n != 3)
        return err_set(err, ERR_INPUT,
            "--%s is \"%.60s\"; it must be a number, or three with commas between them", option,
            text);
    if (n == 1)
        values[1] = values[2] = values[0];
    return 0;
}

int data_options_resolve(
    const struct data_options *options, const char *what, struct data_config *data, struct err *err)
{
    int resize = str_find("filter", options->resize, workload_resize_names(), err);

    if (resize < 0)
        return -1;
    data_config_init(data);
    if (!options->name)
        return err_set(
            err, ERR_INPUT, "%s is missing: the name of a dataset, as %s shapes", what, what);
    if (!str_copy(data->name, sizeof(data->name), options->name))
        return err_set(err, ERR_INPUT, "there is no dataset \"%.60s\"", options->name);
    if (workload_data_defaults(data, err) < 0)
        return -1;
    if (options->root && file_expand_home(options->root, data->root, err) < 0)
        return -1;
    if (options->packed && file_expand_home(options->packed, data->packed, err) < 0)
        return -1;
    if (options->class_map && file_expand_home(options->class_map, data->class_map, err) < 0)
        return -1;
    if (options->match && !str_copy(data->match, sizeof(data->match), options->match))
        return err_set(err, ERR_INPUT, "--match is longer than %zu bytes", sizeof(data->match) - 1);
    if ((options->mean && parse_channels("mean", options->mean, -1e6, data->mean, err) < 0) ||
        (options->std && parse_channels("std", options->std, 1e-6, data->std, err) < 0))
        return -1;
    if (!(options->crop_ratio > 0 && options->crop_ratio <= 1))
        return err_set(err, ERR_INPUT, "--crop-ratio is %g; it must be above 0 and at most 1",
            options->crop_ratio);
    if (options->train_images < 0 || options->test_images < 0)
        return err_set(err, ERR_INPUT, "--%s is negative; it must be at least 0, which takes all",
            options->train_images < 0 ? "train-images" : "test-images");
    if (options->classes < 0 || options->split_seed < 0)
        return err_set(err, ERR_INPUT, "--%s is negative; it must be at least 0",
            options->classes < 0 ? "data-classes" : "split-seed");
    if (!(options->fraction > 0 && options->fraction <= 1))
        return err_set(err, ERR_INPUT, "--fraction is %g; it must be above 0 and at most 1",
            options->fraction);
    if (!(options->minival >= 0 && options->minival <= 1e9))
        return err_set(err, ERR_INPUT,
            "--minival is %g; it must be a part below 1, or a number of images", options->minival);
    if (options->loader_threads < 1 || options->loader_threads > DATA_MAX_THREADS)
        return err_set(err, ERR_INPUT, "--loader-threads is %d; it must be from 1 to %d",
            options->loader_threads, DATA_MAX_THREADS);
    data->resize = (enum resize_filter)resize;
    data->classes = options->classes;
    data->fraction = options->fraction;
    data->minival = options->minival;
    data->split_seed = options->split_seed;
    data->crop_ratio = options->crop_ratio;
    data->scaled_decode = options->scaled_decode;
    data->train_images = options->train_images;
    data->test_images = options->test_images;
    data->loader_threads = options->loader_threads;
    return 0;
}

void data_notes_show(const struct data_notes *notes, bool quiet)
{
    if (notes->splits[0] && !quiet)
        ui_say("%s", notes->splits);
    if (notes->left_out[0])
        ui_warn("left out: %s", notes->left_out);
}
