/* `scalestudy doctor`: what is installed, how fast this machine is, what would go wrong. */
#include <stddef.h>
#include <stdio.h>

#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/doctor/doctor.h"
#include "harness/base/rowset.h"
#include "harness/terminal/ui.h"

#define MEASURE_SECONDS 0.3

struct args {
    bool no_measuring;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"no-measuring", 0, CLI_FLAG, offsetof(struct args, no_measuring), NULL,
        "do not measure the speed of matrix products, memory and the kernel, which takes one or "
        "two seconds"},
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "doctor",
    .arguments = "[FOLDER]",
    .summary = "Show what is installed, how fast this machine is, and what would go wrong with "
               "studies here.",
    .options = options,
    .details = "FOLDER is where studies are to run (default: the current folder). Each finding is "
               "ok, a warning (something is "
               "slower than it could be, or a command will not work) or a problem, and says what "
               "to do. The exit status is 1 if "
               "there is a problem: `run` would fail.",
    .description = "It looks at the versions of the program, its libraries, gnuplot, fonts and "
                   "Slurm; the processor, its instruction set and OpenBLAS's core, and whether "
                   "the environment forces another one; memory; the speed of matrix products, "
                   "memory, page faults, system calls and fsync; free space and kind of "
                   "the file systems of the folder, the cache and temporary files, and whether "
                   "SQLite works there; datasets; locale and terminal.",
    .example = "scalestudy doctor\n"
               "scalestudy doctor /mnt/shared/studies --format json",
    .min_arguments = 0,
    .max_arguments = 1,
};

static const struct column columns[] = {
    {.name = "check", .type = COLUMN_TEXT},
    {.name = "state", .type = COLUMN_TEXT},
    {.name = "found", .type = COLUMN_TEXT},
    {.name = "advice", .type = COLUMN_TEXT},
    {0},
};

static const char *state_name(enum doctor_state state)
{
    return state == DOCTOR_OK ? "ok" : state == DOCTOR_WARNING ? "warning" : "problem";
}

/* For people: a line for each finding, and one below for what to do. */
static int print_page(const struct doctor *doctor, struct err *err)
{
    for (int i = 0; i < doctor->n; i++) {
        const struct doctor_finding *finding = &doctor->findings[i];

        ui_line(
            stdout, "%-8s %-24s %s", state_name(finding->state), finding->check, finding->found);
        if (finding->advice)
            printf("%-8s %-24s -> %s\n", "", "", finding->advice);
    }
    return fflush(stdout) == 0 ? 0
                               : err_set(err, ERR_IO, "cannot write the result to standard output");
}

static int print(const struct doctor *doctor, enum output_format format, struct err *err)
{
    struct rowset rows;
    int result;

    if (format == FORMAT_TABLE)
        return print_page(doctor, err);
    rowset_init(&rows, columns);
    for (int i = 0; i < doctor->n; i++) {
        rowset_text(&rows, doctor->findings[i].check);
        rowset_text(&rows, state_name(doctor->findings[i].state));
        rowset_text(&rows, doctor->findings[i].found);
        rowset_text(&rows, doctor->findings[i].advice);
    }
    result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return result;
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {0};
    struct doctor doctor;
    char **arguments;
    int result = cli_parse(&usage, argc, argv, &args, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    doctor_init(
        &doctor, arguments[0] ? arguments[0] : ".", args.no_measuring ? 0 : MEASURE_SECONDS);
    doctor_look_at_programs(&doctor);
    doctor_look_at_machine(&doctor);
    doctor_look_at_files(&doctor);
    doctor_look_at_terminal(&doctor);
    result = print(&doctor, args.format, err);
    if (result == 0 && doctor.problems > 0)
        result = err_set(err, ERR_IO, "%d problem%s would make `run` fail here", doctor.problems,
            ui_plural(doctor.problems));
    return result;
}

const struct command command_doctor = {
    .name = "doctor",
    .summary = "check what is installed, and what would go wrong here",
    .run = run,
};
