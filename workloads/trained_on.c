/* Recording what a network was trained on in the metadata of its weights, and reading it back. */
#include "trained_on.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/data/dataset/splits.h"
#include "workloads/nn/io/safetensors.h"

#define KEY "scalestudy.trained."

static int new_trained(struct trained_on **trained, struct err *err)
{
    *trained = calloc(1, sizeof(**trained));
    if (!*trained)
        return err_set(err, ERR_MEMORY, "no memory for what weights were trained on");
    (*trained)->sample = (struct str)STR_INIT;
    return 0;
}

void trained_on_free(struct trained_on *trained)
{
    if (!trained)
        return;
    str_release(&trained->sample);
    free(trained);
}

/* Only printable ASCII: metadata must be UTF-8, and are shown on terminals. */
static void keep_printable(char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

/* "folder birds": the last part of the root. */
static void name_set(const struct dataset *set, char *to, size_t size)
{
    const char *root = set->config.root, *slash;
    char name[128];
    size_t length = strlen(root);

    while (length > 0 && root[length - 1] == '/')
        length--;
    for (slash = root + length; slash > root && slash[-1] != '/'; slash--)
        ;
    snprintf(name, sizeof(name), "%.*s", (int)(root + length - slash), slash);
    snprintf(to, size, "%s%s%s", set->kind->name, name[0] ? " " : "", name);
    keep_printable(to);
}

static void read_seen(struct trained_on *trained, const char *weights)
{
    struct safetensors *file;
    struct err ignored = {0};
    const char *set;

    if (safetensors_open(&file, weights, &ignored) < 0)
        return;
    seen_images_parse(&trained->seen, safetensors_metadata(file, KEY "sample"));
    set = safetensors_metadata(file, KEY "set");
    str_copy(trained->set, sizeof(trained->set), set ? set : "");
    keep_printable(trained->set);
    safetensors_close(file);
}

int trained_on_make(struct trained_on **trained, const struct dataset *set,
    const char *init_weights, struct err *err)
{
    struct str rule = STR_INIT;
    struct trained_on *made;

    if (new_trained(trained, err) < 0)
        return -1;
    made = *trained;
    if (init_weights)
        read_seen(made, init_weights);
    name_set(set, made->set, sizeof(made->set));
    splits_say(set, &rule);
    str_copy(made->rule, sizeof(made->rule), rule.text);
    str_release(&rule);
    snprintf(made->train, sizeof(made->train), "%d", dataset_count(set, SPLIT_TRAIN));
    snprintf(made->test, sizeof(made->test), "%d", dataset_count(set, SPLIT_TEST));
    if (seen_images_add(&made->seen, set, SPLIT_TRAIN, err) < 0)
        return -1;
    seen_images_print(&made->seen, &made->sample);
    return str_check(&made->sample, err);
}

int trained_on_read(struct trained_on **trained, const char *weights, struct err *err)
{
    if (new_trained(trained, err) < 0)
        return -1;
    read_seen(*trained, weights);
    return 0;
}

void trained_on_list(const struct trained_on *trained, const char *about[2 * WEIGHTS_ABOUT + 1])
{
    const char *const texts[] = {KEY "set", trained->set, KEY "split", "train", KEY "rule",
        trained->rule, KEY "images", trained->train, KEY "held_out", trained->test, KEY "sample",
        trained->sample.text, NULL};

    _Static_assert(sizeof(texts) / sizeof(*texts) <= 2 * WEIGHTS_ABOUT + 1, "too many texts");
    memcpy(about, texts, sizeof(texts));
}

void trained_on_count(const struct trained_on *trained, const struct dataset *set, enum split split,
    int64_t *seen, int64_t *known)
{
    for (int i = 0; trained->seen.n > 0 && i < dataset_count(set, split); i++) {
        enum seen found = seen_images_find(&trained->seen, set, split, i);

        *seen += found == SEEN_YES;
        *known += found != SEEN_UNKNOWN;
    }
}
