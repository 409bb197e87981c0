/* The help of a command that has commands of its own, and the one that is called. */
#include "command_group.h"

#include "harness/base/str.h"

#define MOST_COMMANDS 16

static int print_help(const struct cli_usage *group, const struct command *const *commands,
    int argc, char **argv, struct err *err)
{
    static const struct cli_option options[] = {{0}};
    struct cli_usage usage = *group;
    struct str details = STR_INIT;
    char **arguments;
    int result = -1;

    str_add(&details, "Commands:\n");
    for (int i = 0; commands[i]; i++)
        str_addf(&details, "%-10s %s\n", commands[i]->name, commands[i]->summary);
    str_addf(&details, "\n`scalestudy %s COMMAND --help` shows the options of each command.",
        group->command);
    usage.arguments = "COMMAND [ARGUMENT...]";
    usage.options = options;
    usage.details = details.text;
    usage.min_arguments = usage.max_arguments = 1;
    if (str_check(&details, err) == 0)
        result = cli_parse(&usage, argc, argv, NULL, &arguments, err);
    str_release(&details);
    if (result == 0)
        err_set(err, ERR_INPUT,
            "%s needs a command before its options: scalestudy %s COMMAND [OPTION...]",
            group->command, group->command);
    return result == CLI_HELP ? 0 : -1;
}

int command_group_run(const struct cli_usage *usage, const struct command *const *commands,
    int argc, char **argv, struct err *err)
{
    const char *names[MOST_COMMANDS + 1] = {NULL};
    char kind[64];
    int found;

    if (argc < 2 || argv[1][0] == '-')
        return print_help(usage, commands, argc, argv, err);
    for (int i = 0; i < MOST_COMMANDS && commands[i]; i++)
        names[i] = commands[i]->name;
    snprintf(kind, sizeof(kind), "%s command", usage->command);
    found = str_find(kind, argv[1], names, err);
    return found < 0 ? -1 : commands[found]->run(argc - 1, argv + 1, err);
}
