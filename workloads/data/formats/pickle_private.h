/* What pickle.c, which reads, and pickle_values.c, which answers, know of a pickle. */
#ifndef SCALESTUDY_WORKLOADS_DATA_FORMATS_PICKLE_PRIVATE_H
#define SCALESTUDY_WORKLOADS_DATA_FORMATS_PICKLE_PRIVATE_H

#include "pickle.h"

#define PICKLE_WINDOW 65536 /* bytes of the file in memory */

enum pickle_kind {
    PICKLE_NOTHING, /* None, and what has no meaning here, as a real number */
    PICKLE_INTEGER,
    PICKLE_BYTES,
    PICKLE_LIST,       /* and tuples */
    PICKLE_DICTIONARY, /* items: key, value, key, value */
    PICKLE_NAME,       /* items: module, name */
    PICKLE_CALL,       /* items: what is called, arguments, and a state if there is one */
    PICKLE_MARK,       /* on the stack only */
};

struct pickle_value {
    enum pickle_kind kind;
    int n;
    int64_t integer; /* or the offset of the bytes */
    int64_t length;
    int *items;
};

struct pickle {
    const struct pickle_source *source;
    struct pickle_value *values;
    int n_values;
    int *stack, n_stack;
    int *memo, n_memo;     /* values by number; -1: none */
    int64_t n_items;       /* of all values */
    int64_t at;            /* the next byte */
    unsigned char *window; /* bytes of the file from window_at on */
    int64_t window_at;
    int window_bytes;
    int root;
};

#endif
