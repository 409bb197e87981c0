/* What `cancel`, `retry` and `rm` share. */
#include "steer.h"

#include "harness/terminal/ui.h"

int steer(
    const struct cli_usage *usage, int argc, char **argv, steer_action *action, struct err *err)
{
    struct job_choice choice = JOB_CHOICE_INIT;
    struct steer_options given = {0};
    char **arguments;
    int result = cli_parse(usage, argc, argv, &given, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    if (given.quiet)
        ui_quiet();
    result = job_choice_open(&choice, &given.choice, arguments, STORE_WRITE, err);
    if (result == 0)
        result = action(&choice, &given, err);
    job_choice_close(&choice);
    return result;
}
