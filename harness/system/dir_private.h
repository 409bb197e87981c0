/* Shared by the files behind dir.h. */
#ifndef SCALESTUDY_HARNESS_SYSTEM_DIR_PRIVATE_H
#define SCALESTUDY_HARNESS_SYSTEM_DIR_PRIVATE_H

#include "dir.h"

/* As openat, without following links anywhere. */
int dir_enter(int from, const char *name, int flags, mode_t mode) MUST_CHECK;

/* The folder that something is in, and its name there. */
struct dir_place {
    int fd;
    const char *name;
    bool is_open; /* for this place: dir_leave closes it */
};
/* -1 with errno. Leaving keeps errno. */
int dir_find(const struct dir *folder, const char *name, struct dir_place *place) MUST_CHECK;
void dir_leave(const struct dir_place *place);

#endif
