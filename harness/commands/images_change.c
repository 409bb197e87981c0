/* Whether a study's images have changed since its jobs were done, and in what. */
#include "images_change.h"

#include <stdlib.h>
#include <string.h>

#include "harness/study/plan_store.h"
#include "results/query/query.h"
#include "harness/terminal/ui.h"

#define MOST_SETS 16 /* former ones that are told apart */

/* ---- in words ---- */

static void add_count(struct str *to, int difference, const char *one, const char *more)
{
    int count = difference < 0 ? -difference : difference;

    if (difference != 0)
        str_addf(to, "%s%d %s %s", to->length > 0 ? ", " : "", count, count == 1 ? one : more,
            difference > 0 ? "more" : "fewer");
}

/* What tells `now` from `then`, as in "2 training images more"; then NULL: not known. */
static void add_change(struct str *to, const struct image_set *then, const struct image_set *now)
{
    struct str counts = STR_INIT;
    bool is_packed = now->packed[0];

    if (!then) {
        str_add(to, "only their fingerprint is recorded");
        return;
    }
    add_count(&counts, now->classes - then->classes, "class", "classes");
    add_count(&counts, now->train_images - then->train_images, "training image", "training images");
    add_count(&counts, now->test_images - then->test_images, "test image", "test images");
    if (counts.length > 0)
        str_addf(to, "now %s", counts.text);
    else if (strcmp(then->names, now->names) != 0)
        str_add(to, "now as many images under other names or in other classes");
    else if ((bool)then->packed[0] == is_packed)
        str_addf(to, "now the same names and classes with other %s",
            then->bytes == now->bytes ? "contents" : "sizes and contents");
    else
        str_add(to, "now the same names and classes");
    /* Fingerprints of files and of decoded pixels cannot be compared. */
    if ((bool)then->packed[0] != is_packed)
        str_addf(to, ", %s; it is unknown whether their pixels are the same",
            is_packed ? "from a packed set instead of files"
                      : "from files instead of a packed set");
    str_release(&counts);
}

/* ---- which of the plan's jobs were done with other images ---- */

struct former {
    char fingerprint[SHA256_HEX_BYTES];
    int results;
};

/* A job without its images. */
struct asked {
    struct canonical_hash network;
    int64_t seed;
};

struct search {
    struct store *store;
    const struct plan *plan;
    struct asked *settings; /* [n] of the plan's jobs that are not done, sorted */
    bool *found;            /* [n] */
    int n, n_found;
    struct former former[MOST_SETS];
    int n_former;
};

static int compare(const void *a, const void *b)
{
    const struct asked *x = a, *y = b;
    int order = canonical_compare(&x->network, &y->network);

    return order ? order : (x->seed > y->seed) - (x->seed < y->seed);
}

/* The jobs without their images; called only if the database has something to compare with. */
static int list_settings(struct search *search, struct err *err)
{
    const struct plan *plan = search->plan;
    struct str text = STR_INIT;
    int result = 0;

    search->settings = calloc((size_t)plan->n_jobs, sizeof(*search->settings));
    search->found = calloc((size_t)plan->n_jobs, sizeof(*search->found));
    if (!search->settings || !search->found)
        return err_set(err, ERR_MEMORY, "no memory for %d jobs", plan->n_jobs);
    for (int i = 0; i < plan->n_jobs && result == 0; i++) {
        char state[QUERY_STATE_BYTES];

        result = query_job_state(search->store, plan->ids[i], state, err);
        if (result < 0 || strcmp(state, "done") == 0)
            continue;
        str_clear(&text);
        plan_canonical(plan, i, &text);
        result = str_check(&text, err);
        search->settings[search->n++] =
            (struct asked){canonical_asked(text.text, text.length), plan_seed(plan, i)};
    }
    str_release(&text);
    qsort(search->settings, (size_t)search->n, sizeof(*search->settings), compare);
    return result;
}

static int note(void *context, const char *fingerprint, const struct canonical_hash *network,
    int64_t seed, struct err *err)
{
    const struct asked wanted = {*network, seed}, *place;
    struct search *search = context;
    int i = 0;

    if (!search->settings && list_settings(search, err) < 0)
        return -1;
    place =
        bsearch(&wanted, search->settings, (size_t)search->n, sizeof(*search->settings), compare);
    if (!place)
        return 0;
    search->n_found += !search->found[place - search->settings];
    search->found[place - search->settings] = true;
    while (i < search->n_former && strcmp(search->former[i].fingerprint, fingerprint) != 0)
        i++;
    if (i == MOST_SETS)
        return 0;
    if (i == search->n_former)
        str_copy(search->former[search->n_former++].fingerprint, SHA256_HEX_BYTES, fingerprint);
    search->former[i].results++;
    return 0;
}

static const char *place_of(const struct plan *plan)
{
    return plan->data.packed[0] ? plan->data.packed
           : plan->data.root[0] ? plan->data.root
                                : plan->data.name;
}

/* How the plan's images differ from those of a fingerprint. */
static int compare_images(struct store *store, const struct plan *plan, const char *fingerprint,
    struct str *words, struct err *err)
{
    struct image_set then, now;
    bool known;

    if (query_images(store, fingerprint, &then, &known, err) < 0)
        return -1;
    plan_images(plan, &now);
    add_change(words, known ? &then : NULL, &now);
    return str_check(words, err);
}

static int say_former(
    struct store *store, const struct plan *plan, const struct former *former, struct err *err)
{
    struct str words = STR_INIT;
    int result = 0;

    if (!former->fingerprint[0])
        ui_say("%d result%s with these settings %s not record %s images: it is unknown whether "
               "they are of the images in %s",
            former->results, ui_plural(former->results), former->results == 1 ? "does" : "do",
            former->results == 1 ? "its" : "their", place_of(plan));
    else if ((result = compare_images(store, plan, former->fingerprint, &words, err)) == 0)
        ui_say("the images in %s have changed since %d job%s %s done (%s)", place_of(plan),
            former->results, ui_plural(former->results), former->results == 1 ? "was" : "were",
            words.text);
    str_release(&words);
    return result;
}

int images_change_say(struct store *store, const struct plan *plan, struct err *err)
{
    struct search search = {.store = store, .plan = plan};
    int result;

    if (!plan->data.images[0] || plan->unseen)
        return 0;
    result = query_other_images(store, plan->data.name, plan->data.images, note, &search, err);
    for (int i = 0; i < search.n_former && result == 0; i++)
        result = say_former(store, plan, &search.former[i], err);
    if (result == 0 && search.n_found > 0)
        ui_say("%d of the study's %d jobs %s run again; the former results stay in the database "
               "under their own ids",
            search.n_found, plan->n_jobs, search.n_found == 1 ? "is" : "are");
    free(search.settings);
    free(search.found);
    return result;
}

int images_change_say_of_folder(
    struct store *store, const struct plan *plan, const char *folder, struct err *err)
{
    char fingerprint[SHA256_HEX_BYTES];
    struct str words = STR_INIT;
    int result = query_data_images(store, plan->study->name, fingerprint, err);

    if (result < 0 || strcmp(fingerprint, plan->data.images) == 0)
        return result;
    if (!fingerprint[0] || !plan->data.images[0])
        ui_say("the jobs in %s do not record their images, or are of another set: the study's jobs "
               "replace them",
            folder);
    else if ((result = compare_images(store, plan, fingerprint, &words, err)) == 0)
        ui_say("the images in %s have changed since the jobs in %s were planned (%s): jobs with "
               "the present images replace them",
            place_of(plan), folder, words.text);
    str_release(&words);
    return result;
}

static int say_unknown(struct store *store, const char *study, struct err *err)
{
    char fingerprint[SHA256_HEX_BYTES], dataset[DATA_NAME_BYTES], packed[PATH_BYTES];

    if (query_data_name(store, study, dataset, sizeof(dataset), err) < 0 ||
        query_data_images(store, study, fingerprint, err) < 0 ||
        query_data_packed(store, study, packed, sizeof(packed), err) < 0)
        return -1;
    if (dataset[0] && !fingerprint[0] && (packed[0] || !workload_dataset_is_drawn(dataset)))
        ui_say("the jobs of %s do not record their images: it is unknown which images its results "
               "are of; `scalestudy run` does the jobs again",
            study);
    return 0;
}

int images_unknown_say(struct store *store, const char *study, struct err *err)
{
    struct study_status *studies = NULL;
    int n = 0, result;

    if (study)
        return say_unknown(store, study, err);
    result = query_status(store, NULL, &studies, &n, err);
    for (int i = 0; i < n && result == 0; i++)
        result = say_unknown(store, studies[i].study, err);
    free(studies);
    return result;
}
