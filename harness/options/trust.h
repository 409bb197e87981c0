/*
 * --trust, of the commands that write in a run folder or beside a study's database. They refuse a folder
 * that somebody else could have prepared (dir_check_ours, dir.h); this option says that the user
 * trusts whoever did.
 */
#ifndef SCALESTUDY_HARNESS_OPTIONS_TRUST_H
#define SCALESTUDY_HARNESS_OPTIONS_TRUST_H

#include "harness/terminal/cli.h"

/* A row of a command's table of options; the field is a bool. */
#define TRUST_OPTION(type, field)                                                                  \
    {                                                                                              \
        "trust", 0, CLI_FLAG, offsetof(type, field), NULL,                                         \
            "write in a folder even if another user owns it or everybody may write in it"          \
    }

#endif
