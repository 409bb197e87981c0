/* The program's entry: finds the command, turns its error into a sentence and an exit status. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "harness/base/str.h"
#include "harness/commands/command_list.h"
#include "harness/terminal/ui.h"
#include "harness/study/variant_name.h"
#include "gen/revision.h"
#include "version.h"
#include "workloads/workload.h"

#define MOST_COMMANDS 128 /* that are compared with a misspelt one */

static void print_help(FILE *to)
{
    fputs("scalestudy - is a ConvNet better made wider, deeper or fed larger images?\n\n"
          "Usage: scalestudy COMMAND [OPTION...] [ARGUMENT...]\n",
        to);
    for (const struct command_listing *row = command_list(); row->group || row->command; row++) {
        if (row->group)
            fprintf(to, "\n%s:\n", row->group);
        else if (row->command->summary)
            fprintf(to, "  %-10s %s\n", row->command->name, row->command->summary);
    }
    fputs("\n"
          "  scalestudy COMMAND --help   show the options of a command and an example\n"
          "  scalestudy --version        show the version of this program\n\n"
          "A first study, from start to end:\n"
          "  scalestudy plan configs/studies/table3.yaml     list its jobs\n"
          "  scalestudy run configs/studies/table3.yaml      run the jobs that are not done\n"
          "  scalestudy table table3 --db table3.db          print Table 3 of the paper\n",
        to);
}

static int unknown_command(const char *name, struct err *err)
{
    const char *names[MOST_COMMANDS + 1];
    const char *nearest;
    size_t n = 0;

    for (const struct command_listing *row = command_list(); row->group || row->command; row++)
        if (row->command && row->command->summary && n < MOST_COMMANDS)
            names[n++] = row->command->name;
    names[n] = NULL;
    nearest = str_nearest(name, names);
    if (nearest)
        return err_set(
            err, ERR_INPUT, "there is no command '%.60s'; did you mean '%s'?", name, nearest);
    return err_set(
        err, ERR_INPUT, "there is no command '%.60s'; `scalestudy --help` lists them", name);
}

static int run_command(int argc, char **argv, struct err *err)
{
    for (const struct command_listing *row = command_list(); row->group || row->command; row++)
        if (row->command && strcmp(row->command->name, argv[0]) == 0)
            return row->command->run(argc, argv, err);
    if (argv[0][0] == '-')
        return err_set(
            err, ERR_INPUT, "there is no option %.60s; see `scalestudy --help`", argv[0]);
    return unknown_command(argv[0], err);
}

/* A line for scripts, then what a report of an error needs. */
static void print_version(void)
{
    struct err missing = {0};
    const char *blas = workload_blas(&missing);
    char full[VERSION_FULL_BYTES];

    version_full(full);
    printf("scalestudy %s\n%s, %s\n", SCALESTUDY_VERSION, full, blas ? blas : "no OpenBLAS");
}

static int run_arguments(int argc, char **argv, struct err *err)
{
    char help[] = "--help";
    char *command_help[3] = {NULL, help, NULL};

    if (argc < 2) {
        print_help(stderr);
        return err_set(err, ERR_INPUT, "a command is missing");
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        print_version();
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        if (argc > 2 && argv[2][0] != '-') {
            command_help[0] = argv[2];
            return run_command(2, command_help, err);
        }
        print_help(stdout);
        return 0;
    }
    return run_command(argc - 1, argv + 1, err);
}

/*
 * A program started with a standard stream closed would give that number to the next file it opens,
 * a database for instance, and print into it. The substitutes refuse what the stream is used for.
 */
static int hold_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 1 ? O_RDONLY : O_RDWR) != fd)
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    int failed;

    if (hold_standard_streams() < 0)
        return EXIT_FAILURE;
    /* Jobs and tasks are started by a descriptor, which is not what `ps` and the kernel are to call them. */
    prctl(PR_SET_NAME, "scalestudy");
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a failed write, with a sentence */
    version_built_from(REVISION);
    groups_name_variants(variant_name);
    failed = run_arguments(argc, argv, &err);
    errno = 0;
    if ((fflush(stdout) != 0 || ferror(stdout)) && !failed)
        failed = err_set_errno(&err, errno ? errno : EIO, "cannot write to standard output");
    if (!failed)
        return EXIT_SUCCESS;
    ui_error(&err);
    return err_exit_status(err.code == ERR_NONE ? ERR_BUG : err.code);
}
