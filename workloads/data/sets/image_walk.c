/* Walking a tree of folders for images, with each folder looked into once. */
#include "image_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "workloads/data/formats/folder_list.h"
#include "harness/system/file.h"

bool image_by_ending(const char *name)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", NULL};
    const char *dot = strrchr(name, '.');

    for (int i = 0; dot && endings[i]; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

/* ---- folders that were looked into ---- */

struct visited {
    struct visited_folder {
        dev_t device;
        ino_t inode;
        bool used;
    } * folders; /* a table with open addressing, a power of two */
    size_t n, capacity;
};

static struct visited_folder *find_visited(const struct visited *visited, const struct stat *info)
{
    uint64_t hash = ((uint64_t)info->st_ino ^ (uint64_t)info->st_dev << 32) * 0x9e3779b97f4a7c15u;
    size_t place = (size_t)(hash >> 20);

    for (;; place++) {
        struct visited_folder *folder = &visited->folders[place & (visited->capacity - 1)];

        if (!folder->used || (folder->device == info->st_dev && folder->inode == info->st_ino))
            return folder;
    }
}

static int grow_visited(struct visited *visited, struct err *err)
{
    struct visited larger = {.capacity = visited->capacity ? 2 * visited->capacity : 16};

    larger.folders = calloc(larger.capacity, sizeof(*larger.folders));
    if (!larger.folders)
        return err_set(err, ERR_MEMORY, "no memory for a list of %zu folders", larger.capacity);
    for (size_t i = 0; i < visited->capacity; i++)
        if (visited->folders[i].used) {
            const struct stat info = {
                .st_dev = visited->folders[i].device, .st_ino = visited->folders[i].inode};

            *find_visited(&larger, &info) = visited->folders[i];
        }
    larger.n = visited->n;
    free(visited->folders);
    *visited = larger;
    return 0;
}

/* *again: it was there before. */
static int visit(struct visited *visited, const struct stat *info, bool *again, struct err *err)
{
    struct visited_folder *folder;

    if (2 * visited->n >= visited->capacity && grow_visited(visited, err) < 0)
        return -1;
    folder = find_visited(visited, info);
    *again = folder->used;
    visited->n += !folder->used;
    *folder = (struct visited_folder){info->st_dev, info->st_ino, true};
    return 0;
}

/* ---- one folder ---- */

struct walking {
    const struct image_walk *walk;
    struct visited visited;
    struct name_list waiting;         /* folders to look into below the root, the next one last */
    struct name_list images, folders; /* names in the folder that is looked into */
};

static int join(char to[PATH_BYTES], const char *folder, const char *name, struct err *err)
{
    if (folder[0])
        return file_join(to, folder, name, err);
    return str_copy(to, PATH_BYTES, name)
               ? 0
               : err_set(err, ERR_INPUT, "the name %.80s... is too long", name);
}

static void leave_out(
    const struct walking *w, enum left_out_reason reason, const char *below, const char *name)
{
    char path[PATH_BYTES];
    struct err too_long = {0};

    left_out_add(w->walk->left_out, reason,
        name && join(path, below, name, &too_long) == 0 ? path : below, 1);
}

enum entry_kind { ENTRY_FILE, ENTRY_FOLDER, ENTRY_SPECIAL, ENTRY_NOTHING };

/* The kind comes from readdir where the file system tells it there. */
static enum entry_kind kind_of(DIR *folder, const struct dirent *entry)
{
    struct stat info;

    if (entry->d_type == DT_REG || entry->d_type == DT_DIR)
        return entry->d_type == DT_REG ? ENTRY_FILE : ENTRY_FOLDER;
    if (fstatat(dirfd(folder), entry->d_name, &info, 0) != 0)
        return ENTRY_NOTHING;
    return S_ISREG(info.st_mode)   ? ENTRY_FILE
           : S_ISDIR(info.st_mode) ? ENTRY_FOLDER
                                   : ENTRY_SPECIAL;
}

static int take_entry(
    struct walking *w, const char *below, DIR *folder, const struct dirent *entry, struct err *err)
{
    const char *name = entry->d_name, *pattern = w->walk->pattern;
    enum entry_kind kind;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return 0;
    kind = kind_of(folder, entry);
    if (kind == ENTRY_FOLDER && w->walk->shallow)
        return 0;
    if (name[0] == '.') {
        if (kind == ENTRY_FOLDER || image_by_ending(name))
            leave_out(w, LEFT_OUT_HIDDEN, below, name);
        return 0;
    }
    if (kind == ENTRY_FOLDER)
        return name_list_add(&w->folders, name, err);
    if (pattern && pattern[0] && fnmatch(pattern, name, 0) != 0)
        return 0;
    if (kind == ENTRY_FILE && image_by_ending(name))
        return name_list_add(&w->images, name, err);
    leave_out(w,
        kind == ENTRY_FILE      ? LEFT_OUT_ENDING
        : kind == ENTRY_NOTHING ? LEFT_OUT_DANGLING
                                : LEFT_OUT_SPECIAL,
        below, name);
    return 0;
}

/* What is in an open folder; nothing if it was looked into before. */
static int read_entries(struct walking *w, const char *below, DIR *folder, struct err *err)
{
    const struct dirent *entry;
    struct stat info;
    bool again;
    int result = 0;

    if (fstat(dirfd(folder), &info) != 0)
        return err_set_errno(err, errno, "cannot look into the folder %s/%s", w->walk->root, below);
    if (visit(&w->visited, &info, &again, err) < 0)
        return -1;
    if (again) {
        leave_out(w, LEFT_OUT_AGAIN, below, NULL);
        return 0;
    }
    while (result == 0 && (errno = 0, entry = readdir(folder)))
        result = take_entry(w, below, folder, entry, err);
    if (result == 0 && errno != 0)
        result =
            err_set_errno(err, errno, "cannot look into the folder %s/%s", w->walk->root, below);
    name_list_sort(&w->images);
    name_list_sort(&w->folders);
    return result;
}

/* Its images are handed on, its subfolders wait. */
static int hand_on(struct walking *w, const char *below, bool is_first, struct err *err)
{
    char path[PATH_BYTES];

    for (int i = 0; i < w->images.n; i++)
        if (join(path, below, w->images.names[i], err) < 0 ||
            w->walk->image(w->walk->context, path, err) < 0)
            return -1;
    for (int i = 0; is_first && w->walk->folder && i < w->folders.n; i++)
        w->walk->folder(w->walk->context, w->folders.names[i]);
    for (int i = w->folders.n - 1; i >= 0; i--)
        if (join(path, below, w->folders.names[i], err) < 0 ||
            name_list_add(&w->waiting, path, err) < 0)
            return -1;
    return 0;
}

static int walk_folder(struct walking *w, const char *below, bool is_first, struct err *err)
{
    char path[PATH_BYTES];
    DIR *folder;
    int result;

    if (below[0] ? file_join(path, w->walk->root, below, err) < 0
                 : !str_copy(path, sizeof(path), w->walk->root))
        return -1;
    folder = opendir(path);
    if (!folder && is_first)
        return err_set_errno(err, errno, "cannot look into the folder %s", path);
    if (!folder) {
        leave_out(w, LEFT_OUT_UNREADABLE, below, NULL);
        return 0;
    }
    result = read_entries(w, below, folder, err);
    closedir(folder);
    if (result == 0)
        result = hand_on(w, below, is_first, err);
    name_list_release(&w->images);
    name_list_release(&w->folders);
    return result;
}

/* ---- all of them ---- */

/* The root and what lies between it and the first folder are not looked into again. */
static int visit_above(struct walking *w, const char *below, struct err *err)
{
    char path[PATH_BYTES];
    struct stat info;
    bool again;

    for (const char *end = below; end && below[0]; end = strchr(end + 1, '/')) {
        int length = (int)(end - below);

        if (snprintf(path, sizeof(path), "%s/%.*s", w->walk->root, length, below) <
                (int)sizeof(path) &&
            stat(path, &info) == 0 && visit(&w->visited, &info, &again, err) < 0)
            return -1;
    }
    return 0;
}

int image_walk(const struct image_walk *walk, const char *below, struct err *err)
{
    struct walking w = {.walk = walk};
    int result = visit_above(&w, below, err);

    if (result == 0)
        result = walk_folder(&w, below, true, err);
    while (result == 0 && w.waiting.n > 0) {
        char *next = w.waiting.names[--w.waiting.n];

        result = walk_folder(&w, next, false, err);
        free(next);
    }
    name_list_release(&w.waiting);
    free(w.visited.folders);
    return result;
}
