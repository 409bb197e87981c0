/* Splitting options of sbatch into words, and refusing those that submit sets itself. */
#include "sbatch_options.h"

#include <ctype.h>
#include <string.h>

/* Options that submit sets or that keep sbatch from sending, and what to say of them. */
struct reserved {
    const char *name;
    char letter; /* 0: none */
    const char *why;
};

#define OF_KEY     "it is how submit, status and cancel find what was sent"
#define OF_OUTPUT  "what tasks print goes to the folder `logs` of the run folder"
#define OF_REQUEUE "a task that meets its time limit goes back into the queue"
#define OF_VARIABLES                                                                               \
    "tasks start with the variables that scalestudy(1) lists; `setup` of the cluster's file can "  \
    "set more"
#define OF_CLUSTERS                                                                                \
    "squeue, scancel and scontrol must know it too; use --clusters, or `clusters` of the "         \
    "cluster's file"
#define OF_SENDING "with it sbatch sends nothing"

static const struct reserved reserved[] = {
    {"array", 'a', "it is the tasks; --throttle limits how many run at once"},
    {"chdir", 'D', "it is the run folder"},
    {"cluster", 0, OF_CLUSTERS},
    {"clusters", 'M', OF_CLUSTERS},
    {"comment", 0, OF_KEY},
    {"error", 'e', OF_OUTPUT},
    {"export", 0, OF_VARIABLES},
    {"export-file", 0, OF_VARIABLES},
    {"get-user-env", 0, OF_VARIABLES},
    {"help", 'h', OF_SENDING},
    {"job-name", 'J', OF_KEY},
    {"no-requeue", 0, OF_REQUEUE},
    {"open-mode", 0, OF_OUTPUT},
    {"output", 'o', OF_OUTPUT},
    {"requeue", 0, OF_REQUEUE},
    {"signal", 0, "use `signal_seconds` of the cluster's file"},
    {"test-only", 0, OF_SENDING},
    {"time", 't', "use --time, or `time` of the cluster's file"},
    {"usage", 'u', OF_SENDING},
    {"version", 'V', OF_SENDING},
    {"wait", 'W', "submit would wait until the tasks have ended"},
    {"wrap", 0, "the script is submit's own"},
};

#define N_RESERVED (sizeof(reserved) / sizeof(reserved[0]))

/* Options of sbatch whose value, if they have one, is never the next word. */
static const char *const alone[] = {"contiguous", "exclusive", "hold", "ignore-pbs", "nice",
    "no-kill", "overcommit", "oversubscribe", "parsable", "propagate", "quiet", "reboot",
    "spread-job", "use-min-nodes", "verbose", NULL};
static const char letters_alone[] = "HIOQVWhksuv";

/* ---- words ---- */

/* The next word, by sbatch's rules for blanks, quotes and backslashes. 0: there is none; -1: a
 * quote is not closed, or nothing follows a backslash. */
static int next_word(const char **options, struct str *word)
{
    const char *at = *options + strspn(*options, " \t");
    char quote = '\0';

    str_clear(word);
    if (!*at)
        return 0;
    for (; *at && (quote || !isspace((unsigned char)*at)); at++) {
        if (*at == '\\') {
            if (!*++at)
                return -1;
            str_add_bytes(word, at, 1);
        } else if (quote && *at == quote) {
            quote = '\0';
        } else if (!quote && (*at == '"' || *at == '\'')) {
            quote = *at;
        } else {
            str_add_bytes(word, at, 1);
        }
    }
    *options = at;
    return quote ? -1 : 1;
}

static int refuse(const char *word, const struct reserved *option, struct err *err)
{
    bool spelt_out = strncmp(word, "--", 2) == 0 && str_starts_with(word + 2, option->name);

    return err_set(err, ERR_INPUT, "'%.60s'%s%s%s cannot be among the options for sbatch: %s", word,
        spelt_out ? "" : " (--", spelt_out ? "" : option->name, spelt_out ? "" : ")", option->why);
}

/* getopt_long takes the beginning of a name for the name. *value_next: the next word may be its
 * value. */
static int check_long(const char *word, bool *value_next, struct err *err)
{
    const char *name = word + 2;
    size_t length = strcspn(name, "=");

    if (length == 0)
        return err_set(err, ERR_INPUT, "'%.60s' makes sbatch ignore the options behind it", word);
    for (size_t i = 0; i < N_RESERVED; i++)
        if (strncmp(reserved[i].name, name, length) == 0)
            return refuse(word, &reserved[i], err);
    *value_next = name[length] == '\0';
    for (int i = 0; alone[i]; i++)
        if (strcmp(alone[i], name) == 0)
            *value_next = false;
    return 0;
}

/* -HJx is -H -J x; the first letter that has a value takes the rest. */
static int check_letters(const char *word, bool *value_next, struct err *err)
{
    for (const char *at = word + 1; *at; at++) {
        for (size_t i = 0; i < N_RESERVED; i++)
            if (reserved[i].letter == *at)
                return refuse(word, &reserved[i], err);
        *value_next = !strchr(letters_alone, *at) && at[1] == '\0';
        if (!strchr(letters_alone, *at))
            return 0;
    }
    return 0;
}

int sbatch_options_check(const char *options, struct err *err)
{
    struct str word = STR_INIT;
    bool value_next = false;
    int got, result = 0;

    while (result == 0 && (got = next_word(&options, &word)) != 0) {
        if (got < 0)
            result = err_set(err, ERR_INPUT,
                "in the options for sbatch a quote is not closed, or a backslash ends them");
        else if (strncmp(word.text, "--", 2) == 0)
            result = check_long(word.text, &value_next, err);
        else if (word.text[0] == '-' && word.text[1])
            result = check_letters(word.text, &value_next, err);
        else if (!value_next)
            result = err_set(err, ERR_INPUT,
                "'%.60s' is not an option of sbatch, nor the value of one: options begin with a "
                "dash",
                word.text);
        else
            value_next = false;
        if (result == 0)
            result = str_check(&word, err);
    }
    str_release(&word);
    return result;
}

/* ---- lines of a script ---- */

void sbatch_add_quoted(struct str *script, const char *value)
{
    str_add(script, "\"");
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            str_add(script, "\\");
        str_add_bytes(script, value, 1);
    }
    str_add(script, "\"");
}

void sbatch_options_add(const char *options, struct str *script)
{
    struct str word = STR_INIT;
    bool first = true;

    while (next_word(&options, &word) > 0) {
        str_add(script, first ? "#SBATCH " : " ");
        first = false;
        if (strpbrk(word.text, " \t\"'\\#") || !word.text[0] || word.text[0] == ':')
            sbatch_add_quoted(script, word.text);
        else
            str_add(script, word.text);
    }
    if (!first)
        str_add(script, "\n");
    str_release(&word);
}

int sbatch_setup_check(const char *setup, struct err *err)
{
    static const char *const marks[] = {"#SBATCH", "#PBS", "#BSUB"};

    for (const char *line = setup; *line;) {
        size_t length = strcspn(line, "\n");
        const char *at = line + strspn(line, " \t");

        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
            if (str_starts_with(at, marks[i]))
                return err_set(err, ERR_INPUT,
                    "setup has the line '%.*s', which sbatch does not read there; `options` of the "
                    "cluster's file, or --options, is for it",
                    (int)(length < 80 ? length : 80), line);
        line += length + (line[length] == '\n');
    }
    return 0;
}
