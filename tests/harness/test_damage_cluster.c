/*
 * Clusters' files that are made at random of YAML's grammar and of sbatch's: each is refused by a sentence, or gives
 * a script in which nothing but the program's own lines stands beside `setup`. Rounds are few here; `make fuzz
 * FUZZ_SECONDS=600` goes on for so long.
 */
#include "tests/lib/damage_text.h"

#include <unistd.h>

#include "harness/cluster/run_queue.h"
#include "harness/cluster/submission.h"

#define ROUNDS  3000
#define PROGRAM "/opt/it's/scalestudy"
#define HASH    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define KEY     "0123456789abcdef0123456789abcdef"

static char folder[64], path[96];
static struct run_folder run;

static int group_setup(void **state)
{
    static const struct run_settings settings = RUN_SETTINGS_DEFAULTS;
    struct err err = {0};

    (void)state;
    snprintf(folder, sizeof(folder), "%s/scalestudy-test-XXXXXX",
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/lab.yaml", folder);
    run = (struct run_folder){.id = KEY, .study = "s", .settings = settings};
    return dir_open(&run.folder, folder, &err);
}

static int group_teardown(void **state)
{
    char saved[128];

    (void)state;
    snprintf(saved, sizeof(saved), "%s/cluster.json", folder);
    unlink(saved);
    unlink(path);
    snprintf(saved, sizeof(saved), "%s.copy", path);
    unlink(saved);
    dir_close(&run.folder);
    return rmdir(folder);
}

/* ---- sbatch's grammar ---- */

static void add_option(struct str *to, struct rng *rng)
{
    static const char *const names[] = {"--nice", "--gres", "--mem-per-cpu", "--job-name", "--job",
        "--wrap", "--wra", "--arr", "--comment", "--export", "--exp", "--output", "--o",
        "--licenses", "--mail-type", "--exclusive", "--hold", "--cluster", "--", "---x", "-J", "-H",
        "-HJ", "-p", "-a", "-", "-n", "-Ho", ":", "#", "#SBATCH", "x"};
    static const char *const values[] = {"10", "gpu:1", "a,b", "\"a b\"", "'a b'", "a\\ b",
        "\"a\\\"b\"", "'", "\"", "\\", "#", "\"#\"", "a#b", "$(x)", "\\\n",
        "\"\n#SBATCH --wrap=x\"", ":", "\"\"", "a\tb", "\x0b", "\r", "\xc2\xa0", "\xe2\x80\xa8"};

    str_add(to, names[rng_below(rng, DAMAGE_COUNT(names))]);
    switch (rng_below(rng, 4)) {
    case 0:
        str_add(to, "=");
        str_add(to, values[rng_below(rng, DAMAGE_COUNT(values))]);
        break;
    case 1:
        str_add(to, " ");
        str_add(to, values[rng_below(rng, DAMAGE_COUNT(values))]);
        break;
    case 2:
        str_add(to, values[rng_below(rng, DAMAGE_COUNT(values))]);
        break;
    default:
        break;
    }
}

static void add_options(struct str *to, struct rng *rng)
{
    static const char *const blanks[] = {" ", "  ", "\t", " ", "\n", "\x0b", "\x0c"};

    for (int i = (int)rng_below(rng, 4); i >= 0; i--) {
        add_option(to, rng);
        if (i > 0)
            str_add(to, blanks[rng_below(rng, DAMAGE_COUNT(blanks))]);
    }
}

/* ---- YAML's grammar ---- */

/* What a key is to be, more or less. */
static void add_meaning(struct str *to, const struct config_field *field, struct rng *rng)
{
    static const char *const words[] = {"cpu", "my-group", "normal", "12:00:00", "1-0", "90", "4G",
        "300", "a&b|c", "[x*2]", "/scratch/me", "~/x", "unix:/run/x", "http://localhost:6820",
        "c1"};
    static const char *const setups[] = {"module load x", "#SBATCH --wrap=x", "  #SBATCH -J x",
        "# comment", "echo \"$(x)\"", "exec x", "#PBS -x", "cat <<EOF"};
    bool is_number = field->type == CONFIG_INT || field->type == CONFIG_REAL;

    if (rng_below(rng, 8) == 0)
        damage_add_text(to, rng);
    else if (field->choices)
        str_add(to, field->choices()[0]);
    else if (is_number)
        str_addf(to, "%g",
            rng_below(rng, 2) ? field->least + 1 : field->most + (double)rng_below(rng, 2));
    else if (strcmp(field->key, "options") == 0)
        add_options(to, rng);
    else if (strcmp(field->key, "setup") == 0)
        for (int i = (int)rng_below(rng, 3); i >= 0; i--)
            str_addf(to, "%s%s", setups[rng_below(rng, DAMAGE_COUNT(setups))], i ? "\n" : "");
    else if (rng_below(rng, 6) == 0)
        add_options(to, rng);
    else
        str_add(to, words[rng_below(rng, DAMAGE_COUNT(words))]);
}

static void add_double_quoted(struct str *to, const char *text, struct rng *rng)
{
    str_add(to, "\"");
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte == '"' || byte == '\\')
            str_addf(to, "\\%c", byte);
        else if (byte < 0x20 || byte == 0x7f || (byte < 0x80 && rng_below(rng, 16) == 0))
            str_addf(to, rng_below(rng, 2) ? "\\x%02x" : "\\u%04x", byte);
        else
            str_add_bytes(to, text, 1);
    }
    str_add(to, "\"");
}

static void add_single_quoted(struct str *to, const char *text)
{
    str_add(to, "'");
    for (; *text; text++)
        str_addf(to, "%c%s", *text, *text == '\'' ? "'" : *text == '\n' ? "\n  " : "");
    str_add(to, "'");
}

static void add_block(struct str *to, const char *text, struct rng *rng)
{
    static const char *const signs[] = {"|", ">", "|-", "|+", ">-", "|2"};

    str_addf(to, "%s\n  ", signs[rng_below(rng, DAMAGE_COUNT(signs))]);
    for (; *text; text++)
        str_addf(to, "%c%s", *text, *text == '\n' ? "  " : "");
}

static void add_value(struct str *to, const struct config_field *field, struct rng *rng)
{
    static const char *const odd[] = {"null", "~", "true", "[a, b]", "{a: b}", "*v", "!!str x",
        "!!binary eA==", "? x", "- x", "<<: *v", "1e400", ".nan", "0x10", "012", "@", "%x", "`x`"};
    struct str text = STR_INIT;

    add_meaning(&text, field, rng);
    if (rng_below(rng, 16) == 0)
        str_add(to, "&v ");
    switch (rng_below(rng, 8)) {
    case 0:
        str_add(to, odd[rng_below(rng, DAMAGE_COUNT(odd))]);
        break;
    case 1:
        add_single_quoted(to, text.text);
        break;
    case 2:
    case 3:
        add_double_quoted(to, text.text, rng);
        break;
    case 4:
        add_block(to, text.text, rng);
        break;
    default:
        str_add(to, text.text);
        break;
    }
    str_release(&text);
}

static void make_file(struct str *to, struct rng *rng)
{
    bool flows = rng_below(rng, 8) == 0;
    int n_fields = 0;

    while (cluster_table.fields[n_fields].key)
        n_fields++;
    str_clear(to);
    str_add(to, flows ? "{" : "");
    for (int i = (int)rng_below(rng, 8); i >= 0; i--) {
        const struct config_field *field =
            &cluster_table.fields[rng_below(rng, (uint64_t)n_fields)];

        str_addf(to, "%s: ", field->key);
        add_value(to, field, rng);
        str_add(to, flows ? (i ? ", " : "}") : "\n");
    }
    if (rng_below(rng, 16) == 0)
        damage(to, rng);
}

/* ---- scripts ---- */

/* The text of a line without its end; *rest goes on. NULL: there is none. */
static const char *next_line(const char **rest, struct str *line)
{
    size_t length = strcspn(*rest, "\n");

    if (!**rest)
        return NULL;
    str_clear(line);
    str_add_bytes(line, *rest, length);
    *rest += length + ((*rest)[length] == '\n');
    return line->text;
}

/* Options of sbatch that are the program's, and how often they stand in a script. */
static void see_demands(const char *text)
{
    static const char *const once[] = {"#SBATCH --job-name=\"scalestudy-0123456789ab\"\n",
        "#SBATCH --comment=\"" KEY "\"\n", "#SBATCH --array=0-", "#SBATCH --ntasks=1\n",
        "#SBATCH --cpus-per-task=", "#SBATCH --mem=", "#SBATCH --time=", "#SBATCH --signal=B:USR1@",
        "#SBATCH --requeue\n", "#SBATCH --open-mode=append\n", "#SBATCH --export=ALL\n",
        "#SBATCH --chdir=\"", "#SBATCH --output=\""};

    for (size_t i = 0; i < DAMAGE_COUNT(once); i++) {
        const char *at = strstr(text, once[i]);

        assert_non_null(at);
        assert_null(strstr(at + 1, once[i]));
    }
}

/* Of a script without `setup`: comments, options, variables, then the work. */
static void see_own_lines(const char *text, const struct cluster *cluster)
{
    struct str line = STR_INIT;
    const char *rest = text;
    bool by_step = strcmp(cluster->launcher, "rest") == 0;
    int options = 0;

    assert_string_equal(next_line(&rest, &line), "#!/bin/bash");
    assert_true(str_starts_with(next_line(&rest, &line), "# Written by scalestudy submit."));
    assert_true(str_starts_with(next_line(&rest, &line), "# `tasks` beside this script."));
    while (str_starts_with(next_line(&rest, &line), "#SBATCH "))
        options++;
    assert_in_range(options, 13, 19);
    while (str_starts_with(line.text, "export "))
        next_line(&rest, &line);
    assert_string_equal(line.text, by_step ? "trap : USR1" : "trap '' USR1");
    assert_string_equal(next_line(&rest, &line),
        by_step ? "srun --ntasks=1 /bin/bash -c '" : "exec /bin/bash -c '");
    /* The program's own lines, which compare what they run with its hash. */
    while (str_starts_with(next_line(&rest, &line), "    ") &&
           !str_starts_with(line.text, "    exit 1' "))
        ;
    assert_true(str_starts_with(
        line.text, "    exit 1' scalestudy '/opt/it'\\''s/scalestudy' " HASH " work '"));
    assert_true(str_ends_with(line.text, " \\"));
    assert_non_null(strstr(line.text, " --workers 1 --submission " KEY));
    assert_string_equal(next_line(&rest, &line),
        "    --queue-job \"${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}\"");
    assert_null(next_line(&rest, &line));
    str_release(&line);
}

/* The same with `setup` is the same with its lines between variables and work. */
static void see_setup(const char *with, const char *without, const char *setup)
{
    const char *trap = strstr(without, "\ntrap ");
    size_t before, length = strlen(setup);

    assert_non_null(trap);
    before = (size_t)(trap + 1 - without);
    if (length == 0) {
        assert_string_equal(with, without);
        return;
    }
    assert_memory_equal(with, without, before);
    assert_memory_equal(with + before, setup, length);
    assert_int_equal(with[before + length], '\n');
    assert_string_equal(with + before + length + 1, without + before);
}

static void see_script(const struct cluster *cluster)
{
    const struct submission_array array = {
        .n_tasks = 3, .n_jobs = 5, .seconds = 3600, .megabytes = 300};
    const struct run_program program = {.path = PROGRAM, .hash = HASH};
    struct cluster bare = *cluster;
    struct str with = STR_INIT, without = STR_INIT;
    struct err err = {0};

    bare.setup[0] = '\0';
    if (submission_script(&run, cluster, &array, &program, KEY, &with, &err) < 0) {
        assert_true(damage_is_told(&err)); /* a line break, where a line of its own could begin */
    } else {
        assert_int_equal(submission_script(&run, &bare, &array, &program, KEY, &without, &err), 0);
        see_demands(without.text);
        see_own_lines(without.text, &bare);
        see_setup(with.text, without.text, cluster->setup);
    }
    str_release(&with);
    str_release(&without);
}

/* A file of all settings gives them back. */
static void see_written(const struct cluster *cluster)
{
    struct str before = STR_INIT, after = STR_INIT;
    struct cluster again;
    struct err err = {0};
    char copy[PATH_BYTES + 8];

    config_dump(&cluster_table, cluster, &before);
    snprintf(copy, sizeof(copy), "%s.copy", path);
    cluster_init(&again);
    if (file_write(copy, before.text, before.length, &err) < 0 ||
        cluster_load(&again, copy, &err) < 0)
        fail_msg("%s", err.message);
    config_dump(&cluster_table, &again, &after);
    assert_string_equal(before.text, after.text);
    str_release(&before);
    str_release(&after);
}

/* What submit keeps in the run folder is what status and cancel find there, without where secrets are and
 * go. */
static void see_kept(const struct cluster *cluster)
{
    struct cluster again;
    struct err err = {0};

    if (run_queue_save(&run, cluster, &err) < 0 || run_queue_load(&run, NULL, &again, &err) < 0)
        fail_msg("%s", err.message);
    assert_string_equal(again.launcher, cluster->launcher);
    assert_string_equal(again.clusters, cluster->clusters);
    assert_true(again.answer_seconds == cluster->answer_seconds);
    assert_string_equal(again.url, "");
    assert_string_equal(again.user, "");
    assert_string_equal(again.token_file, "");
}

/* Whether it was accepted. */
static bool use(void)
{
    struct cluster cluster;
    struct err err = {0};
    bool accepted;

    cluster_init(&cluster);
    accepted = cluster_load(&cluster, path, &err) == 0 && cluster_check(&cluster, &err) == 0;
    if (!accepted && !damage_is_told(&err))
        fail_msg("no sentence: %d %s", err.code, err.message);
    if (accepted) {
        see_script(&cluster);
        see_written(&cluster);
        see_kept(&cluster);
    }
    return accepted;
}

static void test_cluster__scripts_have_only_their_own_lines(void **state)
{
    struct damage_rounds rounds = damage_begin("clusters", ROUNDS, 98);
    struct str text = STR_INIT;
    struct rng rng;
    int accepted = 0;

    (void)state;
    while (damage_next(&rounds, &rng)) {
        make_file(&text, &rng);
        damage_put(path, &text);
        accepted += use();
    }
    assert_true(accepted > (int)damage_rounds_done(&rounds) / 20 || rounds.only);
    str_release(&text);
}

static void test_cluster__blanks_beside_line_separators_are_kept(void **state)
{
    static const char text[] = "partition: \"a \\L b \\P c\"\n";
    struct str file = STR_INIT;

    (void)state;
    str_add(&file, text);
    damage_put(path, &file);
    assert_true(use());
    str_release(&file);
}
