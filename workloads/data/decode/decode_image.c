/* Which decoder an image needs, by its first bytes: for image.h. */
#include "image.h"

#include <string.h>

#include "harness/base/str.h"
#include "harness/system/file.h"
#include "decoders.h"

#define FILE_MAX_BYTES ((size_t)256 << 20)

int image_decode(const void *bytes, size_t count, struct image *image, struct err *err)
{
    static const unsigned char jpeg[] = {0xff, 0xd8, 0xff}, png[] = {0x89, 'P', 'N', 'G'};

    if (count == 0)
        return err_set(err, ERR_INPUT, "the file is empty; it should be a JPEG or a PNG");
    if (count >= sizeof(jpeg) && memcmp(bytes, jpeg, sizeof(jpeg)) == 0)
        return decode_jpeg(bytes, count, image, err);
    if (count >= sizeof(png) && memcmp(bytes, png, sizeof(png)) == 0)
        return decode_png(bytes, count, image, err);
    return err_set(err, ERR_INPUT, "the file is neither a JPEG nor a PNG");
}

int image_read(const char *path, struct image *image, struct err *err)
{
    struct str content = STR_INIT;
    int result = file_read(path, FILE_MAX_BYTES, &content, err);

    /* file_read's error does not say what the memory was for. */
    if (result < 0 && err->code == ERR_MEMORY)
        err_context(err, "%s", path);
    if (result == 0 && image_decode(content.text, content.length, image, err) < 0)
        result = err_context(err, "%s", path);
    str_release(&content);
    return result;
}
