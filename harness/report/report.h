/*
 * The report of a study: one page of HTML, complete in itself, made from the database alone.
 *
 *     const struct report_options options = {.output = "out/table3.html", .database = "table3.db"};
 *     if (report_write(store, &options, &warning, err) < 0) return -1;
 *     if (warning.code) ui_error(&warning);             written, but without its figures
 *
 * The page appears under its name whole or not at all. Whatever texts a study, a model or an error
 * holds, they are text on the page. Up to 1000 jobs have a row each; of more the seeds of a network
 * share one, and beyond 2000 rows the page says how many it leaves out.
 *
 * Errors: ERR_INPUT for a study that the database does not have, ERR_IO for files. gnuplot that is
 * missing or fails is only a warning.
 */
#ifndef SCALESTUDY_HARNESS_REPORT_REPORT_H
#define SCALESTUDY_HARNESS_REPORT_REPORT_H

#include "harness/base/err.h"
#include "results/store/store.h"

struct report_options {
    const char *study;    /* NULL: the only one of the database */
    const char *output;   /* F.html */
    const char *database; /* path as the user gave it, for the commands on the page */
    bool edited;          /* the file was, since it was last run: the store shows it as it is now */
    int refresh_seconds;  /* a browser loads the page again so often; 0: not */
};

int report_write(struct store *store, const struct report_options *options, struct err *warning,
    struct err *err) MUST_CHECK;

#endif
