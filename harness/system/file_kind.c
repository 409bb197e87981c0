/* Formats by their first bytes. */
#include "file_kind.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "file.h"

#define HEAD_BYTES 4096
#define ZIP_NAME   30 /* where the name of a zip's first entry begins */

/* Kinds that a fixed beginning tells. */
static const struct {
    const char *magic;
    size_t bytes;
    struct file_kind kind;
} magics[] = {
    {"version https://git-lfs.github.com/spec/", 40,
        {"a Git LFS pointer, not the file itself", "`git lfs pull` fetches that", true}},
    {"GGUF", 4, {"a GGUF file, as llama.cpp has", "", false}},
    {"\x89HDF", 4, {"a Keras or HDF5 file (.h5)", "", false}},
    {"\x93NUMPY", 6, {"a NumPy array (.npy)", "", false}},
    {"\x80\x02", 2, {"an old PyTorch file (.pth), or another pickle", "", false}},
    {"\x80\x03", 2, {"a pickle", "", false}},
    {"\x80\x04", 2, {"a pickle", "", false}},
    {"\x80\x05", 2, {"a pickle", "", false}},
    {"\x1f\x8b", 2, {"a gzip file", "", false}},
};

static bool has(const char *head, size_t length, const char *words)
{
    return memmem(head, length, words, strlen(words)) != NULL;
}

/* A zip by the names in its beginning: the first entry's, or those that follow small entries. */
static struct file_kind zip_kind(const char *head, size_t length)
{
    size_t name = length > ZIP_NAME ? (unsigned char)head[26] + 256u * (unsigned char)head[27] : 0;
    const char *first = head + ZIP_NAME;

    if (length < ZIP_NAME || name > length - ZIP_NAME)
        name = 0;
    if (name > 4 && memcmp(first + name - 4, ".npy", 4) == 0)
        return (struct file_kind){"a NumPy archive (.npz)", "", false};
    if (has(head, length, "/data.pkl") || has(head, length, "/constants.pkl"))
        return (struct file_kind){"a PyTorch file (.pth)", "", false};
    if (has(head, length, "model.weights.h5") || has(head, length, "keras_version"))
        return (struct file_kind){"a Keras file (.keras)", "", false};
    return (struct file_kind){"a zip file, as those of PyTorch (.pth) and Keras are", "", false};
}

/* ModelProto: the version of its form, then who made it, or its graph. */
static bool is_onnx(const unsigned char *head, size_t length)
{
    return length > 8 && head[0] == 0x08 && head[1] > 0 && head[1] < 32 &&
           ((head[2] == 0x12 && head[3] > 0 && head[3] < 64 && isalpha(head[4])) ||
               has((const char *)head, length < 256 ? length : 256, "pytorch") ||
               has((const char *)head, length < 256 ? length : 256, "onnx"));
}

static bool begins(const char *text, size_t length, const char *with)
{
    size_t n = strlen(with);

    return length >= n && strncasecmp(text, with, n) == 0;
}

static bool text_kind(const char *text, size_t length, struct file_kind *kind)
{
    size_t start = length > 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    if (memchr(text, '\0', length))
        return false;
    while (start < length && isspace((unsigned char)text[start]))
        start++;
    text += start;
    length -= start;
    if (begins(text, length, "<!doctype html") || begins(text, length, "<html") ||
        begins(text, length, "<head") || (begins(text, length, "<") && has(text, length, "<html")))
        *kind = (struct file_kind){
            "a web page (HTML)", "its address leads to a page, not to the file itself", true};
    else if (begins(text, length, "<?xml"))
        *kind = (struct file_kind){"an XML document", "such as a server's message", true};
    else if (begins(text, length, "{") && has(text, length, "\"weight_map\""))
        *kind = (struct file_kind){"an index of shards (JSON)",
            "the weights are in the files that it names: save them as one", true};
    else if (length > 1 && (*text == '{' || *text == '[') &&
             (isspace((unsigned char)text[1]) || strchr("\"{[]}", text[1]) ||
                 isdigit((unsigned char)text[1])))
        *kind = (struct file_kind){"JSON", "such as a server's message", true};
    else
        return false;
    return true;
}

static bool kind_of_head(const void *head, size_t length, struct file_kind *kind)
{
    if (length > HEAD_BYTES)
        length = HEAD_BYTES;
    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
        if (length >= magics[i].bytes && memcmp(head, magics[i].magic, magics[i].bytes) == 0) {
            *kind = magics[i].kind;
            return true;
        }
    if (length >= 4 && memcmp(head, "PK\003\004", 4) == 0) {
        *kind = zip_kind(head, length);
        return true;
    }
    if (length > 8 && memcmp((const char *)head + 4, "TFL3", 4) == 0) {
        *kind = (struct file_kind){"a TensorFlow Lite file", "", false};
        return true;
    }
    if (is_onnx(head, length)) {
        *kind = (struct file_kind){"an ONNX model", "", false};
        return true;
    }
    return text_kind(head, length, kind);
}

bool file_kind_of(const char *path, struct file_kind *kind)
{
    struct err none = {0};
    int fd = file_open(path, &none);
    char head[HEAD_BYTES];
    ssize_t count;

    if (fd < 0)
        return false;
    count = read(fd, head, sizeof(head));
    close(fd);
    return count > 0 && kind_of_head(head, (size_t)count, kind);
}
