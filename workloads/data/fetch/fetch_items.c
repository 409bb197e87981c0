/* Which files make a set, and where they are: published, or given by --from. */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "download.h"
#include "workloads/data/formats/fetch_events.h"
#include "fetch_private.h"
#include "harness/base/str.h"
#include "harness/base/url.h"

/* The last part of a path or URL, with nothing in it but plain characters. */
static void plain_name(const char *from, char *name, size_t size)
{
    size_t end = strcspn(from, "?#"), start, n = 0;

    while (end > 0 && from[end - 1] == '/')
        end--;
    for (start = end; start > 0 && from[start - 1] != '/'; start--)
        ;
    for (size_t i = start; i < end && n + 1 < size; i++) {
        char c = from[i];

        name[n] = isalnum((unsigned char)c) || (n > 0 && strchr("._-", c)) ? c : '_';
        n++;
    }
    name[n] = '\0';
    if (n == 0)
        str_copy(name, size, "archive");
}

static int expect_sum(struct fetch_job *job, struct fetch_item *item)
{
    const char *hex = job->request->checksum;
    enum digest_kind kind;

    if (!hex)
        return 0;
    if (!digest_kind_of(hex, &kind))
        return err_set(job->err, ERR_INPUT,
            "--checksum is \"%.80s\"; it must be the 64 digits of a SHA-256 or the 32 of an MD5",
            hex);
    memset(item->file.sums, 0, sizeof(item->file.sums));
    item->file.sums[0] = (struct source_sum){kind, hex, "--checksum"};
    item->file.bytes = 0;
    return 0;
}

/* --from names one file: an archive, published by that name or of the user's own. */
static int one_item(struct fetch_job *job)
{
    const char *from = job->request->from;
    const struct source *source = job->kind->source;
    struct fetch_item *item = &job->items[0];
    int published = 0;

    plain_name(from, item->name, sizeof(item->name));
    for (const struct source_file *f = source ? source->files : NULL; f && f->name; f++) {
        published++;
        if (strcmp(f->name, item->name) == 0)
            item->file = *f;
    }
    /* One of several archives, alone, would make no set, and is taken for an archive of all. */
    if (published != 1) {
        item->file.is_archive = true;
        item->file.into = NULL;
    }
    if (!item->file.name)
        item->file = (struct source_file){.is_archive = true};
    item->file.name = item->name;
    job->n = 1;
    if (download_is_url(from)) {
        if (!str_copy(item->url, sizeof(item->url), from))
            return err_set(job->err, ERR_INPUT, "--from: the URL is too long");
        item->urls[0] = item->url;
    } else if (file_expand_home(from, item->local, job->err) < 0) {
        return -1;
    }
    return expect_sum(job, item);
}

static int refuse_all(const struct fetch_job *job)
{
    const struct source *source = job->kind->source;
    struct str names = STR_INIT;

    for (const struct source_file *f = source ? source->files : NULL; f && f->name; f++)
        str_addf(&names, "%s%s", names.length ? ", " : "", f->name);
    err_set(job->err, ERR_INPUT,
        "%s cannot be downloaded automatically: %s; give %s%s by --from, or "
        "the folder where it lies to the command that uses it",
        job->kind->name, source ? source->instead : "it is any folder of images",
        names.length ? "the folder that holds " : "the archive", names.length ? names.text : "");
    str_release(&names);
    return -1;
}

/* All published files: from their publisher, or from a folder, here or on a server. */
static int all_items(struct fetch_job *job, const char *from)
{
    const struct source *source = job->kind->source;
    char folder[PATH_BYTES];

    if (!source || !source->files || (!from && !source->files[0].urls[0]))
        return refuse_all(job);
    if (from && !download_is_url(from) && file_expand_home(from, folder, job->err) < 0)
        return -1;
    for (const struct source_file *f = source->files; f->name && job->n < FETCH_MOST_ITEMS; f++) {
        struct fetch_item *item = &job->items[job->n++];

        item->file = *f;
        str_copy(item->name, sizeof(item->name), f->name);
        if (!from)
            continue;
        if (!download_is_url(from)) {
            if (file_join(item->local, folder, f->name, job->err) < 0)
                return -1;
        } else if (snprintf(item->url, sizeof(item->url), "%s%s", from, f->name) >=
                   (int)sizeof(item->url)) {
            return err_set(job->err, ERR_INPUT, "--from: the URL is too long");
        }
        item->urls[0] = item->url;
    }
    if (job->request->checksum && job->n > 1)
        return err_set(job->err, ERR_INPUT,
            "--checksum is of one file, but %s has %d: it goes with --from and a file",
            job->kind->name, job->n);
    return expect_sum(job, &job->items[0]);
}

int fetch_choose(struct fetch_job *job)
{
    const char *from = job->request->from;
    char path[PATH_BYTES];

    if (!job->kind->source && !job->kind->needs_root)
        return err_set(job->err, ERR_INPUT,
            "%s is drawn by the program, so there is nothing to fetch", job->kind->name);
    if (from && download_is_url(from) && !url_is_http(from)) {
        url_mask(from, path, sizeof(path));
        return err_set(job->err, ERR_INPUT, "%.80s is neither http nor https, nor a file", path);
    }
    if (!from)
        return all_items(job, NULL);
    if (download_is_url(from))
        return str_ends_with(from, "/") ? all_items(job, from) : one_item(job);
    if (file_expand_home(from, path, job->err) < 0)
        return -1;
    if (!file_exists(path))
        return err_set(job->err, ERR_INPUT, "--from: there is no file or folder %s", path);
    return file_is_folder(path) ? all_items(job, from) : one_item(job);
}
