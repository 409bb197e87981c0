#include "run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "plan_store.h"
#include "results/query.h"
#include "sbatch_options.h"

#define FORMAT         1 /* of the folder */
#define RUN_JSON_BYTES 65536

/* ---- paths ---- */

void run_folder_path(const struct run_folder *run, char to[RUN_FILE_PATH], const char *format, ...)
{
    int length = snprintf(to, RUN_FILE_PATH, "%s/", run->path);
    va_list args;

    va_start(args, format);
    vsnprintf(to + length, (size_t)(RUN_FILE_PATH - length), format, args);
    va_end(args);
}

void run_folder_temporary(const struct run_folder *run, char to[RUN_FILE_PATH])
{
    static unsigned count;
    char host[64] = "localhost";

    (void)!gethostname(host, sizeof(host) - 1);
    run_folder_path(run, to, "tmp/%s.%ld.%u", host, (long)getpid(), ++count);
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
    char path[RUN_FILE_PATH];
    struct err ignored = {0};
    struct stat info;
    int fd;
    bool known;

    run_folder_temporary(run, path);
    fd = file_create(path, 0666, &ignored);
    known = fd >= 0 && futimens(fd, NULL) == 0 && fstat(fd, &info) == 0;
    if (fd >= 0)
        close(fd);
    unlink(path);
    /* A full disk: this machine's clock is the next best. */
    if (!known)
        return (double)time(NULL);
    return (double)info.st_mtim.tv_sec + 1e-9 * (double)info.st_mtim.tv_nsec;
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
    char path[RUN_FILE_PATH];
    int result = -1;

    run_folder_path(run, path, "run.json");
    if (!text)
        err_set(err, ERR_INPUT, "the path %s is no UTF-8 text, which run.json needs", run->origin);
    else
        result = file_write(path, text, strlen(text), err);
    free(text);
    json_decref(json);
    return result;
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
        !str_copy(run->origin, sizeof(run->origin), origin) || run->settings.threads < 1 ||
        !(run->settings.takeover_seconds > 0))
        return err_set(err, ERR_INPUT,
            "%s is no description of a run folder; `scalestudy submit` makes one", path);
    return 0;
}

/* The path becomes a part of scripts. */
static int check_path(const char *path, struct err *err)
{
    return sbatch_line_check(path, err) < 0 ? err_context(err, "the path of the run folder") : 0;
}

int run_folder_open(struct run_folder *run, const char *path, struct err *err)
{
    char file[RUN_FILE_PATH], absolute[PATH_BYTES];
    struct str text = STR_INIT;
    json_t *json;
    int result;

    *run = (struct run_folder){0};
    if (!realpath(path, absolute))
        return err_set(err, ERR_INPUT,
            "there is no run folder %.500s; `scalestudy submit STUDY.yaml` makes one", path);
    str_copy(run->path, sizeof(run->path), absolute);
    if (check_path(run->path, err) < 0)
        return -1;
    run_folder_path(run, file, "run.json");
    if (!file_exists(file))
        return err_set(err, ERR_INPUT,
            "%.500s is no run folder: it has no run.json; `scalestudy submit STUDY.yaml` makes one",
            path);
    if (file_read(file, RUN_JSON_BYTES, &text, err) < 0)
        return -1;
    json = json_loads(text.text, 0, NULL);
    result = understand(run, json, file, err);
    json_decref(json);
    str_release(&text);
    return result;
}

/* ---- making one ---- */

static int make_folders(const struct run_folder *run, struct err *err)
{
    static const char *const names[] = {
        "chain", "attempts", "results", "submissions", "logs", "set-aside", "tmp", "program"};
    char path[RUN_FILE_PATH];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        run_folder_path(run, path, "%s", names[i]);
        if (file_make_folders(path, err) < 0)
            return -1;
    }
    for (int i = 0; i < 256; i++) {
        run_folder_path(run, path, "chain/%02x", i);
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return err_set_errno(err, errno, "cannot make the folder %s", path);
    }
    return 0;
}

/* Everything stands on links that are made once, whoever else tries. */
static int check_links(const struct run_folder *run, struct err *err)
{
    char from[RUN_FILE_PATH], to[RUN_FILE_PATH];
    struct stat info;
    int linked;

    run_folder_temporary(run, from);
    run_folder_temporary(run, to);
    if (file_write(from, "", 0, err) < 0)
        return -1;
    linked = link(from, to) == 0 && stat(from, &info) == 0 && info.st_nlink == 2;
    unlink(from);
    unlink(to);
    if (!linked)
        return err_set(err, ERR_INPUT,
            "the file system of %s has no hard links, by which machines agree on who does what; "
            "put the run folder on another one (NFS and local ones have them)",
            run->path);
    return 0;
}

static int copy_file(const char *from, const char *to, mode_t mode, struct err *err)
{
    struct str content = STR_INIT;
    int result = file_read(from, STR_MAX_BYTES, &content, err);

    if (result == 0)
        result = file_write(to, content.text, content.length, err);
    if (result == 0 && chmod(to, mode) != 0)
        result = err_set_errno(err, errno, "cannot change the rights of %s", to);
    str_release(&content);
    return result;
}

/* The jobs as a database: filled where files can be locked, and copied when nothing changes any
 * more. */
static int put_plan(const struct run_folder *run, const struct plan *plan, struct err *err)
{
    char scratch[PATH_BYTES], database[PATH_BYTES + 16], path[RUN_FILE_PATH];
    struct store *store = NULL;
    int dropped, result = -1;

    if (run_folder_scratch(NULL, scratch, err) < 0)
        return -1;
    snprintf(database, sizeof(database), "%s/plan.db", scratch);
    if (store_open(&store, database, STORE_CREATE, err) == 0)
        result = plan_store(plan, store, &dropped, err);
    store_close(store);
    run_folder_path(run, path, "plan.db");
    if (result == 0)
        result = copy_file(database, path, 0444, err);
    run_folder_remove(scratch);
    run_folder_path(run, path, "study.yaml");
    if (result == 0)
        result = file_write(path, plan->study->text.text, plan->study->text.length, err);
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

static bool is_empty(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int n = 0;

    while (folder && (entry = readdir(folder)))
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (folder)
        closedir(folder);
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
            run->path, threads, threads == 1 ? "" : "s", said->threads);
    run_settings_take(&run->settings, said);
    return 0;
}

static int begin(struct run_folder *run, const char *path, const struct plan *plan,
    const struct run_settings *settings, struct err *err)
{
    *run = (struct run_folder){.settings = RUN_SETTINGS_DEFAULTS};
    run_settings_take(&run->settings, settings);
    if (file_is_folder(path) && !is_empty(path))
        return err_set(err, ERR_INPUT,
            "the folder %.500s is there already and is no run folder; give another one with --run",
            path);
    if (!getcwd(run->origin, sizeof(run->origin)))
        return err_set_errno(err, errno, "cannot find the current folder");
    if (check_path(path, err) < 0 || (path[0] != '/' && check_path(run->origin, err) < 0) ||
        file_make_folders(path, err) < 0)
        return -1;
    if (!realpath(path, run->path))
        return err_set_errno(err, errno, "cannot find the folder %.500s", path);
    if (check_path(run->path, err) < 0)
        return -1;
    str_copy(run->study, sizeof(run->study), plan->study->name);
    run->loader_threads = plan->data.loader_threads;
    if (file_random_name(run->id, RUN_ID_BYTES - 1, err) < 0 || make_folders(run, err) < 0 ||
        check_links(run, err) < 0 || put_plan(run, plan, err) < 0)
        return -1;
    return put_description(run, err);
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
    const struct run_settings *settings, struct err *err)
{
    if (!run_folder_is(path))
        return begin(run, path, plan, settings, err);
    if (run_folder_open(run, path, err) < 0)
        return -1;
    if (strcmp(run->study, plan->study->name) != 0)
        return err_set(err, ERR_INPUT,
            "the run folder %s is of the study '%s', not of '%s'; give another one with --run",
            run->path, run->study, plan->study->name);
    return bring_up_to_date(run, plan, settings, err);
}

int run_folder_plan(const struct run_folder *run, struct store **store, struct err *err)
{
    char path[RUN_FILE_PATH];

    run_folder_path(run, path, "plan.db");
    return store_open(store, path, STORE_FROZEN, err);
}
