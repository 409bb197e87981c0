/* A page that shows images as they are and as a network is trained on them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"
#include "data/decoders.h"
#include "data/transform.h"
#include "harness/base/rng.h"
#include "harness/base/str.h"
#include "workload.h"

#define ROWS   24 /* classes at most */
#define COPIES 5  /* of each image, as epochs have them */

struct sheet {
    const struct dataset *set;
    const struct sheet_options *options;
    struct transform plain, augmented;
    struct transform_scratch scratch;
    struct image decoded, tile;
    float *floats;
    struct str *page;
};

static void add_text(struct str *page, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            str_add(page, "&amp;");
            break;
        case '<':
            str_add(page, "&lt;");
            break;
        case '"':
            str_add(page, "&quot;");
            break;
        default:
            str_add_bytes(page, text, 1);
        }
}

static void add_base64(struct str *page, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < count; i += 3) {
        unsigned value = (unsigned)bytes[i] << 16 |
                         (i + 1 < count ? (unsigned)bytes[i + 1] << 8 : 0) |
                         (i + 2 < count ? bytes[i + 2] : 0);
        char four[4];

        for (int k = 0; k < 4; k++)
            four[k] = i + (size_t)k > count ? '=' : digits[value >> (18 - 6 * k) & 63];
        str_add_bytes(page, four, sizeof(four));
    }
}

/* Back from what the network gets: it is shown as it sees it. */
static void to_tile(struct sheet *sheet)
{
    const struct normalisation *norm = &sheet->plain.norm;
    int n = sheet->options->input * sheet->options->input * 3;

    for (int i = 0; i < n; i++) {
        float value = (sheet->floats[i] * norm->std[i % 3] + norm->mean[i % 3]) * 255;

        sheet->tile.pixels[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : lroundf(value));
    }
}

static int add_tile(
    struct sheet *sheet, const struct transform *transform, int index, int epoch, struct err *err)
{
    struct rng rng = rng_open(sheet->options->seed, RNG_AUGMENT, (uint64_t)epoch, (uint64_t)index);
    const struct image *prepared;
    struct str png = STR_INIT;
    int result = -1;

    if (transform_prepare(transform, &sheet->decoded, &sheet->scratch, &prepared, err) < 0 ||
        transform_finish(transform, prepared, &rng, &sheet->scratch, sheet->floats, err) < 0)
        return -1;
    to_tile(sheet);
    if (encode_png(&sheet->tile, &png, err) == 0) {
        str_add(sheet->page, "<td><img alt=\"\" src=\"data:image/png;base64,");
        add_base64(sheet->page, (const unsigned char *)png.text, png.length);
        str_add(sheet->page, "\"></td>");
        result = 0;
    }
    str_release(&png);
    return result;
}

static int add_row(struct sheet *sheet, int index, struct err *err)
{
    int label = dataset_label(sheet->set, SPLIT_TRAIN, index);
    const char *name = dataset_class_name(sheet->set, label);
    const char *path = dataset_path(sheet->set, SPLIT_TRAIN, index);

    if (dataset_read(sheet->set, SPLIT_TRAIN, index, &sheet->decoded, err) < 0)
        return -1;
    str_addf(sheet->page, "<tr><th>%d ", label);
    add_text(sheet->page, name ? name : "");
    str_add(sheet->page, "<small>");
    add_text(sheet->page, path ? path : "");
    str_addf(sheet->page, "<br>%d x %d</small></th>", sheet->decoded.width, sheet->decoded.height);
    if (add_tile(sheet, &sheet->plain, index, 0, err) < 0)
        return -1;
    for (int copy = 0; copy < COPIES; copy++)
        if (add_tile(sheet, &sheet->augmented, index, copy, err) < 0)
            return -1;
    str_add(sheet->page, "</tr>\n");
    return 0;
}

static void add_head(struct sheet *sheet)
{
    str_add(sheet->page,
        "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Images of ");
    add_text(sheet->page, sheet->set->kind->name);
    str_add(sheet->page,
        "</title>\n<style>body{font:14px sans-serif;margin:2em;background:#fff;color:#222}"
        "th{text-align:left;font-weight:normal;max-width:16em;overflow-wrap:anywhere}"
        "small{display:block;color:#777}img{width:112px;height:112px;image-rendering:pixelated}"
        "thead td,thead th{color:#777}</style>\n<h1>");
    add_text(sheet->page, sheet->set->kind->name);
    str_addf(sheet->page,
        "</h1>\n<p>%d training and %d test images, %d classes. The first training image of each "
        "class as it is tested, and as a network is trained on it in the first %d epochs (input "
        "%d, seed %llu; mixup and CutMix are not shown).</p>\n<table><thead><tr><th></th><td>tested"
        "</td><td colspan=\"%d\">trained on</td></tr></thead>\n",
        dataset_count(sheet->set, SPLIT_TRAIN), dataset_count(sheet->set, SPLIT_TEST),
        dataset_classes(sheet->set), COPIES, sheet->options->input,
        (unsigned long long)sheet->options->seed, COPIES);
}

/* The first image of each of the first classes. */
static int add_rows(struct sheet *sheet, struct err *err)
{
    int rows = 0, classes = dataset_classes(sheet->set);

    for (int label = 0; label < classes && rows < ROWS; label++)
        for (int i = 0; i < dataset_count(sheet->set, SPLIT_TRAIN); i++) {
            if (dataset_label(sheet->set, SPLIT_TRAIN, i) != label)
                continue;
            if (add_row(sheet, i, err) < 0)
                return -1;
            rows++;
            break;
        }
    str_add(sheet->page, "</table>\n");
    return 0;
}

int workload_contact_sheet(const struct data_config *config, const struct sheet_options *options,
    struct str *page, struct err *err)
{
    struct sheet sheet = {.options = options, .page = page};
    struct dataset *set;
    int result = -1;

    if (dataset_open(&set, config, 0, err) < 0)
        return -1;
    sheet.set = set;
    transform_init(&sheet.plain, config, options->input, 0, false);
    transform_init(&sheet.augmented, config, options->input, options->augment, true);
    sheet.augmented.settings = options->settings;
    sheet.floats = malloc((size_t)options->input * (size_t)options->input * 3 * sizeof(float));
    if (!sheet.floats)
        err_set(err, ERR_MEMORY, "no memory for an image of %d pixels", options->input);
    else if (image_reserve(&sheet.tile, options->input, options->input, err) == 0) {
        add_head(&sheet);
        result = add_rows(&sheet, err);
    }
    if (result == 0)
        result = str_check(page, err);
    free(sheet.floats);
    image_release(&sheet.tile);
    image_release(&sheet.decoded);
    transform_scratch_release(&sheet.scratch);
    dataset_free(set);
    return result;
}
