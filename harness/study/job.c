/* The table of a job's keys, from which its canonical text follows, and so its id. */
#include "job.h"

#include <stddef.h>
#include <string.h>

#include "harness/system/file.h"
#include "study.h"

/* ---- the table of a job; names of enumerators are part of the canonical text: never change them
 * ---- */

static const char *const *block_names(void)
{
    static const char *const names[] = {[BLOCK_CONV] = "conv",
        [BLOCK_POOL] = "pool",
        [BLOCK_SEPARABLE] = "separable",
        [BLOCK_MBCONV] = "mbconv",
        [BLOCK_BASIC] = "basic",
        [BLOCK_BOTTLENECK] = "bottleneck",
        NULL};

    return names;
}

static const char *const *naming_names(void)
{
    static const char *const names[] = {[NAMING_MOBILENET_V1] = "mobilenet_v1",
        [NAMING_MOBILENET_V2] = "mobilenet_v2",
        [NAMING_RESNET] = "resnet",
        [NAMING_EFFICIENTNET] = "efficientnet",
        NULL};

    return names;
}

static const char *const *padding_names(void)
{
    static const char *const names[] = {[PADDING_TORCH] = "torch", [PADDING_SAME] = "same", NULL};

    return names;
}

static void init_stage(void *to)
{
    memset(to, 0, sizeof(struct stage));
}

/* Which stages make sense is spec_validate's to say; these rows only give types. */
#define FIELD(name) .key = #name, .offset = offsetof(struct stage, name)

static const struct config_field stage_fields[] = {
    {FIELD(act), .type = CONFIG_CHOICE, .choices = spec_act_names, .required = true},
    {FIELD(block), .type = CONFIG_CHOICE, .choices = block_names, .required = true},
    {FIELD(channels), .type = CONFIG_INT, .required = true},
    {FIELD(expand), .type = CONFIG_INT, .required = true},
    {FIELD(kernel), .type = CONFIG_INT, .required = true},
    {FIELD(never_narrower), .type = CONFIG_BOOL, .required = true},
    {FIELD(repeats), .type = CONFIG_INT, .required = true},
    {FIELD(se_ratio), .type = CONFIG_REAL, .required = true},
    {FIELD(stride), .type = CONFIG_INT, .required = true},
    {0},
};

#undef FIELD

static const struct config_table stage_table = {
    .name = "a stage",
    .size = sizeof(struct stage),
    .fields = stage_fields,
    .init = init_stage,
};

static void init_spec(void *to)
{
    memset(to, 0, sizeof(struct spec));
}

static int check_spec(const void *loaded, struct err *err)
{
    return spec_validate(loaded, err);
}

#define FIELD(name) .key = #name, .offset = offsetof(struct spec, name)

static const struct config_field spec_fields[] = {
    {FIELD(bn_eps), .type = CONFIG_REAL, .required = true},
    {FIELD(bn_momentum), .type = CONFIG_REAL, .required = true},
    {FIELD(classes), .type = CONFIG_INT, .required = true},
    {FIELD(drop_path), .type = CONFIG_REAL, .required = true},
    {FIELD(dropout), .type = CONFIG_REAL, .required = true},
    {FIELD(input), .type = CONFIG_INT, .required = true},
    {FIELD(name), .type = CONFIG_TEXT, .size = SPEC_NAME_BYTES, .required = true},
    {FIELD(naming), .type = CONFIG_CHOICE, .choices = naming_names, .required = true},
    {FIELD(padding), .type = CONFIG_CHOICE, .choices = padding_names, .required = true},
    {FIELD(stages), .type = CONFIG_ARRAY, .table = &stage_table,
        .count_offset = offsetof(struct spec, n_stages), .capacity = SPEC_MAX_STAGES,
        .required = true},
    {0},
};

#undef FIELD

static const struct config_table spec_table = {
    .name = "the spec",
    .size = sizeof(struct spec),
    .fields = spec_fields,
    .init = init_spec,
    .check = check_spec,
};

/* The rows of a study's data, and the one that only a job has: what its images are. */
static struct config_field job_data_fields[40];

static void init_job_data(void *to)
{
    data_table.init(to);
}

static const struct config_table job_data_table = {
    .name = "data",
    .size = sizeof(struct data_config),
    .fields = job_data_fields,
    .init = init_job_data,
};

static void know_job_data(void)
{
    size_t n = 0;

    if (job_data_fields[0].key)
        return;
    while (data_table.fields[n].key && n + 2 < sizeof(job_data_fields) / sizeof(job_data_fields[0]))
        n++;
    memcpy(job_data_fields, data_table.fields, n * sizeof(job_data_fields[0]));
    job_data_fields[n] = (struct config_field){.key = "images",
        .type = CONFIG_TEXT,
        .offset = offsetof(struct data_config, images),
        .size = SHA256_HEX_BYTES,
        .may_be_absent = true};
}

static void init_job(void *to)
{
    struct job *job = to;

    job->numerics = 0;
    job->seed = 0;
    spec_table.init(&job->spec);
    job_data_table.init(&job->data);
    recipe_table.init(&job->recipe);
}

#define FIELD(name) .key = #name, .offset = offsetof(struct job, name)

static const struct config_field job_fields[] = {
    {FIELD(data), .type = CONFIG_STRUCT, .table = &job_data_table, .required = true},
    {FIELD(numerics), .type = CONFIG_INT, .required = true},
    {FIELD(recipe), .type = CONFIG_STRUCT, .table = &recipe_table, .required = true},
    {FIELD(seed), .type = CONFIG_INT64, .required = true},
    {FIELD(spec), .type = CONFIG_STRUCT, .table = &spec_table, .required = true},
    {0},
};

#undef FIELD

static const struct config_table job_table = {
    .name = "the job",
    .size = sizeof(struct job),
    .fields = job_fields,
    .init = init_job,
};

/* ---- text and identity ---- */

void job_canonical(const struct job *job, struct str *text)
{
    struct job placeless = *job;

    placeless.data.root[0] = placeless.data.packed[0] = placeless.data.class_map[0] = '\0';
    know_job_data();
    config_dump(&job_table, &placeless, text);
}

int job_identify(const struct job *job, char id[SHA256_HEX_BYTES], struct err *err)
{
    struct str text = STR_INIT;
    int result;

    job_canonical(job, &text);
    result = str_check(&text, err);
    if (result == 0)
        result = sha256_hex(text.text, text.length, id, err);
    str_release(&text);
    return result;
}

int job_series_make(struct job_series *series, const struct job *job, struct err *err)
{
    struct str one = STR_INIT, other = STR_INIT;
    struct job copy = *job;
    size_t at = 0;
    int result = -1;

    *series = (struct job_series)JOB_SERIES_INIT;
    copy.seed = 1;
    job_canonical(&copy, &one);
    copy.seed = 2;
    job_canonical(&copy, &other);
    if (str_check(&one, err) < 0 || str_check(&other, err) < 0)
        goto done;
    while (at < one.length && one.text[at] == other.text[at])
        at++; /* to the only byte that differs, the seed */
    str_add_bytes(&series->before, one.text, at);
    str_add(&series->after, one.text + at + 1);
    result = str_check(&series->before, err) < 0 ? -1 : str_check(&series->after, err);
done:
    str_release(&one);
    str_release(&other);
    return result;
}

void job_series_canonical(const struct job_series *series, int64_t seed, struct str *text)
{
    str_add_bytes(text, series->before.text, series->before.length);
    str_addf(text, "%lld", (long long)seed);
    str_add_bytes(text, series->after.text, series->after.length);
}

void job_series_release(struct job_series *series)
{
    str_release(&series->before);
    str_release(&series->after);
}

int job_parse(struct job *job, const char *canonical, struct err *err)
{
    struct yaml_tree tree = YAML_TREE_INIT;
    int result, ours;

    know_job_data();
    result = yaml_tree_parse(&tree, "the job's text", canonical, strlen(canonical), err);

    if (result == 0)
        result = config_load(&job_table, &tree, tree.root, job, err);
    yaml_tree_release(&tree);
    if (result < 0)
        return -1;
    ours = workload_numerics(&job->spec, &job->recipe);
    if (job->numerics != ours)
        return err_set(err, ERR_INPUT,
            "the job was planned for version %d of the numerics, and this program trains it by "
            "version %d; run the study again to plan it anew",
            job->numerics, ours);
    return 0;
}

int job_workload(const struct job *job, struct workload *workload, struct err *err)
{
    *workload = (struct workload){
        .spec = job->spec, .data = job->data, .recipe = job->recipe, .seed = (uint64_t)job->seed};
    if (file_expand_home(job->data.root, workload->data.root, err) < 0)
        return err_context(err, "data.root");
    if (file_expand_home(job->data.packed, workload->data.packed, err) < 0)
        return err_context(err, "data.packed");
    if (file_expand_home(job->data.class_map, workload->data.class_map, err) < 0)
        return err_context(err, "data.class_map");
    return 0;
}
