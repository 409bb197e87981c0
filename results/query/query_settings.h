/*
 * Labels of groups (groups.h) in SQL: setting_of(study, job_id) is the label, or NULL where no other group
 * looks alike.
 *
 *     struct query_settings *settings;
 *     if (query_settings_open(&settings, store, study, err) < 0) return -1;
 *     ... SELECT setting_of(study, job_id) FROM job_result ...
 *     query_settings_close(settings);
 */
#ifndef SCALESTUDY_RESULTS_QUERY_QUERY_SETTINGS_H
#define SCALESTUDY_RESULTS_QUERY_QUERY_SETTINGS_H

#include "results/store/store.h"

struct query_settings;

/* study NULL: of all. */
int query_settings_open(struct query_settings **settings, struct store *store, const char *study,
    struct err *err) MUST_CHECK;
void query_settings_close(struct query_settings *settings); /* may be NULL */

#endif
