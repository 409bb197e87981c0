/*
 * Run folders that somebody else may have written in: files damaged as what they are, or replaced by links, folders,
 * FIFOs and holes, and more of them. Every command that takes a run folder does its work or says why not, and nothing
 * outside of the folder changes: a tree beside it, which links in the folder point at, is compared after each round.
 * Rounds are few here; `make fuzz FUZZ_SECONDS=600` goes on for so long.
 */
#include "tests/lib/damage_sqlite.h"
#include "tests/lib/damage_text.h"

#include "made_run.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#define ROUNDS     25
#define MOST_NAMES 64
#define HOLE_BYTES (200 << 20)
/* In the folder are whole.run, as commands made it, t.yaml and hand.yaml, the study and a cluster; x.run, a damaged copy;
 * canary, which is somebody else's; scratch and bin, which commands use. Of whole.run: what can be damaged. */
static char names[MOST_NAMES][160];
static int n_names, n_files; /* files first */
static struct str canary = STR_INIT;

/* ---- files ---- */

/* How long the path of whole.run is, for the walks below. */
static size_t whole_length;

static int copy_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    char to[512];
    struct str content = STR_INIT;
    struct err err = {0};

    (void)at;
    snprintf(to, sizeof(to), "%s/x.run%s", root, path + whole_length);
    if (kind == FTW_D)
        return mkdir(to, 0777);
    if (file_read(path, MAX_BYTES, &content, &err) < 0)
        fail_msg("%s", err.message);
    damage_put(to, &content);
    str_release(&content);
    return chmod(to, info->st_mode & 0777);
}

static void copy_whole(void)
{
    char path[512];

    path_of(path, "whole.run");
    whole_length = strlen(path);
    assert_int_equal(nftw(path, copy_one, 16, FTW_PHYS), 0);
}

/* Of the 256 folders of the chain those that have something in them. */
static int name_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    const char *name = path + whole_length + 1;
    bool is_folder = kind == FTW_D;

    if (at->level == 0 || is_folder != (info == NULL || S_ISDIR(info->st_mode)) ||
        (str_starts_with(name, "chain/") && is_folder && info->st_nlink == 2 &&
            strncmp(name + 6, ids[0], 2) != 0) ||
        n_names == MOST_NAMES)
        return 0;
    str_copy(names[n_names++], sizeof(names[0]), name);
    return 0;
}

static int name_file(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    return kind == FTW_F ? name_one(path, info, kind, at) : 0;
}

static int name_folder(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    return kind == FTW_D ? name_one(path, info, kind, at) : 0;
}

static struct str *listing; /* of the walk below */

/* What can be seen of a file: links by what they say, times to the nanosecond. */
static int list_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    struct str content = STR_INIT;
    struct err err = {0};

    (void)at;
    str_addf(listing, "%s %o %lld %lld.%09ld %llu\n", path, info->st_mode, (long long)info->st_size,
        (long long)info->st_mtim.tv_sec, info->st_mtim.tv_nsec, (unsigned long long)info->st_ino);
    if (kind == FTW_F && S_ISREG(info->st_mode)) {
        if (file_read(path, MAX_BYTES, &content, &err) < 0)
            fail_msg("%s", err.message);
        str_add_bytes(listing, content.text, content.length);
    }
    str_release(&content);
    return 0;
}

static void list_canary(struct str *to)
{
    char path[512];

    str_clear(to);
    listing = to;
    path_of(path, "canary");
    assert_int_equal(nftw(path, list_one, 16, FTW_PHYS), 0);
}

/* Old enough for whoever sweeps. */
static int make_old(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    const struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

    (void)info;
    (void)kind;
    (void)at;
    return utimensat(AT_FDCWD, path, times, 0);
}

/* What the reader has beside it: files like those of a run folder, which links may stand for. */
static void make_canary(void)
{
    char name[160], path[512];

    make_folder("canary/folder/deep");
    put("canary/precious", "the reader's own\n");
    put("canary/folder/precious", "more of it\n");
    put("canary/folder/deep/precious", "and more\n");
    /* As an attempt of a job that is done. */
    snprintf(name, sizeof(name), "canary/%.64s.1", ids[0]);
    make_folder(name);
    snprintf(name, sizeof(name), "canary/%.64s.1/precious", ids[0]);
    put(name, "an attempt of the reader's own\n");
    put("canary/run.json",
        "{\"format\": 1, \"run\": \"" KEY "\", \"study\": \"t\", \"origin\": \"/\", "
        "\"loader_threads\": 1, \"threads\": 1, \"checkpoint_seconds\": 60.0, "
        "\"takeover_seconds\": 180.0, \"retries\": 2}\n");
    path_of(path, "canary");
    assert_int_equal(nftw(path, make_old, 16, FTW_PHYS | FTW_DEPTH), 0);
    list_canary(&canary);
}

static int group_setup(void **state)
{
    char path[512], link_path[512];

    (void)state;
    snprintf(root, sizeof(root), "%s/scalestudy-test-XXXXXX",
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(root));
    assert_int_equal(chdir(root), 0);
    nowhere = fopen("/dev/null", "w");
    assert_non_null(nowhere);
    make_folder("scratch");
    make_folder("bin");
    path_of(path, "scratch");
    setenv("TMPDIR", path, 1);
    path_of(path, "bin");
    setenv("PATH", path, 1);
    for (int i = 0; i < 3; i++) {
        static const char *const programs[] = {"bin/squeue", "bin/scancel", "bin/scontrol"};

        path_of(link_path, programs[i]);
        assert_int_equal(symlink("/bin/true", link_path), 0);
    }
    make_whole();
    path_of(path, "whole.run");
    whole_length = strlen(path);
    nftw(path, name_file, 16, FTW_PHYS);
    n_files = n_names;
    nftw(path, name_folder, 16, FTW_PHYS);
    assert_in_range(n_names, 30, MOST_NAMES - 1);
    make_canary();
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    fclose(nowhere);
    str_release(&canary);
    assert_int_equal(chdir("/"), 0);
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- damage ---- */

static const char *const targets[] = {"../canary/precious", "canary/precious", "../canary",
    "../../canary/folder", "../canary/run.json", "../canary/missing", "run.json", ".", "..",
    "/dev/null", "/dev/zero", "/proc/self/mem"};

/* Somewhere of the canary, or a device. */
static void choose_target(char to[512], struct rng *rng)
{
    const char *target = targets[rng_below(rng, DAMAGE_COUNT(targets))];
    const char *of_canary = strstr(target, "canary");

    if (of_canary && rng_below(rng, 4))
        path_of(to, of_canary);
    else
        str_copy(to, 512, target);
}

static void make_hole(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, HOLE_BYTES), 0);
    close(fd);
}

/* Whether all folders above a name are folders still: what is damaged lies in the run folder. */
static bool has_its_folders(const char *name)
{
    char path[512];
    struct stat info;

    path_of(path, name);
    for (char *slash = path + strlen(root); (slash = strchr(slash + 1, '/'));) {
        bool is_folder;

        *slash = '\0';
        is_folder = lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
        *slash = '/';
        if (!is_folder)
            return false;
    }
    return true;
}

/* Something else under a name that may be taken. */
static void put_other(const char *name, struct rng *rng)
{
    char path[512], target[512], precious[512];
    struct str text = STR_INIT;

    if (!has_its_folders(name))
        return;
    remove_tree(name);
    path_of(path, name);
    choose_target(target, rng);
    switch (rng_below(rng, 12)) {
    case 0: /* gone */
        break;
    case 1:
        (void)!mkdir(path, 0777);
        break;
    case 2:
        put(name, "");
        break;
    case 3:
        if (rng_below(rng, 8) == 0)
            make_hole(path);
        break;
    case 4:
        damage_add_text(&text, rng);
        put(name, text.text);
        break;
    case 5:
        put(name, "x");
        chmod(path, 0);
        break;
    case 6:
        (void)!mkfifo(path, 0666);
        break;
    case 7: /* another name of the reader's own file */
        path_of(precious, rng_below(rng, 2) ? "canary/precious" : "canary/run.json");
        (void)!link(precious, path);
        break;
    default:
        (void)!symlink(target, path);
        break;
    }
    str_release(&text);
}

/* One more: of a job or of none, wherever files of its kind are. */
static void put_more(struct rng *rng)
{
    static const char *const numbers[] = {
        "1", "2", "3", "4", "5", "0", "-1", "999999999", "1000000001", "2147483648", "01", ""};
    const char *number = numbers[rng_below(rng, DAMAGE_COUNT(numbers))];
    const char *id = ids[rng_below(rng, N_JOBS)];
    char name[400];

    switch (rng_below(rng, 8)) {
    case 0:
    case 1:
        snprintf(name, sizeof(name), "x.run/chain/%.2s/%.64s.%s", id, id, number);
        break;
    case 2:
        snprintf(name, sizeof(name), "x.run/results/%.64s.%s.%s", id, number,
            rng_below(rng, 2) ? "done" : "failed");
        break;
    case 3:
        snprintf(name, sizeof(name), "x.run/attempts/%.64s.%s", id, number);
        break;
    case 4:
        snprintf(name, sizeof(name), "x.run/attempts/%.64s.%s/%.64s.log", ids[2], number, ids[2]);
        break;
    case 5:
        snprintf(name, sizeof(name), "x.run/results/a\nb\x1b[2J");
        break;
    case 6:
        snprintf(name, sizeof(name), "x.run/tmp/old.%s", number);
        break;
    default:
        snprintf(name, sizeof(name), "x.run/submissions/%s/accepted", KEY);
        break;
    }
    put_other(name, rng);
}

/* A file of it, damaged as what it is. */
static void damage_file(const char *name, struct rng *rng)
{
    struct str text = STR_INIT;
    struct err err = {0};
    char path[512];

    path_of(path, name);
    /* It may be something else by now. */
    if (!has_its_folders(name) || file_is_link(path) ||
        file_read(path, MAX_BYTES, &text, &err) < 0) {
        str_release(&text);
        return;
    }
    if (str_starts_with(text.text, "SQLite"))
        damage_sqlite(&text, rng);
    else if (text.text[0] == '{')
        damage_json(&text, rng);
    else
        damage_lines(&text, "\t=,", rng);
    damage_put(path, &text);
    str_release(&text);
}

static void damage_run(struct rng *rng)
{
    for (int i = (int)rng_below(rng, 4); i >= 0; i--) {
        bool as_file = rng_below(rng, 2);
        char name[256];

        snprintf(name, sizeof(name), "x.run/%s",
            names[rng_below(rng, (uint64_t)(as_file || rng_below(rng, 2) ? n_files : n_names))]);
        if (as_file)
            damage_file(name, rng);
        else if (rng_below(rng, 3))
            put_other(name, rng);
        else
            put_more(rng);
    }
}

/* ---- use ---- */

/* One command, as a reader may give it. Whether it did its work. */
static bool command(struct rng *rng)
{
    char *id = ids[rng_below(rng, N_JOBS)], part[13];
    struct err err = {0};
    int result;

    snprintf(part, sizeof(part), "%.12s", id);
    switch (rng_below(rng, 13)) {
    case 0:
        result = CALL(&command_status, &err, "status", "x.run");
        break;
    case 1:
        result = CALL(&command_status, &err, "status", "x.run", "--format", "json", "--groups");
        break;
    case 2:
        result = CALL(&command_jobs, &err, "jobs", "x.run");
        break;
    case 3:
        result = CALL(&command_jobs, &err, "jobs", "x.run", "--state", "failed", "--format", "csv");
        break;
    case 4:
        result = CALL(&command_logs, &err, "logs", "x.run", ids[2]);
        break;
    case 5:
        result = CALL(&command_cancel, &err, "cancel", "x.run", part);
        break;
    case 6:
        result = CALL(&command_cancel, &err, "cancel", "x.run", "--where", "true");
        break;
    case 7:
        result = CALL(&command_retry, &err, "retry", "x.run", "--state", "failed");
        break;
    case 8:
        result = CALL(&command_rm, &err, "rm", "x.run", part, "--yes");
        break;
    case 9:
        result = CALL(&command_submit, &err, "submit", "t.yaml", "--run", "x.run", "--cluster",
            "./hand.yaml", "--no-estimate", "--db", "own.db");
        break;
    default:
        result = CALL(&command_collect, &err, "collect", "x.run", "--db", "own.db");
        break;
    }
    if (result < 0 && !damage_is_told(&err))
        fail_msg("no sentence: %d %s", err.code, err.message);
    return result == 0;
}

/* What may lie beside the run folder, and nothing in the folder for scratch files. */
static void see_nothing_else(void)
{
    static const char *const known[] = {".", "..", "whole.run", "x.run", "canary", "scratch", "bin",
        "t.yaml", "hand.yaml", "own.db", "own.db-wal", "own.db-shm", "own.db.d"};
    DIR *folder = opendir(root);
    const struct dirent *entry;
    char path[512];

    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        bool is_known = false;

        for (size_t i = 0; i < DAMAGE_COUNT(known); i++)
            is_known |= strcmp(entry->d_name, known[i]) == 0;
        if (!is_known)
            fail_msg("%s was left behind", entry->d_name);
    }
    closedir(folder);
    path_of(path, "scratch");
    assert_int_equal(rmdir(path), 0);
    make_folder("scratch");
}

static void see_canary(void)
{
    struct str now = STR_INIT;

    list_canary(&now);
    if (now.length != canary.length || memcmp(now.text, canary.text, now.length) != 0)
        fail_msg("files of others changed:\n%s", now.text);
    str_release(&now);
}

static void remove_round(void)
{
    static const char *const gone[] = {"x.run", "own.db", "own.db-wal", "own.db-shm", "own.db.d"};

    for (size_t i = 0; i < DAMAGE_COUNT(gone); i++)
        remove_tree(gone[i]);
}

static void test_run_folder__damaged_ones_harm_nothing_outside(void **state)
{
    struct damage_rounds rounds = damage_begin("run folders", ROUNDS, 99);
    struct rng rng;
    int done = 0, all = 0;

    (void)state;
    while (damage_next(&rounds, &rng)) {
        copy_whole();
        damage_run(&rng);
        for (int i = (int)rng_below(&rng, 3); i >= 0; i--, all++)
            done += command(&rng);
        see_canary();
        see_nothing_else();
        remove_round();
    }
    assert_true((done > 0 && done < all) || rounds.only);
}
