/*
 * Kinds of file systems, by the number that statfs(2) gives: what they are called, and where what is
 * written to them lies.
 *
 *     const struct file_system *kind = file_system_of((unsigned long)info.f_type);
 *     if (kind && kind->place == FILE_SYSTEM_NETWORK) ...      other machines may write to it too
 *
 * Pure; any thread. Numbers are those of <linux/magic.h> and statfs(2), those of clusters' file
 * systems from their sources.
 */
#ifndef SCALESTUDY_HARNESS_SYSTEM_FILE_SYSTEM_H
#define SCALESTUDY_HARNESS_SYSTEM_FILE_SYSTEM_H

enum file_system_place {
    FILE_SYSTEM_DISK,    /* of this machine */
    FILE_SYSTEM_MEMORY,  /* of this machine */
    FILE_SYSTEM_NETWORK, /* or it may be */
};

struct file_system {
    unsigned long type;
    enum file_system_place place;
    const char *name; /* for people */
};

/* `type` may have its sign, as statfs gives it on some machines. NULL: nobody knows. Static. */
const struct file_system *file_system_of(unsigned long type);

#endif
