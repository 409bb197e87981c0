/* Class activation maps as colours over their images. */
#include "cam_picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/draw/picture.h"
#include "plots/draw/style.h"

/* In pixels. */
#define MARGIN  16
#define HEAD    84
#define LEAST   400 /* wide, so that the sentences above have room */
#define GAP     8   /* between tiles */
#define CAPTION 34  /* below a row: a line of text and a gap */

static int width_of(const struct cam_picture *picture)
{
    return (picture->n_maps + 1) * (picture->side + GAP) - GAP;
}

static int row_height(const struct cam_picture *picture)
{
    return picture->side + CAPTION;
}

static int reserve_row(struct cam_picture *picture, struct err *err)
{
    size_t rows = (size_t)picture->n_rows + 1, captions = rows * (size_t)(picture->n_maps + 1);
    size_t row = (size_t)width_of(picture) * (size_t)row_height(picture) * 3;
    unsigned char *pixels = realloc(picture->pixels, rows * row);
    struct cam_caption *texts = NULL;

    if (pixels) {
        picture->pixels = pixels;
        memset(pixels + (rows - 1) * row, 255, row);
        texts = realloc(picture->captions, captions * sizeof(*texts));
    }
    if (!texts)
        return err_set(err, ERR_MEMORY, "no memory for a picture of %zu images", rows);
    picture->captions = texts;
    picture->n_rows++;
    return 0;
}

static void caption(
    const struct cam_picture *picture, int place, const struct class_score *score, const char *name)
{
    struct cam_caption *to =
        &picture->captions[(picture->n_rows - 1) * (picture->n_maps + 1) + place];

    if (name)
        snprintf(to->text, sizeof(to->text), "%.2f  %s", score->probability, name);
    else
        snprintf(to->text, sizeof(to->text), "%.2f  class %d", score->probability, score->class);
}

int cam_picture_add(struct cam_picture *picture, struct activations *activations,
    const struct class_score *scores, const struct text_list *names, struct err *err)
{
    const struct activation_image *image = activation_image(activations);
    const char *slash = strrchr(image->prediction.file, '/');
    float *map = calloc((size_t)image->height * (size_t)image->width, sizeof(*map));
    unsigned char *row;
    int result = -1;

    picture->side = image->side;
    if (!map)
        err_set(err, ERR_MEMORY, "no memory for a map of %d x %d", image->width, image->height);
    if (!map || reserve_row(picture, err) < 0)
        goto done;
    row = picture->pixels + (size_t)(picture->n_rows - 1) * (size_t)row_height(picture) *
                                (size_t)width_of(picture) * 3;
    snprintf(picture->captions[(picture->n_rows - 1) * (picture->n_maps + 1)].text,
        CAM_CAPTION_BYTES, "%s", slash ? slash + 1 : image->prediction.file);
    result = activation_tile(activations, NULL, row, width_of(picture), err);
    for (int i = 0; i < picture->n_maps && result == 0; i++) {
        activation_map(activations, scores[i].class, map);
        caption(picture, i + 1, &scores[i], names->texts[scores[i].class]);
        result = activation_tile(activations, map,
            row + 3 * (size_t)((i + 1) * (picture->side + GAP)), width_of(picture), err);
    }
done:
    free(map);
    return result;
}

/* Captions below the tiles, and three lines above them all. */
static int lay_out(
    const struct cam_picture *picture, struct picture *page, struct picture_text *texts)
{
    int n = 0, tiles = picture->n_maps + 1, width = page->width - 2 * MARGIN;

    texts[n++] = (struct picture_text){MARGIN, 24, picture->title, STYLE_TITLE_SIZE, width, false};
    for (int i = 0; i < 2; i++)
        texts[n++] = (struct picture_text){
            MARGIN, 48 + 16 * i, picture->about[i], STYLE_SMALL_SIZE, width, true};
    for (int i = 0; i < picture->n_rows * tiles; i++)
        texts[n++] = (struct picture_text){MARGIN + i % tiles * (picture->side + GAP),
            HEAD + i / tiles * row_height(picture) + picture->side + 10, picture->captions[i].text,
            STYLE_SMALL_SIZE, picture->side, i % tiles == 0};
    return n;
}

int cam_picture_draw(const struct cam_picture *picture, const char *output, struct err *err)
{
    int tiles = picture->n_rows * (picture->n_maps + 1), result;
    int width = width_of(picture) + 2 * MARGIN;
    struct picture page = {.width = width > LEAST ? width : LEAST,
        .height = HEAD + picture->n_rows * row_height(picture),
        .x = MARGIN,
        .y = HEAD,
        .pixels = picture->pixels,
        .pixels_wide = width_of(picture),
        .pixels_high = picture->n_rows * row_height(picture),
        .title = "maps"};
    struct picture_text *texts = calloc((size_t)tiles + 3, sizeof(*texts));

    if (!texts)
        return err_set(err, ERR_MEMORY, "no memory for a picture");
    page.n_texts = lay_out(picture, &page, texts);
    page.texts = texts;
    result = picture_draw(&page, output, err);
    free(texts);
    return result;
}

void cam_picture_release(struct cam_picture *picture)
{
    free(picture->pixels);
    free(picture->captions);
    picture->pixels = NULL;
    picture->captions = NULL;
    picture->n_rows = 0;
}
