/* Options of images as a struct data_config. */
#include "data_options.h"

#include <string.h>

#include "harness/base/range.h"
#include "harness/base/str.h"
#include "harness/study/data_ranges.h"
#include "harness/terminal/ui.h"

/* One number for all three channels, or three with commas between. */
static int parse_channels(const char *option, const char *text, double least, double most,
    bool above_least, double values[3], struct err *err)
{
    char copy[128], *at = copy;
    int n = 0;

    if (!str_copy(copy, sizeof(copy), text))
        n = -1;
    while (n >= 0 && at) {
        char *comma = strchr(at, ',');

        if (comma)
            *comma++ = '\0';
        if (n == 3 || !str_to_double(at, &values[n]) ||
            !range_has(values[n], least, most, above_least)) {
            n = -1;
            break;
        }
        n++;
        at = comma;
    }
    if (n != 1 && n != 3)
        return err_set(err, ERR_INPUT,
            "--%s is \"%.60s\"; it must be a number %s %g %s %g, for pixels from 0 to 1, or three "
            "separated by commas",
            option, text, above_least ? "above" : "from", least, above_least ? "and at most" : "to",
            most);
    if (n == 1)
        values[1] = values[2] = values[0];
    return 0;
}

static int check_numbers(const struct data_options *options, struct err *err)
{
    if (range_check("--crop-ratio", options->crop_ratio, RANGE_crop_ratio, err) < 0 ||
        range_check("--train-images", options->train_images, RANGE_train_images, err) < 0 ||
        range_check("--test-images", options->test_images, RANGE_test_images, err) < 0 ||
        range_check("--data-classes", options->classes, RANGE_classes, err) < 0 ||
        range_check("--split-seed", options->split_seed, RANGE_split_seed, err) < 0 ||
        range_check("--fraction", options->fraction, RANGE_fraction, err) < 0 ||
        range_check("--minival", options->minival, RANGE_minival, err) < 0)
        return -1;
    return range_check("--loader-threads", options->loader_threads, RANGE_loader_threads, err);
}

int data_options_resolve(
    const struct data_options *options, const char *what, struct data_config *data, struct err *err)
{
    int resize = str_find("filter", options->resize, workload_resize_names(), err);

    if (resize < 0)
        return -1;
    data_config_init(data);
    if (!options->name)
        return err_set(err, ERR_INPUT,
            "%s is missing: give the name of a dataset, such as %s shapes", what, what);
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
    if ((options->mean && parse_channels("mean", options->mean, RANGE_mean, data->mean, err) < 0) ||
        (options->std && parse_channels("std", options->std, RANGE_std, data->std, err) < 0) ||
        check_numbers(options, err) < 0)
        return -1;
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
