/* Folders: may files be made there, is there room, on what kind of file system; and the data sets. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/system/file.h"
#include "harness/system/file_system.h"
#include "doctor.h"
#include "results/store/store.h"
#include "harness/terminal/ui.h"
#include "workloads/data/dataset/source.h"
#include "workloads/workload.h"

#define LEAST_ROOM ((uint64_t)200 << 20)
#define LITTLE     ((uint64_t)2 << 30)
#define FSYNCS     5
#define FSYNC_SLOW 0.03 /* seconds */

/* The folder itself, or the nearest one above it that is there. */
static bool nearest_folder(const char *path, char to[PATH_BYTES])
{
    char above[PATH_BYTES];

    if (!str_copy(to, PATH_BYTES, path))
        return false;
    while (access(to, F_OK) != 0) {
        file_folder_of(to, above);
        if (strcmp(above, to) == 0)
            return false;
        str_copy(to, PATH_BYTES, above);
    }
    return true;
}

/* 0, or errno; the file of a moment is removed. */
static int try_to_write(const char *folder, double *fsync_seconds)
{
    char path[PATH_BYTES + 48];
    char bytes[4096] = {0};
    int file, problem = 0;
    struct err ignored = {0};
    double start;

    snprintf(path, sizeof(path), "%s/.scalestudy-doctor.%ld", folder, (long)getpid());
    file = file_create(path, 0600, &ignored);
    if (file < 0)
        return errno;
    start = clock_seconds();
    for (int i = 0; i < FSYNCS && problem == 0; i++)
        if (write(file, bytes, sizeof(bytes)) != (ssize_t)sizeof(bytes) || fsync(file) != 0)
            problem = errno;
    *fsync_seconds = (clock_seconds() - start) / FSYNCS;
    close(file);
    unlink(path);
    return problem;
}

/* What a folder is for, and what does not work without it. */
struct place {
    const char *check, *path;
    enum doctor_state if_not;
    const char *advice; /* if it cannot be written to */
    bool has_database;
};

static void look_at_kind(struct doctor *doctor, const struct place *place, const char *folder)
{
    const struct file_system *kind;
    struct statfs info;
    const char *name;
    char room[UI_SIZE_BYTES], check[64];
    uint64_t bytes;

    if (statfs(folder, &info) != 0)
        return;
    bytes = (uint64_t)info.f_bavail * (uint64_t)info.f_bsize;
    ui_size((int64_t)bytes, room);
    kind = file_system_of((unsigned long)info.f_type);
    name = kind ? kind->name : "of a kind unknown here";
    snprintf(check, sizeof(check), "disk of the %s", place->check);
    if (place->has_database && kind && kind->place == FILE_SYSTEM_NETWORK)
        doctor_find(doctor, check, DOCTOR_WARNING,
            "SQLite is not safe for several writers on a network file system: let one `run` at a "
            "time write here, or use --db on a local disk; for many machines, use `submit`, `work` "
            "and `collect`.",
            "%s, %s free", name, room);
    else if (bytes < LEAST_ROOM)
        doctor_find(doctor, check, place->if_not,
            "Make room: checkpoints and the database are written here.", "%s, only %s free", name,
            room);
    else if (bytes < LITTLE)
        doctor_find(doctor, check, DOCTOR_WARNING,
            "Checkpoints of large networks, and datasets, may not fit.", "%s, %s free", name, room);
    else
        doctor_find(doctor, check, DOCTOR_OK, NULL, "%s, %s free", name, room);
}

static bool look_at_place(struct doctor *doctor, const struct place *place)
{
    char folder[PATH_BYTES];
    double seconds = 0;
    int problem = nearest_folder(place->path, folder) ? try_to_write(folder, &seconds) : ENOENT;

    if (problem != 0) {
        doctor_find(doctor, place->check, place->if_not, place->advice,
            "cannot write to %.300s: %s", place->path, strerror(problem));
        return false;
    }
    doctor_find(doctor, place->check, DOCTOR_OK, NULL, "%.300s%s", place->path,
        strcmp(folder, place->path) == 0 ? "" : " (created when needed)");
    look_at_kind(doctor, place, folder);
    if (!place->has_database)
        return true;
    if (seconds > FSYNC_SLOW)
        doctor_find(doctor, "fsync", DOCTOR_WARNING,
            "Every result and checkpoint waits for this: short jobs take longer than their "
            "training. A database on a local disk is faster.",
            "%.0f ms each", seconds * 1e3);
    else
        doctor_find(doctor, "fsync", DOCTOR_OK, NULL, "%.1f ms each", seconds * 1e3);
    return true;
}

/* With its journal, which needs locks and shared memory that some file systems have not. */
static void try_database(struct doctor *doctor)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    char path[PATH_BYTES + 48], file[PATH_BYTES + 64];
    struct store *store = NULL;
    struct err err = {0};

    snprintf(path, sizeof(path), "%s/.scalestudy-doctor.%ld.db", doctor->folder, (long)getpid());
    if (store_open(&store, path, STORE_CREATE, &err) < 0)
        doctor_find(doctor, "database", DOCTOR_PROBLEM,
            "SQLite does not work on this file system: use --db with a file on another one.", "%s",
            err.message);
    else
        doctor_find(doctor, "database", DOCTOR_OK, NULL, "%s can be used here", store_library());
    store_close(store);
    for (int i = 0; i < 4; i++) {
        snprintf(file, sizeof(file), "%s%s", path, endings[i]);
        unlink(file);
    }
}

static void look_at_sets(struct doctor *doctor)
{
    struct str there = STR_INIT;
    struct err none = {0};
    char root[PATH_BYTES];

    for (const char *const *name = workload_dataset_names(); *name; name++)
        if (data_default_root(*name, root, &none) == 0 && file_is_folder(root))
            str_addf(&there, "%s%s", there.length ? ", " : "", *name);
    if (there.length > 0)
        doctor_find(doctor, "datasets", DOCTOR_OK, NULL, "shapes, %s", there.text);
    else
        doctor_find(doctor, "datasets", DOCTOR_OK,
            "`data list` lists the sets, `data fetch NAME` downloads one; folders of images are "
            "used where they are.",
            "shapes, which needs no files");
    str_release(&there);
}

void doctor_look_at_files(struct doctor *doctor)
{
    struct place place = {
        .check = "folder",
        .path = doctor->folder,
        .if_not = DOCTOR_PROBLEM,
        .advice = "`run` writes its database and checkpoints beside the study: go to a folder of "
                  "yours, or name another by --db.",
        .has_database = true,
    };
    char cache[PATH_BYTES];
    struct err err = {0};

    if (!file_is_folder(doctor->folder))
        doctor_find(doctor, "folder", DOCTOR_PROBLEM, place.advice, "%.300s is not a folder",
            doctor->folder);
    else if (look_at_place(doctor, &place))
        try_database(doctor);
    if (file_cache_folder(cache, &err) < 0)
        doctor_find(
            doctor, "cache", DOCTOR_WARNING, "Set HOME or XDG_CACHE_HOME.", "%s", err.message);
    else
        look_at_place(doctor,
            &(struct place){.check = "cache",
                .path = cache,
                .if_not = DOCTOR_WARNING,
                .advice = "`data fetch` puts data sets there, and `plan` what it measured: set "
                          "XDG_CACHE_HOME to a folder of yours, or use --root."});
    look_at_place(doctor,
        &(struct place){.check = "temporary files",
            .path = file_temporary_folder(),
            .if_not = DOCTOR_WARNING,
            .advice = "`plot`, `report` and `work` need it: set TMPDIR to a folder of yours."});
    look_at_sets(doctor);
}
