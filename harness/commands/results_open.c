/* The database and study of commands that read results. */
#include "results_open.h"

#include "harness/system/file.h"
#include "harness/base/str.h"
#include "images_change.h"
#include "results/query/runs.h"
#include "harness/run/study_paths.h"
#include "study_edits.h"

int results_open(struct store **store, char study[STUDY_NAME_BYTES], const char *database,
    const char *study_path, const char *study_name, struct err *err)
{
    struct study file = STUDY_INIT;
    char path[PATH_BYTES];
    int result = -1;

    study[0] = '\0';
    if (study_name && study_path)
        return err_set(
            err, ERR_INPUT, "--study and %s both name a study; give one of them", study_path);
    if (study_name && !database)
        return err_set(
            err, ERR_INPUT, "--study %.128s needs the database that it is in: --db F", study_name);
    if (study_name && !str_copy(study, STUDY_NAME_BYTES, study_name))
        return err_set(err, ERR_INPUT, "no study has a name as long as %.40s...", study_name);
    if (study_paths_choose(database, study_path, path, err) == 0 &&
        (!study_path || study_load(&file, study_path, err) == 0)) {
        if (study_path)
            str_copy(study, STUDY_NAME_BYTES, file.name);
        result = store_open(store, path, STORE_READ, err);
        if (result == 0 && study_path)
            result = study_edits_look(*store, &file, path, STUDY_EDITS_NARROW, NULL, err);
        if (result == 0)
            result = images_unknown_say(*store, study[0] ? study : NULL, err);
    }
    study_release(&file);
    return result;
}

int results_open_one(struct store **store, char study[STUDY_NAME_BYTES], const char *database,
    const char *study_path, const char *study_name, struct err *err)
{
    char asked[STUDY_NAME_BYTES];

    if (results_open(store, asked, database, study_path, study_name, err) < 0)
        return -1;
    return runs_choose_study(*store, asked[0] ? asked : NULL, study, STUDY_NAME_BYTES, err);
}
