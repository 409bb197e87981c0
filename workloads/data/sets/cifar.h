/*
 * CIFAR in its binary and Python versions (cs.toronto.edu/~kriz/cifar.html): records of one or two labels and
 * 32 x 32 pixels, all red ones first, then green, then blue.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_SETS_CIFAR_H
#define SCALESTUDY_WORKLOADS_DATA_SETS_CIFAR_H

#include "workloads/data/dataset/records.h"

#define CIFAR_SIDE 32

struct cifar_layout {
    const char *files[SPLIT_COUNT][6]; /* ended by NULL */
    const char *names;                 /* the file of its classes' names */
    int classes, labels; /* labels: bytes before the pixels, of which the last counts */
};

/* CIFAR in its Python version: pickles, each a dictionary of labels and an array of pixels, a row an
 * image, in the same order as in the binary version (cifar_python.c). */
struct cifar_python_layout {
    const char *files[SPLIT_COUNT][6]; /* ended by NULL */
    const char *labels;                /* the key of their labels */
    const char *meta, *names;          /* the file of its classes' names, and their key */
    int classes;
};

bool cifar_python_is_here(const struct dataset *set, const struct cifar_python_layout *layout);
int cifar_python_open(
    struct dataset *set, const struct cifar_python_layout *layout, struct err *err) MUST_CHECK;

/* Does the set's root hold the first of these files? */
bool cifar_is_here(const struct dataset *set, const struct cifar_layout *layout);

/* A kind's open; its read is records_image, its close records_close. */
int cifar_open(struct dataset *set, const struct cifar_layout *layout, struct err *err) MUST_CHECK;

#endif
