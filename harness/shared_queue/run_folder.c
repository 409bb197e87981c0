#include "run_folder.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/study/plan_store.h"
#include "results/query/query.h"
#include "script_line.h"

#define FORMAT         1 /* of the folder */
#define RUN_JSON_BYTES 65536

/* ---- paths ---- */

void run_folder_path(const struct run_folder *run, char to[RUN_FILE_PATH], const char *format, ...)
{
    int length = snprintf(to, RUN_FILE_PATH, "%s/", run->folder.path);
    va_list args;

    va_start(args, format);
    vsnprintf(to + length, (size_t)(RUN_FILE_PATH - length), format, args);
    va_end(args);
}

int run_folder_temporary(char to[RUN_NAME_BYTES], struct err *err)
{
    char digits[RUN_ID_BYTES];

    if (file_random_name(digits, RUN_ID_BYTES - 1, err) < 0)
        return -1;
    snprintf(to, RUN_NAME_BYTES, "tmp/%s", digits);
    return 0;
}

bool run_folder_is(const char *path)
{
    char file[PATH_BYTES + 16];

    snprintf(file, sizeof(file), "%s/run.json", path);
    return file_is_folder(path) && file_exists(file);
}

int run_folder_choose(
    const char *given, const char *study_path, char to[PATH_BYTES], struct err *err)
{
    const char *slash = strrchr(study_path, '/');
    const char *name = slash ? slash + 1 : study_path;
    int length = (int)strlen(name);

    if (given || file_is_folder(study_path)) {
        if (!str_copy(to, PATH_BYTES, given ? given : study_path))
            return err_set(err, ERR_INPUT, "the path of the run folder is too long");
        return 0;
    }
    if (str_ends_with(name, ".yaml"))
        length -= (int)strlen(".yaml");
    else if (str_ends_with(name, ".yml"))
        length -= (int)strlen(".yml");
    if (length == 0 || snprintf(to, PATH_BYTES, "%.*s.run", length, name) >= PATH_BYTES)
        return err_set(err, ERR_INPUT,
            "%.80s is no name of a study file; give the run folder with --run", study_path);
    return 0;
}

double run_folder_now(const struct run_folder *run)
{
    char name[RUN_NAME_BYTES];
    struct err ignored = {0};
    struct stat info;
    bool known = false;
    int fd = -1;

    if (run->may_write && run_folder_temporary(name, &ignored) == 0)
        fd = dir_create(&run->folder, name, 0666, &ignored);
    if (fd >= 0) {
        known = futimens(fd, NULL) == 0 && fstat(fd, &info) == 0;
        close(fd);
        dir_unlink(&run->folder, name);
    }
    /* Or a full disk: this machine's clock is the next best. */
    if (!known)
        return (double)time(NULL);
    return (double)info.st_mtim.tv_sec + 1e-9 * (double)info.st_mtim.tv_nsec;
}

/* ---- whose it is ---- */

static const char *const parts[] = {
    "chain", "attempts", "results", "submissions", "logs", "set-aside", "tmp", "program"};

#define N_PARTS (sizeof(parts) / sizeof(parts[0]))

/* The folders right in it; what is deeper is data, or is reached without following links. -1 for what
 * no folder may have; `why` is set if another user's hand could be in it. */
static int look_at_parts(const struct run_folder *run, struct err *why, struct err *err)
{
    for (size_t i = 0; i < N_PARTS; i++) {
        struct dir part;
        struct stat info;
        int there = dir_look(&run->folder, parts[i], &info, err);

        if (there < 0)
            return -1;
        if (there == 0)
            continue;
        if (dir_open_inside(&part, &run->folder, parts[i], err) < 0)
            return -1;
        (void)!dir_check_ours(&part, why);
        dir_close(&part);
    }
    return 0;
}

static int check_use(struct run_folder *run, enum run_folder_use use, struct err *err)
{
    struct err why = {0};

    (void)!dir_check_ours(&run->folder, &why);
    if (look_at_parts(run, &why, err) < 0)
        return -1;
    run->trusted = use == RUN_FOLDER_TRUST;
    run->may_write = run->trusted || why.code == ERR_NONE;
    if (use == RUN_FOLDER_WRITE && !run->may_write)
        return err_set(err, why.code, "%s", why.message);
    return 0;
}

/* ---- run.json ---- */

static int put_description(const struct run_folder *run, struct err *err)
{
    json_t *json = json_pack("{s:i, s:s, s:s, s:s, s:i, s:i, s:f, s:f, s:i}", "format", FORMAT,
        "run", run->id, "study", run->study, "origin", run->origin, "loader_threads",
        run->loader_threads, "threads", run->settings.threads, "checkpoint_seconds",
        run->settings.checkpoint_seconds, "takeover_seconds", run->settings.takeover_seconds,
        "retries", run->settings.retries);
    char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
    int result = -1;

    if (!text)
        err_set(err, ERR_INPUT, "the path %s is no UTF-8 text, which run.json needs", run->origin);
    else
        result = dir_write(&run->folder, "run.json", text, strlen(text), 0, err);
    free(text);
    json_decref(json);
    return result;
}

/* As `submit` and studies have them: the file may be anybody's. */
static int check_numbers(const struct run_folder *run, const char *path, struct err *err)
{
    const struct run_settings *s = &run->settings;
    const struct {
        const char *key;
        double value, least, most;
    } numbers[] = {
        {"threads", s->threads, 1, RUN_MOST_THREADS},
        {"loader_threads", run->loader_threads, 0, RUN_MOST_LOADER_THREADS},
        {"checkpoint_seconds", s->checkpoint_seconds, 0, RUN_MOST_SECONDS},
        {"takeover_seconds", s->takeover_seconds, 1, RUN_MOST_SECONDS},
        {"retries", s->retries, 0, RUN_MOST_RETRIES},
    };

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (!(numbers[i].value >= numbers[i].least && numbers[i].value <= numbers[i].most))
            return err_set(err, ERR_INPUT, "%s: %s is %g; it must be from %g to %g", path,
                numbers[i].key, numbers[i].value, numbers[i].least, numbers[i].most);
    return 0;
}

static int understand(struct run_folder *run, json_t *json, const char *path, struct err *err)
{
    const char *id, *study, *origin;
    int format = 0;

    run->settings.retries = 2; /* older folders do not say */
    if (json_unpack(json, "{s:i}", "format", &format) == 0 && format != FORMAT)
        return err_set(err, ERR_INPUT,
            "%s was made by another version of scalestudy (format %d; this one knows %d)", path,
            format, FORMAT);
    if (json_unpack(json, "{s:i, s:s, s:s, s:s, s:i, s:i, s:F, s:F, s?i}", "format", &format, "run",
            &id, "study", &study, "origin", &origin, "loader_threads", &run->loader_threads,
            "threads", &run->settings.threads, "checkpoint_seconds",
            &run->settings.checkpoint_seconds, "takeover_seconds", &run->settings.takeover_seconds,
            "retries", &run->settings.retries) != 0 ||
        !str_copy(run->id, sizeof(run->id), id) ||
        !str_copy(run->study, sizeof(run->study), study) ||
        !str_copy(run->origin, sizeof(run->origin), origin))
        return err_set(err, ERR_INPUT,
            "%s is no description of a run folder; `scalestudy submit` makes one", path);
    return check_numbers(run, path, err);
}

/* The path becomes a part of scripts. */
static int check_path(const char *path, struct err *err)
{
    return script_line_check(path, err) < 0 ? err_context(err, "the path of the run folder") : 0;
}

static int read_description(struct run_folder *run, struct err *err)
{
    struct str text = STR_INIT;
    char path[RUN_FILE_PATH];
    json_t *json;
    int result = dir_read(&run->folder, "run.json", RUN_JSON_BYTES, &text, err);

    if (result == 0) {
        json = json_loads(text.text, 0, NULL);
        run_folder_path(run, path, "run.json");
        result = understand(run, json, path, err);
        json_decref(json);
    }
    str_release(&text);
    return result;
}

int run_folder_open(
    struct run_folder *run, const char *path, enum run_folder_use use, struct err *err)
{
    struct stat info;
    int there;

    *run = (struct run_folder){.folder = DIR_CLOSED};
    if (!file_exists(path))
        return err_set(err, ERR_INPUT,
            "there is no run folder %.500s; `scalestudy submit STUDY.yaml` makes one", path);
    if (dir_open(&run->folder, path, err) < 0 || check_path(run->folder.path, err) < 0 ||
        (there = dir_look(&run->folder, "run.json", &info, err)) < 0)
        return -1;
    if (!there)
        return err_set(err, ERR_INPUT,
            "%.500s is no run folder: it has no run.json; `scalestudy submit STUDY.yaml` makes one",
            path);
    return check_use(run, use, err) < 0 ? -1 : read_description(run, err);
}

void run_folder_close(struct run_folder *run)
{
    if (run->folder.path[0])
        dir_close(&run->folder);
}

/* ---- making one ---- */

static int make_folders(const struct run_folder *run, struct err *err)
{
    char name[RUN_NAME_BYTES];

    for (size_t i = 0; i < N_PARTS; i++)
        if (dir_make(&run->folder, parts[i], err) < 0)
            return -1;
    for (int i = 0; i < 256; i++) {
        snprintf(name, sizeof(name), "chain/%02x", i);
        if (dir_make(&run->folder, name, err) < 0)
            return -1;
    }
    return 0;
}

/* Everything stands on links that are made once, whoever else tries. */
static int check_links(const struct run_folder *run, struct err *err)
{
    char from[RUN_NAME_BYTES], to[RUN_NAME_BYTES];
    struct stat info;
    bool linked;

    if (run_folder_temporary(from, err) < 0 || run_folder_temporary(to, err) < 0 ||
        dir_write(&run->folder, from, "", 0, 0, err) < 0)
        return -1;
    linked = dir_link(&run->folder, from, to) == 0 &&
             dir_look(&run->folder, from, &info, err) == 1 && info.st_nlink == 2;
    dir_unlink(&run->folder, from);
    dir_unlink(&run->folder, to);
    if (!linked)
        return err_set(err, ERR_INPUT,
            "the file system of %s has no hard links, by which machines agree on who does what; "
            "put the run folder on another one (NFS and local ones have them)",
            run->folder.path);
    return 0;
}

static int copy_file(
    const struct run_folder *run, const char *from, const char *to, unsigned mode, struct err *err)
{
    struct str content = STR_INIT;
    int result = file_read(from, STR_MAX_BYTES, &content, err);

    if (result == 0)
        result = dir_write(&run->folder, to, content.text, content.length, mode, err);
    str_release(&content);
    return result;
}

/* The jobs as a database: filled where files can be locked, and copied when nothing changes any
 * more. */
static int put_plan(const struct run_folder *run, const struct plan *plan, struct err *err)
{
    char scratch[PATH_BYTES], database[PATH_BYTES + 16];
    struct store *store = NULL;
    int dropped, result = -1;

    if (run_folder_scratch(NULL, scratch, err) < 0)
        return -1;
    snprintf(database, sizeof(database), "%s/plan.db", scratch);
    if (store_open(&store, database, STORE_CREATE, err) == 0)
        result = plan_store(plan, store, &dropped, err);
    store_close(store);
    if (result == 0)
        result = copy_file(run, database, "plan.db", 0444, err);
    run_folder_remove(scratch);
    if (result == 0)
        result = dir_write(
            &run->folder, "study.yaml", plan->study->text.text, plan->study->text.length, 0, err);
    return result;
}

/* Whether the jobs in the folder are those of the plan. */
static bool has_plan(const struct run_folder *run, const struct plan *plan)
{
    struct planned_job *jobs = NULL;
    struct store *store = NULL;
    struct err ignored = {0};
    int n = 0;
    bool same = run_folder_plan(run, &store, &ignored) == 0 &&
                store_list_jobs(store, run->study, &jobs, &n, &ignored) == 0 && n == plan->n_jobs;

    for (int i = 0; same && i < n; i++)
        same = strcmp(jobs[i].id, plan->ids[i]) == 0;
    free(jobs);
    store_close(store);
    return same;
}

static bool is_empty(const struct dir *folder)
{
    struct err ignored = {0};
    DIR *listing = dir_list(folder, ".", &ignored);
    const struct dirent *entry;
    int n = 0;

    while (listing && (entry = readdir(listing)))
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (listing)
        closedir(listing);
    return n == 0;
}

void run_settings_take(struct run_settings *settings, const struct run_settings *said)
{
    if (said->threads >= 0)
        settings->threads = said->threads;
    if (said->checkpoint_seconds >= 0)
        settings->checkpoint_seconds = said->checkpoint_seconds;
    if (said->takeover_seconds >= 0)
        settings->takeover_seconds = said->takeover_seconds;
    if (said->retries >= 0)
        settings->retries = said->retries;
}

int run_folder_take(struct run_folder *run, const struct run_settings *said, struct err *err)
{
    int threads = run->settings.threads;

    if (said->threads >= 0 && said->threads != threads)
        return err_set(err, ERR_INPUT,
            "the jobs of %s run with %d thread%s, and %d would give other digits; use another run "
            "folder for that",
            run->folder.path, threads, threads == 1 ? "" : "s", said->threads);
    run_settings_take(&run->settings, said);
    return 0;
}

/* Not even with a umask of 0 everybody's: what is made for writing is not refused later. */
static int make_top(const char *path, struct err *err)
{
    char outer[PATH_BYTES];

    file_folder_of(path, outer);
    if (file_make_folders(outer, err) < 0)
        return -1;
    if (mkdir(path, 0775) != 0 && errno != EEXIST)
        return err_set_errno(err, errno, "cannot create the folder %.500s", path);
    return 0;
}

static int fill(struct run_folder *run, const struct plan *plan, struct err *err)
{
    str_copy(run->study, sizeof(run->study), plan->study->name);
    run->loader_threads = plan->data.loader_threads;
    if (file_random_name(run->id, RUN_ID_BYTES - 1, err) < 0 || make_folders(run, err) < 0 ||
        check_links(run, err) < 0 || put_plan(run, plan, err) < 0)
        return -1;
    return put_description(run, err);
}

static int begin(struct run_folder *run, const char *path, const struct plan *plan,
    const struct run_settings *settings, enum run_folder_use use, struct err *err)
{
    *run = (struct run_folder){.folder = DIR_CLOSED, .settings = RUN_SETTINGS_DEFAULTS};
    run_settings_take(&run->settings, settings);
    if (!getcwd(run->origin, sizeof(run->origin)))
        return err_set_errno(err, errno, "cannot find the current folder");
    if (check_path(path, err) < 0 || (path[0] != '/' && check_path(run->origin, err) < 0) ||
        make_top(path, err) < 0 || dir_open(&run->folder, path, err) < 0 ||
        check_path(run->folder.path, err) < 0)
        return -1;
    if (!is_empty(&run->folder))
        return err_set(err, ERR_INPUT,
            "the folder %.500s is there already and is no run folder; give another one with --run",
            path);
    return check_use(run, use, err) < 0 ? -1 : fill(run, plan, err);
}

/* To what the study and the command line say now, for workers that start from now on. */
static int bring_up_to_date(struct run_folder *run, const struct plan *plan,
    const struct run_settings *said, struct err *err)
{
    run->loader_threads = plan->data.loader_threads;
    if (run_folder_take(run, said, err) < 0 || put_description(run, err) < 0)
        return -1;
    return has_plan(run, plan) ? 0 : put_plan(run, plan, err);
}

int run_folder_create(struct run_folder *run, const char *path, const struct plan *plan,
    const struct run_settings *settings, bool trust, struct err *err)
{
    enum run_folder_use use = trust ? RUN_FOLDER_TRUST : RUN_FOLDER_WRITE;

    if (!run_folder_is(path))
        return begin(run, path, plan, settings, use, err);
    if (run_folder_open(run, path, use, err) < 0)
        return -1;
    if (strcmp(run->study, plan->study->name) != 0)
        return err_set(err, ERR_INPUT,
            "the run folder %s is of the study '%s', not of '%s'; give another one with --run",
            run->folder.path, run->study, plan->study->name);
    return bring_up_to_date(run, plan, settings, err);
}

/* SQLite opens it by its path, in which it accepts no link (STORE_FROZEN); who could change it between
 * this look and that could as well write another one. */
int run_folder_plan(const struct run_folder *run, struct store **store, struct err *err)
{
    char path[RUN_FILE_PATH];
    int fd = dir_file(&run->folder, "plan.db", err);

    if (fd < 0)
        return -1;
    close(fd);
    run_folder_path(run, path, "plan.db");
    return store_open(store, path, STORE_FROZEN, err);
}
