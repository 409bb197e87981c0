/*
 * JPEG by libjpeg-turbo, with an error manager of our own: libjpeg reports every oddity by a code, and
 * the code decides whether the pixels can be trusted.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include "decoders.h"

/* The codes of libjpeg's messages alone: the macros behind them use functions that are banned here. */
#define JERROR_H
#define JMESSAGE(code, string) code,
enum {
#include <jerror.h>
    LAST_CODE
};

/* Other versions of libjpeg give other pixels. */
#ifndef LIBJPEG_TURBO_VERSION
#error "libjpeg-turbo is needed (Debian: libjpeg62-turbo-dev); this jpeglib.h is of another libjpeg"
#endif

#define ROWS_AT_ONCE 16

/* A scan of a progressive file may be a few bytes and still be as much work as the whole image. Encoders
 * write about ten; the limit is TurboJPEG's own. */
#define MAX_SCANS 500

/*
 * Warnings after which every pixel is what the encoder meant. All others, and those of libraries to
 * come, mean that pixels are missing or made up.
 */
static const int harmless_warnings[] = {
    JWRN_EXTRANEOUS_DATA, /* stray bytes between segments are passed over; ImageNet has such files */
    JWRN_JFIF_MAJOR,      /* the rest of an unknown JFIF header is not looked at */
    JWRN_ADOBE_XFORM,     /* an unknown transform is taken for YCbCr, of four channels for YCCK */
    JWRN_NOT_SEQUENTIAL,  /* a sequential scan has all coefficients, whatever its header says */
    JWRN_BOGUS_ICC,       /* colour profiles are not applied */
};

/* Errors of a file that is whole, but of a kind that the library does not decode. */
static const int errors_of_kind[] = {
    JERR_ARITH_NOTIMPL,
    JERR_BAD_PRECISION,
    JERR_CCIR601_NOTIMPL,
    JERR_CONVERSION_NOTIMPL,
    JERR_FRACT_SAMPLE_NOTIMPL,
    JERR_NOT_COMPILED,
    JERR_NOTIMPL,
    JERR_SOF_UNSUPPORTED,
};

struct decoder {
    struct jpeg_decompress_struct jpeg; /* first: what libjpeg hands back is a decoder */
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf refused;
    struct err *err;
    unsigned components; /* a bit for each that a scan had */
};

static bool is_in(const int *codes, size_t n, int code)
{
    for (size_t i = 0; i < n; i++)
        if (codes[i] == code)
            return true;
    return false;
}

/* ---- what libjpeg calls ---- */

_Noreturn static void refuse(j_common_ptr jpeg)
{
    struct decoder *decoder = (struct decoder *)jpeg;
    int code = jpeg->err->msg_code;
    char text[JMSG_LENGTH_MAX];

    jpeg->err->format_message(jpeg, text);
    if (code == JERR_OUT_OF_MEMORY)
        err_set(decoder->err, ERR_MEMORY, "no memory to decode a JPEG (%s)", text);
    else if (is_in(errors_of_kind, sizeof(errors_of_kind) / sizeof(*errors_of_kind), code))
        err_set(decoder->err, ERR_INPUT,
            "the JPEG is of a kind that cannot be decoded here (%s); convert it", text);
    else
        err_set(decoder->err, ERR_INPUT,
            "the JPEG is damaged or cut off (%s); replace or remove it", text);
    longjmp(decoder->refused, 1);
}

/* level: below 0 for a warning, otherwise what is only of interest. */
static void take_message(j_common_ptr jpeg, int level)
{
    if (level < 0 &&
        !is_in(harmless_warnings, sizeof(harmless_warnings) / sizeof(*harmless_warnings),
            jpeg->err->msg_code))
        refuse(jpeg);
}

static void say_nothing(j_common_ptr jpeg)
{
    (void)jpeg;
}

/* While scans are read, and now and then as rows are made. */
static void watch(j_common_ptr jpeg)
{
    struct decoder *decoder = (struct decoder *)jpeg;

    if (decoder->jpeg.input_scan_number > MAX_SCANS) {
        err_set(decoder->err, ERR_INPUT,
            "the JPEG has more than %d scans, which no encoder writes; replace or remove it",
            MAX_SCANS);
        longjmp(decoder->refused, 1);
    }
    for (int i = 0; i < decoder->jpeg.comps_in_scan; i++)
        decoder->components |= 1u << decoder->jpeg.cur_comp_info[i]->component_index;
}

/* ---- pixels ---- */

/* a * b / 255, rounded, as Pillow's MULDIV255. */
static int multiply_255(int a, int b)
{
    int product = a * b + 128;

    return ((product >> 8) + product) >> 8;
}

/* Adobe's CMYK is stored inverted; then RGB = (1 - K)(1 - CMY), as Pillow converts it. */
static void convert_cmyk(const uint8_t *cmyk, size_t n, uint8_t *to)
{
    for (size_t i = 0; i < n; i++) {
        int white = cmyk[4 * i + 3]; /* 255 - K, since K is inverted */

        for (size_t c = 0; c < 3; c++) {
            int value = white - multiply_255(255 - cmyk[4 * i + c], white);

            to[3 * i + c] = (uint8_t)(value < 0 ? 0 : value);
        }
    }
}

/* The inverse DCT of 4, 2 or 1 coefficients a side instead of 8: most of the work is saved. */
static void scale_down(struct jpeg_decompress_struct *jpeg, unsigned wanted_side)
{
    unsigned shorter =
        jpeg->image_width < jpeg->image_height ? jpeg->image_width : jpeg->image_height;

    jpeg->scale_num = 1;
    for (jpeg->scale_denom = 8; jpeg->scale_denom > 1; jpeg->scale_denom /= 2)
        if (wanted_side > 0 && (shorter + jpeg->scale_denom - 1) / jpeg->scale_denom >= wanted_side)
            return;
}

static void read_rgb(struct jpeg_decompress_struct *jpeg, struct image *image)
{
    size_t stride = (size_t)image->width * 3;
    JSAMPROW rows[ROWS_AT_ONCE];

    while (jpeg->output_scanline < jpeg->output_height) {
        for (unsigned i = 0; i < ROWS_AT_ONCE; i++)
            rows[i] = image->pixels + (jpeg->output_scanline + i) * stride;
        jpeg_read_scanlines(jpeg, rows,
            jpeg->output_height - jpeg->output_scanline < ROWS_AT_ONCE
                ? jpeg->output_height - jpeg->output_scanline
                : ROWS_AT_ONCE);
    }
}

/* The row of CMYK is libjpeg's, which frees it. */
static void read_cmyk(struct jpeg_decompress_struct *jpeg, struct image *image)
{
    size_t width = (size_t)image->width;
    JSAMPARRAY row =
        jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, jpeg->output_width * 4, 1);

    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *to = image->pixels + jpeg->output_scanline * width * 3;

        jpeg_read_scanlines(jpeg, row, 1);
        convert_cmyk(row[0], width, to);
    }
}

/* A file of several scans may end with no scan for a channel; libjpeg does not warn of that. */
static int check_components(const struct decoder *decoder)
{
    int n = decoder->jpeg.num_components;

    if (decoder->components != (1u << n) - 1)
        return err_set(decoder->err, ERR_INPUT,
            "the JPEG is damaged or cut off (a channel of %d has no scan); replace or remove it",
            n);
    return 0;
}

static int decode(struct decoder *decoder, struct image *image)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;

    jpeg_read_header(jpeg, TRUE);
    if (image_check_size((int)jpeg->image_width, (int)jpeg->image_height, decoder->err) < 0)
        return -1;
    /* As Pillow decodes: the exact inverse DCT, smooth chroma upsampling (the library's default). */
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->out_color_space = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK
                                ? JCS_CMYK
                                : JCS_RGB;
    scale_down(jpeg, (unsigned)image->wanted_side);
    jpeg_calc_output_dimensions(jpeg);
    if (image_reserve(image, (int)jpeg->output_width, (int)jpeg->output_height, decoder->err) < 0)
        return -1;
    jpeg_start_decompress(jpeg);
    if (jpeg->out_color_space == JCS_CMYK)
        read_cmyk(jpeg, image);
    else
        read_rgb(jpeg, image);
    jpeg_finish_decompress(jpeg);
    return check_components(decoder);
}

/* Nothing of this function changes after setjmp: all that does is in the decoder. */
static int decode_or_jump(
    struct decoder *decoder, const void *bytes, size_t count, struct image *image)
{
    if (setjmp(decoder->refused) != 0)
        return -1;
    jpeg_create_decompress(&decoder->jpeg);
    decoder->jpeg.progress = &decoder->progress;
    jpeg_mem_src(&decoder->jpeg, bytes, (unsigned long)count);
    return decode(decoder, image);
}

int decode_jpeg(const void *bytes, size_t count, struct image *image, struct err *err)
{
    struct decoder decoder = {.err = err};
    int result;

    if (count > ULONG_MAX)
        return err_set(err, ERR_INPUT, "a JPEG of %zu bytes is too large", count);
    decoder.jpeg.err = jpeg_std_error(&decoder.errors);
    decoder.errors.error_exit = refuse;
    decoder.errors.emit_message = take_message;
    decoder.errors.output_message = say_nothing;
    decoder.progress.progress_monitor = watch;
    result = decode_or_jump(&decoder, bytes, count, image);
    jpeg_destroy_decompress(&decoder.jpeg);
    return result;
}

#define TEXT_OF(x)      #x
#define VERSION_TEXT(x) TEXT_OF(x)

const char *jpeg_library(void)
{
    return "libjpeg-turbo " VERSION_TEXT(LIBJPEG_TURBO_VERSION);
}
