/* What a dataset publishes, counted, and where it lies: for source.h. */
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

int data_default_root(const char *name, char root[PATH_BYTES], struct err *err)
{
    char cache[PATH_BYTES], sets[PATH_BYTES];

    if (file_cache_folder(cache, err) < 0 || file_join(sets, cache, "data", err) < 0)
        return -1;
    return file_join(root, sets, name, err);
}
