/* commands.def as a table. */
#include "command_list.h"

#include <stddef.h>

#define COMMAND(name) extern const struct command command_##name;
#include "commands.def"
#undef COMMAND

const struct command_listing *command_list(void)
{
    static const struct command_listing listings[] = {
#define COMMAND_GROUP(title) {.group = title},
#define COMMAND(name)        {.command = &command_##name},
#include "commands.def"
#undef COMMAND
        {NULL, NULL},
    };

    return listings;
}
