/* Matching tasks of a queue with the submissions of a run folder. */
#include "queue_match.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "launch.h"
#include "submission.h"

#define KEY_LENGTH   ((size_t)(RUN_ID_BYTES - 1))
#define KEY_LETTERS  "0123456789abcdef"
#define NUMBER_BYTES 256 /* of the file `accepted` */

struct known_submission {
    char key[RUN_ID_BYTES];
    char job[QUEUE_JOB_BYTES]; /* once accepted_read; "" where it is not known */
};

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, KEY_LENGTH);
}

int queue_match_open(struct queue_match *match, const struct run_folder *run, struct err *err)
{
    const struct dirent *entry;
    int result = 0;
    DIR *folder = dir_list(&run->folder, "submissions", err);

    *match = (struct queue_match){.run = run};
    if (!folder)
        return -1;
    while (result == 0 && (entry = readdir(folder))) {
        if (strlen(entry->d_name) != KEY_LENGTH || strspn(entry->d_name, KEY_LETTERS) != KEY_LENGTH)
            continue;
        if (!array_grow(&match->known, match->n_known, sizeof(*match->known))) {
            result = err_set(err, ERR_MEMORY, "no memory for %d submissions", match->n_known + 1);
            break;
        }
        match->known[match->n_known] = (struct known_submission){0};
        memcpy(match->known[match->n_known++].key, entry->d_name, KEY_LENGTH);
    }
    closedir(folder);
    if (match->n_known > 0)
        qsort(match->known, (size_t)match->n_known, sizeof(*match->known), compare_keys);
    return result;
}

void queue_match_close(struct queue_match *match)
{
    free(match->known);
    *match = (struct queue_match){0};
}

static bool is_known(struct queue_match *match, const char *key)
{
    if (strncmp(match->last, key, KEY_LENGTH) == 0)
        return true;
    return match->n_known > 0 &&
           bsearch(key, match->known, (size_t)match->n_known, sizeof(*match->known), compare_keys);
}

/* A key of this folder, anywhere in a text; 32 digits among more are none. */
static bool find_key(struct queue_match *match, const char *text, char key[RUN_ID_BYTES])
{
    while (*text) {
        size_t length = strspn(text, KEY_LETTERS);

        if (length == KEY_LENGTH && is_known(match, text)) {
            memcpy(key, text, KEY_LENGTH);
            key[KEY_LENGTH] = '\0';
            memcpy(match->last, key, RUN_ID_BYTES);
            return true;
        }
        text += length;
        text += strcspn(text, KEY_LETTERS);
    }
    return false;
}

static void read_accepted(struct queue_match *match)
{
    for (int i = 0; i < match->n_known; i++) {
        struct known_submission *known = &match->known[i];
        struct str text = STR_INIT;
        char name[RUN_NAME_BYTES];

        snprintf(name, sizeof(name), "submissions/%s/accepted", known->key);
        if (dir_read(&match->run->folder, name, NUMBER_BYTES, &text, &(struct err){0}) == 0) {
            text.text[strcspn(text.text, "\r\n")] = '\0';
            str_copy(known->job, sizeof(known->job), text.text);
        }
        str_release(&text);
    }
    match->accepted_read = true;
}

static bool find_job(struct queue_match *match, const char *job, char key[RUN_ID_BYTES])
{
    if (!match->accepted_read)
        read_accepted(match);
    for (int i = 0; i < match->n_known; i++)
        if (match->known[i].job[0] && strcmp(match->known[i].job, job) == 0) {
            memcpy(key, match->known[i].key, RUN_ID_BYTES);
            return true;
        }
    return false;
}

bool queue_match(struct queue_match *match, const struct queue_sight *sight, char key[RUN_ID_BYTES])
{
    char name[SUBMISSION_NAME_BYTES];
    bool named;

    key[0] = '\0';
    if (find_key(match, sight->text, key) || find_key(match, sight->name, key))
        return true;
    submission_name(match->run, name);
    named = strcmp(sight->name, name) == 0;
    if (named || strcmp(sight->folder, match->run->folder.path) == 0)
        return find_job(match, sight->job, key) || named;
    return false;
}
