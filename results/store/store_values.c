/* Values that no job can have. A file may come from anybody, or from a disk that changed a bit. */
#include "store_admin.h"
#include "store_sql.h"

#define JOB "'job ' || substr(id, 1, 12) || ': ' || "

/* Epochs of a job's recipe; a text without them allows the most that any recipe may have. */
#define RECIPE_EPOCHS                                                                              \
    "coalesce(iif(json_valid(canonical), json_extract(canonical, '$.recipe.epochs'), NULL), "      \
    "100000)"

/* Each row of a query is a value that cannot be, as a text. */
static const struct {
    int since; /* version of the schema that has the columns */
    const char *what, *sql;
} checks[] = {
    {1, "state that does not exist",
        "SELECT " JOB "state FROM job "
        "WHERE state NOT IN ('waiting', 'running', 'done', 'failed', 'stopped')"},
    {1, "job without what its state needs",
        "SELECT " JOB "state FROM job WHERE (state = 'done' AND finished_utc IS NULL) "
        "OR (state = 'failed' AND (finished_utc IS NULL OR error IS NULL)) "
        "OR (state = 'running' AND (host IS NULL OR pid IS NULL))"},
    {1, "text that is longer than any of the program",
        "SELECT 'study ' || name FROM study WHERE length(CAST(text AS BLOB)) > 4194304"},
    {1, "text that is longer than any of the program",
        "SELECT " JOB "'error of ' || length(CAST(error AS BLOB)) || ' bytes' FROM job "
        "WHERE length(CAST(error AS BLOB)) > 1048576"},
    {1, "accuracy that is not from 0 to 100",
        "SELECT " JOB "'top-1 ' || coalesce(top1, '-') || ', top-5 ' || coalesce(top5, '-') "
        "FROM job WHERE top1 NOT BETWEEN 0 AND 100 OR top5 NOT BETWEEN 0 AND 100"},
    {1, "accuracy of an epoch that is not from 0 to 100",
        "SELECT " JOB "'epoch ' || epoch || ' (' || split || '): top-1 ' || "
        "coalesce(epoch.top1, '-') || ', top-5 ' || coalesce(epoch.top5, '-') "
        "FROM epoch JOIN job ON job.number = epoch.job "
        "WHERE epoch.top1 NOT BETWEEN 0 AND 100 OR epoch.top5 NOT BETWEEN 0 AND 100"},
    {1, "loss of a finished job that is not finite",
        "SELECT " JOB "'loss ' || loss FROM job WHERE state = 'done' AND abs(loss) > 1.797e308"},
    {1, "time, speed, size or count below 0",
        "SELECT " JOB "'train_seconds ' || coalesce(train_seconds, '-') || "
        "', images_per_second ' || coalesce(images_per_second, '-') || ', peak_bytes ' || "
        "coalesce(peak_bytes, '-') || ', params ' || params || ', macs ' || macs || "
        "', train_bytes ' || train_bytes || ', attempt ' || attempt || ', pid ' || "
        "coalesce(pid, '-') FROM job WHERE min(coalesce(train_seconds, 0), "
        "coalesce(images_per_second, 0), coalesce(peak_bytes, 0), params, macs, train_bytes, "
        "attempt, coalesce(pid, 0)) < 0 OR input < 1"},
    {1, "time or learning rate of an epoch below 0",
        "SELECT " JOB "'epoch ' || epoch || ' (' || split || ')' "
        "FROM epoch JOIN job ON job.number = epoch.job WHERE epoch.seconds < 0 OR epoch.lr < 0"},
    {1, "epochs beyond those of the job's recipe",
        "SELECT " JOB "'trained ' || epochs || ' of ' || " RECIPE_EPOCHS " FROM job "
        "WHERE epochs IS NOT NULL AND (epochs < 0 OR epochs > " RECIPE_EPOCHS ")"},
    {1, "epoch beyond those of the job's recipe",
        "SELECT " JOB "'epochs ' || least || ' to ' || most || ' of ' || " RECIPE_EPOCHS
        " FROM (SELECT job, min(epoch) AS least, max(epoch) AS most FROM epoch GROUP BY job) "
        "JOIN job ON job.number = job WHERE least < 1 OR most > " RECIPE_EPOCHS},
    {1, "scaling factor that is not above 0",
        "SELECT " JOB "model || ' ' || method || ': depth ' || depth || ', width ' || width || "
        "', resolution ' || resolution FROM study_job JOIN job ON job.number = study_job.job "
        "WHERE min(depth, width, resolution) <= 0"},
    {2, "measurement of speed that is not above 0",
        "SELECT 'benchmark ' || number || ': ' || model || ' ' || mode || ', ' || "
        "images_per_second || ' images/s' FROM benchmark "
        "WHERE mode NOT IN ('train', 'infer') OR min(images_per_second, step_ms_median, "
        "step_ms_min, input, batch, steps) <= 0"},
    {3, "progress that is not from 0 to 1",
        "SELECT " JOB "'progress ' || coalesce(progress, '-') || ', crashes ' || crashes "
        "FROM job WHERE progress NOT BETWEEN 0 AND 1 OR crashes < 0"},
    {5, "estimated time below 0",
        "SELECT " JOB "'estimated_seconds ' || estimated_seconds FROM job "
        "WHERE estimated_seconds < 0 OR estimated_train_seconds < 0"},
};

int store_check_values(struct store *store, struct rowset *problems, int *n, struct err *err)
{
    int version, result = store_count(store, "PRAGMA user_version", &version, err);

    for (size_t i = 0; result == 0 && i < sizeof(checks) / sizeof(checks[0]); i++)
        if (checks[i].since <= version)
            result = store_check_rows(store, checks[i].what, checks[i].sql, problems, n, err);
    return result;
}
