/* Images as they are and as a network is trained on them, as a page or a picture. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/data/dataset/dataset.h"
#include "workloads/data/decode/decoders.h"
#include "workloads/data/augment/transform.h"
#include "harness/base/rng.h"
#include "harness/base/str.h"
#include "tile.h"
#include "workload.h"

#define ROWS   24 /* classes at most */
#define COPIES 5  /* of each image, as epochs have them */

struct sheet {
    const struct dataset *set;
    const struct sheet_options *options;
    struct transform plain, augmented;
    struct transform_scratch scratch;
    struct image decoded, tile, smaller;
    float *floats;
    struct str *page;              /* either this */
    struct sheet_picture *picture; /* or this */
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

static int add_tile_to_page(struct sheet *sheet, struct err *err)
{
    struct str png = STR_INIT;
    int result = -1;

    if (encode_png(&sheet->tile, &png, err) == 0) {
        str_add(sheet->page, "<td><img alt=\"\" src=\"data:image/png;base64,");
        add_base64(sheet->page, (const unsigned char *)png.text, png.length);
        str_add(sheet->page, "\"></td>");
        result = 0;
    }
    str_release(&png);
    return result;
}

/* Tile number `place` of the last row. */
static int add_tile_to_picture(struct sheet *sheet, int place, struct err *err)
{
    struct sheet_picture *picture = sheet->picture;
    size_t y = (size_t)((picture->n_rows - 1) * picture->step);
    size_t x = (size_t)(place * picture->step);

    return tile_draw(&sheet->tile, picture->side, &sheet->smaller,
        picture->pixels + 3 * (y * (size_t)picture->width + x), picture->width, err);
}

static int add_tile(struct sheet *sheet, const struct transform *transform, int index, int place,
    int epoch, struct err *err)
{
    struct rng rng = rng_open(sheet->options->seed, RNG_AUGMENT, (uint64_t)epoch, (uint64_t)index);
    const struct image *prepared;

    if (transform_prepare(transform, &sheet->decoded, &sheet->scratch, &prepared, err) < 0 ||
        transform_finish(transform, prepared, &rng, &sheet->scratch, sheet->floats, err) < 0)
        return dataset_name_error(sheet->set, SPLIT_TRAIN, index, err);
    transform_to_pixels(&sheet->plain.norm, sheet->floats, &sheet->tile);
    return sheet->page ? add_tile_to_page(sheet, err) : add_tile_to_picture(sheet, place, err);
}

static int add_tiles(struct sheet *sheet, int index, struct err *err)
{
    if (add_tile(sheet, &sheet->plain, index, 0, 0, err) < 0)
        return -1;
    for (int copy = 0; copy < COPIES; copy++)
        if (add_tile(sheet, &sheet->augmented, index, copy + 1, copy, err) < 0)
            return -1;
    return 0;
}

static void add_row_to_picture(struct sheet *sheet, int label, const char *name, const char *path)
{
    struct sheet_row *row = &sheet->picture->rows[sheet->picture->n_rows++];
    const char *slash = path ? strrchr(path, '/') : NULL, *file = slash ? slash + 1 : path;

    snprintf(row->name, sizeof(row->name), "%d %s", label, name ? name : "");
    snprintf(row->note, sizeof(row->note), "%d x %d%s%s", sheet->decoded.width,
        sheet->decoded.height, file ? ", " : "", file ? file : "");
}

static int add_row(struct sheet *sheet, int index, struct err *err)
{
    int label = dataset_label(sheet->set, SPLIT_TRAIN, index);
    const char *name = dataset_class_name(sheet->set, label);
    const char *path = dataset_path(sheet->set, SPLIT_TRAIN, index);

    if (dataset_read(sheet->set, SPLIT_TRAIN, index, &sheet->decoded, err) < 0)
        return -1;
    if (sheet->picture) {
        add_row_to_picture(sheet, label, name, path);
        return add_tiles(sheet, index, err);
    }
    str_addf(sheet->page, "<tr><th>%d ", label);
    add_text(sheet->page, name ? name : "");
    str_add(sheet->page, "<small>");
    add_text(sheet->page, path ? path : "");
    str_addf(sheet->page, "<br>%d x %d</small></th>", sheet->decoded.width, sheet->decoded.height);
    if (add_tiles(sheet, index, err) < 0)
        return -1;
    str_add(sheet->page, "</tr>\n");
    return 0;
}

static void describe(const struct sheet *sheet, char about[2][256])
{
    snprintf(about[0], 256, "%d training and %d test images, %d classes.",
        dataset_count(sheet->set, SPLIT_TRAIN), dataset_count(sheet->set, SPLIT_TEST),
        dataset_classes(sheet->set));
    snprintf(about[1], 256,
        "The first training image of each class, as tested and as trained on in %d epochs (input "
        "%d, seed %llu; without mixup and CutMix).",
        COPIES, sheet->options->input, (unsigned long long)sheet->options->seed);
}

static void add_head(struct sheet *sheet)
{
    char about[2][256];

    str_add(sheet->page,
        "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Images of ");
    add_text(sheet->page, sheet->set->kind->name);
    str_add(sheet->page,
        "</title>\n<style>body{font:14px sans-serif;margin:2em;background:#fff;color:#222}"
        "th{text-align:left;font-weight:normal;max-width:16em;overflow-wrap:anywhere}"
        "small{display:block;color:#777}img{width:112px;height:112px;image-rendering:pixelated}"
        "thead td,thead th{color:#777}</style>\n<h1>");
    add_text(sheet->page, sheet->set->kind->name);
    str_add(sheet->page, "</h1>\n<p>");
    describe(sheet, about);
    add_text(sheet->page, about[0]);
    str_add(sheet->page, " ");
    add_text(sheet->page, about[1]);
    str_addf(sheet->page,
        "</p>\n<table><thead><tr><th></th><td>tested</td><td colspan=\"%d\">trained on</td></tr>"
        "</thead>\n",
        COPIES);
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
    return 0;
}

/* Room for the tiles of all rows, white between. */
static int reserve_picture(struct sheet *sheet, struct err *err)
{
    struct sheet_picture *picture = sheet->picture;
    int input = sheet->options->input, classes = dataset_classes(sheet->set);
    int rows = classes < ROWS ? classes : ROWS;
    size_t bytes;

    picture->side = tile_side(input);
    picture->step = picture->side + TILE_GAP;
    picture->n_tiles = COPIES + 1;
    picture->width = picture->n_tiles * picture->step - TILE_GAP;
    picture->height = rows * picture->step - TILE_GAP;
    bytes = (size_t)picture->width * (size_t)picture->height * 3;
    picture->pixels = malloc(bytes);
    picture->rows = calloc((size_t)rows, sizeof(*picture->rows));
    if (!picture->pixels || !picture->rows)
        return err_set(err, ERR_MEMORY, "no memory for a picture of %d x %d pixels", picture->width,
            picture->height);
    memset(picture->pixels, 255, bytes);
    describe(sheet, picture->about);
    return 0;
}

static int fill(struct sheet *sheet, struct err *err)
{
    if (sheet->picture) {
        if (reserve_picture(sheet, err) < 0 || add_rows(sheet, err) < 0)
            return -1;
        sheet->picture->height = sheet->picture->n_rows * sheet->picture->step - TILE_GAP;
        return sheet->picture->n_rows > 0
                   ? 0
                   : err_set(err, ERR_INPUT, "%s has no training images to show",
                         sheet->set->config.name);
    }
    add_head(sheet);
    if (add_rows(sheet, err) < 0)
        return -1;
    str_add(sheet->page, "</table>\n");
    return str_check(sheet->page, err);
}

static int make(struct sheet *sheet, const struct data_config *config, struct err *err)
{
    const struct sheet_options *options = sheet->options;
    struct dataset *set;
    int result = -1;

    if (dataset_open(&set, config, 0, err) < 0)
        return -1;
    sheet->set = set;
    transform_init(&sheet->plain, config, options->input);
    transform_init_training(
        &sheet->augmented, config, options->input, options->augment, &options->settings);
    sheet->floats = malloc((size_t)options->input * (size_t)options->input * 3 * sizeof(float));
    if (!sheet->floats)
        err_set(err, ERR_MEMORY, "no memory for an image of %d pixels", options->input);
    else if (image_reserve(&sheet->tile, options->input, options->input, err) == 0)
        result = fill(sheet, err);
    free(sheet->floats);
    image_release(&sheet->tile);
    image_release(&sheet->smaller);
    image_release(&sheet->decoded);
    transform_scratch_release(&sheet->scratch);
    dataset_free(set);
    return result;
}

int workload_contact_page(const struct data_config *config, const struct sheet_options *options,
    struct str *page, struct err *err)
{
    struct sheet sheet = {.options = options, .page = page};

    return make(&sheet, config, err);
}

int workload_contact_picture(const struct data_config *config, const struct sheet_options *options,
    struct sheet_picture *picture, struct err *err)
{
    struct sheet sheet = {.options = options, .picture = picture};

    *picture = (struct sheet_picture){0};
    return make(&sheet, config, err);
}

void sheet_picture_release(struct sheet_picture *picture)
{
    free(picture->pixels);
    free(picture->rows);
    *picture = (struct sheet_picture){0};
}
