#include "source.h"

int64_t source_bytes(const struct source *source)
{
    int64_t sum = 0;

    for (const struct source_file *file = source->files; file && file->name; file++) {
        if (file->bytes == 0)
            return 0;
        sum += file->bytes;
    }
    return sum;
}
