/* What the queue says, in words. */
#include "tests/lib/test.h"

#include <string.h>

#include "harness/cluster/cluster.h"
#include "harness/cluster/launch.h"
#include "harness/cluster/queue_match.h"
#include "harness/cluster/sbatch_options.h"
#include "harness/cluster/slurm_call.h"
#include "harness/cluster/submission.h"
#include "harness/system/subprocess.h"

static void test_launch__every_reason_to_wait_is_told_in_words(void **state)
{
    static const char *const codes[] = {"Resources", "Priority", "JobArrayTaskLimit",
        "DependencyNeverSatisfied", "JobHeldUser", "AssocGrpCpuLimit", "PartitionTimeLimit",
        "ReqNodeNotAvail, UnavailableNodes:n[1-3]", "QOSMaxMemoryPerUser", "AssocGrpGRESMinutes",
        "MaxJobsPerAccount", "launch failed requeued held"};

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        const char *words = queue_reason(codes[i]);

        assert_string_not_equal(words, codes[i]);
        assert_non_null(strchr(words, ' '));
    }
    /* One that is known is not taken for the general case. */
    assert_non_null(strstr(queue_reason("QOSGrpCpuLimit"), "all the CPUs"));
    assert_string_equal(queue_reason("NeverHeardOf"), "NeverHeardOf");
}

static void test_launch__tells_how_tasks_ended(void **state)
{
    (void)state;
    assert_non_null(strstr(queue_ending("OUT_OF_MEMORY"), "--memory"));
    assert_non_null(strstr(queue_ending("TIMEOUT"), "time limit"));
    assert_null(queue_ending("COMPLETED"));
    assert_null(queue_ending("RUNNING"));
    assert_true(queue_is_live("PENDING"));
    assert_false(queue_is_live("OUT_OF_MEMORY"));
}

static void test_launch__what_submit_relies_on_is_refused_in_every_spelling(void **state)
{
    static const struct {
        const char *options, *named;
    } wrong[] = {{"--comment=x", "--comment"}, {"--comment x", "--comment"},
        {"--com x", "--comment"}, {"--job-name=x", "--job-name"}, {"--j x", "--job-name"},
        {"-J x", "--job-name"}, {"-Jx", "--job-name"}, {"-HJx", "--job-name"},
        {"-vHJ x", "--job-name"}, {"--arr=0-3", "--array"}, {"-a0-3", "--array"},
        {"--clusters=b", "--clusters"}, {"--cluster b", "--cluster"}, {"-Mb", "--clusters"},
        {"'--comment=x'", "--comment"}, {"--com\\ment=x", "--comment"},
        {"\"--array\"=1", "--array"}, {"--nice=1\t--array=1", "--array"},
        {"--gres gpu:1 -D /tmp", "--chdir"}, {"--output=x", "--output"}, {"-e x", "--error"},
        {"--open-mode=truncate", "--open-mode"}, {"--export=NONE", "--export"},
        {"--export-file=x", "--export-file"}, {"--get-user-env", "--get-user-env"},
        {"--signal=KILL", "--signal"}, {"--no-requeue", "--no-requeue"}, {"-t 5", "--time"},
        {"--time=5", "--time"}, {"-W", "--wait"}, {"--wait", "--wait"}, {"--wrap=x", "--wrap"},
        {"--test-only", "--test-only"}, {"--help", "--help"}, {"-V", "--version"},
        {"-pnormal --comment=x", "--comment"}, {"-- --nice=1", "'--'"}, {"hetjob", "'hetjob'"},
        {"--nice x", "'x'"}, {"-H x", "'x'"}, {"--nice='1", "quote"}, {"--nice=1\\", "backslash"}};
    static const char *const right[] = {"", "  ", "--nice=10", "--gres gpu:1 --nice=100 -H",
        "--time-min=5", "--wait-all-nodes=1", "--exclusive", "-pJane", "-p Jane", "-x node[1-3]",
        "--mail-user=J@a --mail-type END", "--comet=x --unheard-of 7", "--constraint='a&b'"};

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct err err = {0};

        if (sbatch_options_check(wrong[i].options, &err) == 0)
            fail_msg("accepted: %s", wrong[i].options);
        if (!strstr(err.message, wrong[i].named))
            fail_msg("%s: %s", wrong[i].options, err.message);
    }
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        struct err err = {0};

        if (sbatch_options_check(right[i], &err) < 0)
            fail_msg("%s: %s", right[i], err.message);
    }
}

static void test_launch__options_are_written_as_they_were_understood(void **state)
{
    struct str line = STR_INIT;

    (void)state;
    sbatch_options_add("  --gres gpu:1 --licenses='a b'  --nice=1", &line);
    assert_string_equal(line.text, "#SBATCH --gres gpu:1 \"--licenses=a b\" --nice=1\n");
    str_clear(&line);
    sbatch_options_add(" ", &line);
    assert_string_equal(line.text, "");
    str_release(&line);
}

static void test_launch__lines_for_sbatch_are_refused_in_setup(void **state)
{
    struct err err = {0}, none = {0};

    (void)state;
    assert_int_equal(sbatch_setup_check("module load x\n# SBATCH is fine\n", &none), 0);
    assert_int_equal(sbatch_setup_check("module load x\n  #SBATCH --array=1\n", &err), -1);
    assert_non_null(strstr(err.message, "#SBATCH --array=1"));
}

static void test_launch__one_cluster_is_named_and_not_for_rest(void **state)
{
    static const char *const wrong[] = {"a,b", "all", "-x", "a b", "a\nb"};
    struct cluster cluster;
    struct err none = {0}, err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct err each = {0};

        cluster_init(&cluster);
        str_copy(cluster.clusters, sizeof(cluster.clusters), wrong[i]);
        assert_int_equal(cluster_check(&cluster, &each), -1);
    }
    str_copy(cluster.clusters, sizeof(cluster.clusters), "north-2");
    assert_int_equal(cluster_check(&cluster, &none), 0);
    str_copy(cluster.launcher, sizeof(cluster.launcher), "rest");
    assert_int_equal(cluster_check(&cluster, &err), -1);
    assert_non_null(strstr(err.message, "url"));
}

static void test_launch__all_lines_of_a_complaint_are_one(void **state)
{
    struct str one = STR_INIT;

    (void)state;
    slurm_remarks(
        "sbatch", "sbatch: error: no account\r\n\nsbatch: see\tthe wiki\nsbatched: too", &one);
    assert_string_equal(one.text, "error: no account; see the wiki; sbatched: too");
    str_release(&one);
}

/* A folder with two submissions, the first of which is number 77. */
static const char key_1[] = "0123456789abcdef0123456789abcdef";
static const char key_2[] = "fedcba9876543210fedcba9876543210";

static void make_submissions(struct run_folder *run, const char *folder)
{
    char path[RUN_FILE_PATH];
    struct err err = {0};

    *run = (struct run_folder){.id = "abcdefabcdefabcdefabcdefabcdefab"};
    assert_int_equal(dir_open(&run->folder, folder, &err), 0);
    for (int i = 0; i < 2; i++) {
        run_folder_path(run, path, "submissions/%s", i ? key_2 : key_1);
        assert_int_equal(file_make_folders(path, &err), 0);
    }
    run_folder_path(run, path, "submissions/%s/accepted", key_1);
    assert_int_equal(file_write(path, "77\n", 3, &err), 0);
}

static void test_launch__tasks_are_known_by_any_of_their_marks(void **state)
{
    char folder[PATH_BYTES], key[RUN_ID_BYTES], text[256], name[SUBMISSION_NAME_BYTES];
    struct queue_match match;
    struct run_folder run;
    struct err err = {0};

    (void)state;
    assert_int_equal(file_make_temporary_folder(folder, &err), 0);
    make_submissions(&run, folder);
    submission_name(&run, name);
    assert_int_equal(queue_match_open(&match, &run, &err), 0);
#define SIGHT(...) queue_match(&match, &(struct queue_sight){__VA_ARGS__}, key)
    assert_true(SIGHT("5", name, key_2, "/x"));
    assert_string_equal(key, key_2);
    snprintf(text, sizeof(text), "site's|/a/submissions/%s/script.sh|/x", key_1);
    assert_true(SIGHT("5", "site's", text, "/x"));
    assert_string_equal(key, key_1);
    /* The number counts for nothing by itself: queues use numbers again. */
    assert_false(SIGHT("77", "other", "none", "/x"));
    assert_true(SIGHT("77", "other", "none", folder));
    assert_string_equal(key, key_1);
    assert_true(SIGHT("77", name, "none", "/x"));
    assert_string_equal(key, key_1);
    assert_true(SIGHT("78", name, "none", "/x"));
    assert_string_equal(key, "");
    /* Of another folder, and digits among more digits. */
    assert_false(SIGHT("5", "x", "00000000000000000000000000000000", "/x"));
    snprintf(text, sizeof(text), "%s0", key_1);
    assert_false(SIGHT("5", "x", text, "/x"));
    assert_false(SIGHT("78", "x", "", folder));
#undef SIGHT
    queue_match_close(&match);
    run_folder_close(&run);
    run_folder_remove(folder);
}

static int run_shell(const char *script, double seconds, struct str *output, struct err *err)
{
    const char *const words[] = {"sh", "-c", script, NULL};
    static const char *const environment[] = {"A=b", NULL};
    struct str errors = STR_INIT;
    int status = -1,
        result = subprocess_run(words, environment, seconds, output, &errors, &status, err);

    str_release(&errors);
    return result < 0 ? -1 : status;
}

static void test_launch__a_program_ends_with_its_time_whatever_it_does(void **state)
{
    struct str output = STR_INIT;
    struct err err = {0}, none = {0};

    (void)state;
    assert_int_equal(run_shell("echo $A; exit 3", 60, &output, &none), 3);
    assert_string_equal(output.text, "b\n");
    assert_int_equal(run_shell("kill -9 $$", 60, &output, &none), 128 + 9);
    /* It closes its outputs, and hangs. */
    assert_int_equal(run_shell("exec >&- 2>&-; sleep 1000", 0.2, &output, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    err_clear(&err);
    assert_int_equal(run_shell("trap '' TERM; sleep 1000 & wait", 0.2, &output, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    str_release(&output);
}

static void test_launch__a_program_that_is_not_there_is_named(void **state)
{
    static const char *const words[] = {"no-such-program-here", NULL};
    struct str output = STR_INIT, errors = STR_INIT;
    struct err err = {0};
    int status;

    (void)state;
    assert_int_equal(subprocess_run(words, NULL, 60, &output, &errors, &status, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "no-such-program-here"));
    str_release(&output);
    str_release(&errors);
}
