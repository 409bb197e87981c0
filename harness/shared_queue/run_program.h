/*
 * The program that tasks of a queue run: this one, as it was when it submitted, in the run folder under
 * the SHA-256 of its content. Others may write there, so a file under that name is no proof of what it is:
 * `submit` compares its whole content, and the script that a task is (submission.h) compares the hash of
 * the file that it has open, then runs that open file.
 *
 *     struct run_program program;
 *     if (run_program_put(&run, &program, err) < 0) ...
 */
#ifndef SCALESTUDY_HARNESS_SHARED_QUEUE_RUN_PROGRAM_H
#define SCALESTUDY_HARNESS_SHARED_QUEUE_RUN_PROGRAM_H

#include "run_folder.h"

struct run_program {
    char path[RUN_FILE_PATH];
    char hash[SHA256_HEX_BYTES]; /* of its content */
};

/* Make sure that the folder has this very program, and say where. What is there with other content is
 * replaced; ERR_INPUT where that cannot be done, or a link stands in the way. */
int run_program_put(
    const struct run_folder *run, struct run_program *program, struct err *err) MUST_CHECK;

/* Add the shell's lines that run the program whose path and hash are the first two words behind it, if
 * that is what it is, with the further words as its arguments. */
void run_program_add_check(struct str *script);

#endif
