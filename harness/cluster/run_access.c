/* The user's own addresses and token files, by the id of a run folder. */
#include "run_access.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/system/secret_file.h"

#define ENTRY_BYTES 16384

int run_access_check_unused(const struct run_access *given, struct err *err)
{
    if (!given->url && !given->token_file)
        return 0;
    return err_set(err, ERR_INPUT, "--url and --token-file are for run folders alone");
}

/* $XDG_STATE_HOME/scalestudy/queues/ID.json */
static int entry_path(const struct run_folder *run, char to[PATH_BYTES], struct err *err)
{
    char folder[PATH_BYTES], name[RUN_ID_BYTES + 16];

    if (strlen(run->id) != RUN_ID_BYTES - 1 ||
        strspn(run->id, "0123456789abcdef") != RUN_ID_BYTES - 1)
        return err_set(err, ERR_INPUT, "the id of the run folder %s is not %d hexadecimal digits",
            run->folder.path, RUN_ID_BYTES - 1);
    snprintf(name, sizeof(name), "queues/%s.json", run->id);
    if (file_state_folder(folder, err) < 0)
        return -1;
    return file_join(to, folder, name, err);
}

static int understand(const char *text, const char *path, struct cluster *cluster, struct err *err)
{
    json_t *json = json_loads(text, 0, NULL);
    const char *url, *user, *token_file;
    int result = 0;

    if (json_unpack(
            json, "{s:s, s:s, s:s}", "url", &url, "user", &user, "token_file", &token_file) != 0 ||
        !str_copy(cluster->url, sizeof(cluster->url), url) ||
        !str_copy(cluster->user, sizeof(cluster->user), user) ||
        !str_copy(cluster->token_file, sizeof(cluster->token_file), token_file))
        result = err_set(err, ERR_INPUT,
            "%s is damaged; remove it, and give --url and --token-file again", path);
    json_decref(json);
    return result;
}

static int recall(const struct run_folder *run, struct cluster *cluster, struct err *err)
{
    struct str text = STR_INIT;
    struct err none = {0};
    char path[PATH_BYTES];
    int result;

    /* Without a home folder nothing was remembered. */
    if (entry_path(run, path, &none) < 0 || !file_exists(path))
        return 0;
    result = secret_file_read(path, ENTRY_BYTES, &text, err);
    if (result == 0)
        result = understand(text.text, path, cluster, err);
    str_release(&text);
    return result;
}

int run_access_take(const struct run_folder *run, const struct run_access *given,
    struct cluster *cluster, struct err *err)
{
    cluster->url[0] = cluster->user[0] = cluster->token_file[0] = '\0';
    /* A token file goes with the address that it was given with. */
    if (!(given && given->url) && recall(run, cluster, err) < 0)
        return -1;
    if (given && given->url && !str_copy(cluster->url, sizeof(cluster->url), given->url))
        return err_set(err, ERR_INPUT, "--url: the text is too long");
    if (given && given->token_file &&
        !str_copy(cluster->token_file, sizeof(cluster->token_file), given->token_file))
        return err_set(err, ERR_INPUT, "--token-file: the path is too long");
    return 0;
}

/* Later commands are started in other folders. */
static int absolute_path(const char *from, char to[PATH_BYTES], struct err *err)
{
    char expanded[PATH_BYTES];

    to[0] = '\0';
    if (!from[0])
        return 0;
    if (file_expand_home(from, expanded, err) < 0)
        return -1;
    if (!realpath(expanded, to))
        return err_set(err, ERR_INPUT, "cannot find the token file %s", expanded);
    return 0;
}

int run_access_remember(
    const struct run_folder *run, const struct cluster *cluster, struct err *err)
{
    char path[PATH_BYTES], folder[PATH_BYTES], token_file[PATH_BYTES];
    struct str text = STR_INIT;
    char *dumped;
    json_t *json;
    int result;

    if (absolute_path(cluster->token_file, token_file, err) < 0 || entry_path(run, path, err) < 0)
        return -1;
    file_folder_of(path, folder);
    if (file_make_folders(folder, err) < 0)
        return -1;
    chmod(folder, 0700);
    json = json_pack(
        "{s:s, s:s, s:s}", "url", cluster->url, "user", cluster->user, "token_file", token_file);
    dumped = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
    if (dumped)
        str_addf(&text, "%s\n", dumped);
    result = dumped ? secret_file_write(path, &text, err)
                    : err_set(err, ERR_INPUT, "the path %s is no UTF-8 text", token_file);
    free(dumped);
    json_decref(json);
    str_release(&text);
    return result;
}
