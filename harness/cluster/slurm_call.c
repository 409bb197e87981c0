/* Running squeue, sbatch, scancel and the like, and turning what they complain about into an
 * error. */
#include "slurm_call.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "harness/shared_queue/slurm_environment.h"
#include "harness/system/subprocess.h"

#define REMARKS_BYTES 4000 /* of what a program writes to standard error */

void slurm_remarks(const char *program, const char *text, struct str *to)
{
    size_t name = strlen(program), first = to->length;

    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\r\n"), next = length + strspn(line + length, "\r\n");

        if (strncmp(line, program, name) == 0 && strncmp(line + name, ": ", 2) == 0) {
            line += name + 2;
            length -= name + 2;
            next -= name + 2;
        }
        if (length > 0 && to->length - first < REMARKS_BYTES) {
            if (to->length > first)
                str_add(to, "; ");
            for (size_t i = 0; i < length; i++)
                str_add_bytes(to, iscntrl((unsigned char)line[i]) ? " " : &line[i], 1);
        }
        line += next;
    }
}

static void free_environment(char **variables)
{
    for (char **variable = variables; variable && *variable; variable++)
        free(*variable);
    free(variables);
}

/* NAME=VALUE of each variable that is set, and NULL; the caller frees them, and the array. */
static char **make_environment(struct err *err)
{
    char **variables = calloc(SLURM_ENVIRONMENT_MOST + 1, sizeof(*variables));
    int n = 0;

    for (const char *const *name = slurm_environment_names(); variables && *name; name++) {
        const char *value = slurm_environment(*name);
        struct str variable = STR_INIT;

        if (!value)
            continue;
        str_addf(&variable, "%s=%s", *name, value);
        variables[n] = str_detach(&variable);
        str_release(&variable);
        if (variables[n++])
            continue;
        free_environment(variables);
        variables = NULL;
    }
    if (!variables)
        err_set(err, ERR_MEMORY, "no memory for the environment of a program");
    return variables;
}

/* The words with --clusters=NAME after the program; free(). */
static const char **with_cluster(
    const char *const *words, const char *option, bool wanted, struct err *err)
{
    size_t n = 0, at = 0;
    const char **to;

    while (words[n])
        n++;
    to = calloc(n + 2, sizeof(*to));
    if (!to) {
        err_set(err, ERR_MEMORY, "no memory to call %s", words[0]);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        to[at++] = words[i];
        if (i == 0 && wanted)
            to[at++] = option;
    }
    return to;
}

int slurm_call(const struct cluster *cluster, const char *const *words, struct str *output,
    struct str *remarks, struct err *err)
{
    struct str errors = STR_INIT, said = STR_INIT;
    char option[CLUSTER_TEXT_BYTES + 16];
    char **environment = make_environment(err);
    const char **arguments = NULL;
    int status = 0, result = environment ? 0 : -1;

    snprintf(option, sizeof(option), "--clusters=%s", cluster->clusters);
    if (result == 0) {
        arguments = with_cluster(words, option, cluster->clusters[0] != '\0', err);
        result = arguments ? 0 : -1;
    }
    if (result == 0)
        result = subprocess_run(arguments, (const char *const *)environment,
            cluster->answer_seconds, output, &errors, &status, err);
    if (result == 0)
        slurm_remarks(words[0], errors.text, &said);
    if (result == 0 && status != 0)
        result = err_set(err, ERR_CHILD, "%s: %s", words[0],
            said.length > 0 ? said.text : "failed without a message");
    if (result == 0 && remarks)
        str_add(remarks, said.text);
    str_release(&errors);
    str_release(&said);
    free(arguments);
    free_environment(environment);
    return result;
}
