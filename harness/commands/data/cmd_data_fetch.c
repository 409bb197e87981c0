/* `scalestudy data fetch`: get a dataset, checked and unpacked. */
#include <stddef.h>
#include <stdio.h>

#include "harness/terminal/cli.h"
#include "harness/commands/command.h"
#include "fetch_view.h"
#include "harness/terminal/ui.h"

struct arguments {
    const char *root, *from, *checksum;
    double max_size, wait;
    int retries, stall;
    bool quiet;
};

static const struct cli_option options[] = {
    {"root", 0, CLI_TEXT, offsetof(struct arguments, root), "DIR",
        "folder for the set (default: in ~/.cache/scalestudy/data)"},
    {"from", 0, CLI_TEXT, offsetof(struct arguments, from), "FILE|URL",
        "take the set from an archive, a folder of the published files, or another server's URL"},
    {"checksum", 0, CLI_TEXT, offsetof(struct arguments, checksum), "HEX",
        "required SHA-256 or MD5 of the file, instead of the published one"},
    {"max-size", 0, CLI_COUNT, offsetof(struct arguments, max_size), "BYTES",
        "largest file to accept if its size is unknown (default 200G)"},
    {"retries", 0, CLI_INT, offsetof(struct arguments, retries), "N",
        "tries in a row without any data, for each server (default 4)"},
    {"wait", 0, CLI_REAL, offsetof(struct arguments, wait), "SECONDS",
        "time before another try, doubled after each that brings no data (default 1)"},
    {"stall", 0, CLI_INT, offsetof(struct arguments, stall), "SECONDS",
        "a connection that brings less than 1 KB/s for this time is broken (default 30)"},
    {"quiet", 'q', CLI_FLAG, offsetof(struct arguments, quiet), NULL,
        "show no progress and no notes"},
    {0},
};

static const struct cli_usage usage = {
    .command = "data fetch",
    .arguments = "DATASET",
    .summary = "Download a dataset, check it, unpack it, and print the folder where it is.",
    .options = options,
    .details = "The set appears in its folder only when it is complete. A download that was "
               "stopped or killed continues; "
               "if several processes ask for the same set, one of them does the work. Proxies are "
               "those of `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`.",
    .description = "The default folder is `scalestudy/data/NAME` in the cache. --from also takes a "
                   "URL that ends in a slash, to which the published names are "
                   "added.\n\n"
                   "A file is refused unless it has the published checksum, or that of --checksum; "
                   "if there is none, a note says so. When the retries of one server "
                   "are used up, the next one is asked. Redirections lead to http and https alone, "
                   "and from https not to http. Archives may hold plain files and "
                   "folders, but no links and no names that lead out of the folder.",
    .example = "scalestudy data fetch cifar10\n"
               "scalestudy data fetch imagenette --from ~/Downloads/imagenette2-320.tgz\n"
               "scalestudy data fetch folder --from https://example.org/birds.tgz --root ~/birds",
    .min_arguments = 1,
    .max_arguments = 1,
};

static int run(int argc, char **argv, struct err *err)
{
    struct arguments given = {.max_size = 200e9, .wait = 1, .retries = 4, .stall = 30};
    char **arguments, size[UI_SIZE_BYTES];
    int result = cli_parse(&usage, argc, argv, &given, &arguments, err);
    struct fetch_request request;
    struct fetch_result fetched;
    struct fetch_events events;
    struct fetch_view view;

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    if (given.retries < 1 || given.stall < 1 || !(given.max_size >= 1 && given.max_size < 9e18))
        return err_set(err, ERR_INPUT, "--retries, --stall and --max-size must be at least 1");
    if (!(given.wait > 0 && given.wait <= 3600))
        return err_set(
            err, ERR_INPUT, "--wait is %g; it must be above 0 and at most 3600", given.wait);
    request = (struct fetch_request){.name = arguments[0],
        .root = given.root,
        .from = given.from,
        .checksum = given.checksum,
        .max_bytes = (int64_t)given.max_size,
        .retries = given.retries,
        .stall_sec = given.stall,
        .first_wait_sec = given.wait};
    events = fetch_view_start(&view, given.quiet);
    result = data_fetch(&request, &events, &fetched, err);
    fetch_view_end(&view);
    if (result < 0)
        return -1;
    if (fetched.was_there)
        ui_say("%s is already there", arguments[0]);
    else
        ui_say("%lld files, %s", (long long)fetched.files, ui_size(fetched.bytes, size));
    puts(fetched.root);
    return 0;
}

const struct command data_command_fetch = {
    .name = "fetch",
    .summary = "download a dataset, check it, unpack it",
    .run = run,
};
